"""Claims about containers that have no magic or several files, and about formats that only some models have."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import h5py
import pytest
from conftest import ROOT, Prober, a_job

from lab.engines.protocol import BuiltCell
from lab.words import Outcome, Role


@pytest.fixture(scope="module")
def containers() -> Iterator[ModuleType]:
    """The probe's module, as a cell imports it."""
    sys.path.insert(0, str(ROOT / "lab"))
    yield importlib.import_module("probe.containers")
    sys.path.remove(str(ROOT / "lab"))


# One node, "x" of "Placeholder": field 1 of a GraphDef, in it fields 1 and 2 of a NodeDef.
NODE = b"\n\x01x\x12\x0bPlaceholder"
GRAPH = b"\n" + bytes([len(NODE)]) + NODE


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (GRAPH, "graph-def"),
        (GRAPH * 2, "graph-def"),
        (GRAPH[:-1], "unknown"),
        (GRAPH + b"\xff", "unknown"),
        (b"", "unknown"),
        (b"\n\x03abc", "unknown"),
        (b"\x1c\x00\x00\x00TFL3" + bytes(20), "tflite"),
        (b"version https://git-lfs.github.com/spec/v1\n", "unknown"),
    ],
)
def test_a_single_file_is_what_its_bytes_say(
    containers: ModuleType, tmp_path: Path, content: bytes, expected: str
) -> None:
    (tmp_path / "model.bin").write_bytes(content)

    assert containers.recognise(str(tmp_path)) == expected


def test_shards_are_hdf5_files_that_one_map_names(containers: ModuleType, tmp_path: Path) -> None:
    for name in ("model_00000.weights.h5", "model_00001.weights.h5"):
        h5py.File(tmp_path / name, "w").close()
    weight_map = {"/layers/dense/vars": ["model_00000.weights.h5", "model_00001.weights.h5"]}
    (tmp_path / "model.weights.json").write_text(json.dumps({"weight_map": weight_map}))

    assert containers.recognise(str(tmp_path)) == "hdf5-weights-sharded"


def test_a_map_of_shards_that_are_not_there_is_nothing(containers: ModuleType, tmp_path: Path) -> None:
    h5py.File(tmp_path / "model_00000.weights.h5", "w").close()
    (tmp_path / "model.weights.json").write_text(json.dumps({"weight_map": {"/a": "model_00001.weights.h5"}}))

    assert containers.recognise(str(tmp_path)) == "unknown"


# --- on real cells ---

# Formats, with the cells that save them and what the same cell then answers with the plain strategy.
SAVED = {
    "tf2.4": ["h5-no-optimizer", "keras-savedmodel-no-optimizer", "checkpoint-by-name", "frozen-graph", "tflite"],
    "tf2.15": ["h5-no-optimizer", "keras-savedmodel-no-traces", "checkpoint-by-name", "frozen-graph", "tflite"],
    "tf2.21": ["h5-no-optimizer", "weights-sharded", "checkpoint-by-name", "frozen-graph", "tflite"],
}


@pytest.mark.cells
@pytest.mark.slow
@pytest.mark.parametrize("cell_id", SAVED)
def test_each_format_loads_where_it_was_saved(
    cell_id: str, cell: Callable[[str], BuiltCell], probe: Prober, tmp_path: Path
) -> None:
    jobs = [a_job(form, "cnn-batchnorm", form, tmp_path / form, "plain") for form in SAVED[cell_id]]
    saved = probe(cell(cell_id), Role.SAVE, [job | {"strategies": []} for job in jobs])
    assert {name: answer.exception for name, answer in saved.answers().items() if answer.exception} == {}

    loads = probe(cell(cell_id), Role.LOAD, jobs).loads()

    assert {form: found.outcome for (form, _), found in loads.items()} == dict.fromkeys(SAVED[cell_id], Outcome.PASS)


@pytest.mark.cells
@pytest.mark.slow
def test_a_graph_of_today_loads_in_2_4_without_the_attributes_that_it_does_not_know(
    cell: Callable[[str], BuiltCell], probe: Prober, tmp_path: Path
) -> None:
    job = a_job("graph", "cnn-batchnorm", "frozen-graph", tmp_path / "graph", "plain", "drop-unknown-attributes")
    probe(cell("tf2.21"), Role.SAVE, [job | {"strategies": []}])

    loads = probe(cell("tf2.4"), Role.LOAD, [job]).loads()

    assert {strategy: found.outcome for (_, strategy), found in loads.items()} == {
        "plain": Outcome.LOAD_ERROR,
        "drop-unknown-attributes": Outcome.PASS,
    }
