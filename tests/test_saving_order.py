"""Claims about saving one model in several formats: what comes first leaves nothing behind for what follows."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Prober, a_job

from lab.engines.protocol import BuiltCell
from lab.words import Role

pytestmark = pytest.mark.cells


@pytest.mark.parametrize("cell_id", ["tf2.16", "tf2.21"])
def test_an_h5_that_is_asked_for_first_leaves_the_optimizer_in_the_keras_file(
    cell_id: str, cell: Callable[[str], BuiltCell], probe: Prober, tmp_path: Path
) -> None:
    jobs = [
        {"id": form, "model": "dense-sequential", "format": form, "directory": str(tmp_path / form), "strategies": []}
        for form in ("h5", "keras")
    ]

    seen = probe(cell(cell_id), Role.SAVE, jobs)

    assert all(answer.exception is None for answer in seen.answers().values())
    with zipfile.ZipFile(io.BytesIO((tmp_path / "keras" / "model" / "model.keras").read_bytes())) as archive:
        config = json.loads(archive.read("config.json"))
    assert config["compile_config"]["optimizer"]["class_name"] == "Adam"


@pytest.mark.parametrize("cell_id", ["tf2.0", "tf2.21"])
def test_a_trained_model_is_saved_with_what_it_answers_after_one_more_step(
    cell_id: str, cell: Callable[[str], BuiltCell], probe: Prober, tmp_path: Path
) -> None:
    jobs = [a_job("trained", "dense-sequential", "h5", tmp_path / "trained")]

    seen = probe(cell(cell_id), Role.SAVE, jobs)

    assert all(answer.exception is None for answer in seen.answers().values())
    golden = json.loads((tmp_path / "trained" / "golden" / "calls.json").read_text(encoding="utf-8"))
    assert golden[0]["resumed"]
