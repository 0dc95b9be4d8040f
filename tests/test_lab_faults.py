"""Claims about the lab's own troubles: none of them ever looks like a finding about TensorFlow."""

from __future__ import annotations

import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from conftest import Prober, Seen, Shelf, a_job, cannot_run

from lab.declare import Rules
from lab.engines import processes
from lab.engines.interpreters import find_python
from lab.engines.local import LocalEngine
from lab.engines.protocol import BuiltCell
from lab.engines.uv import Uv
from lab.errors import CellFault
from lab.judging import judge_save
from lab.running.workplace import PROBE, Workplace
from lab.words import Cell, Matrix, Observation, Outcome, Role

CELL = "tf2.4"
MODEL = "dense-uncompiled"
FREE_BYTES = 24 << 10  # enough for a request and some answers, too little for any artifact

BUGGY_FORMAT = '''
"""A way of saving and loading with a slip in it."""
import sys

FILE, GIVES, PLAIN = ".", "signatures", sys.modules[__name__]

def save(tensorflow, reference, directory):
    writ(directory)

def load(path):
    raed(path)
'''


def outcome_of_save(seen: Observation, container: str = "saved-model") -> Outcome | None:
    judgement = judge_save(seen, container)
    return None if judgement is None else judgement.outcome


def outcomes(seen: Seen) -> set[Outcome]:
    return {judgement.outcome for judgement in seen.loads().values()}


def with_bug(path: str, signature: str) -> dict[str, str]:
    """A file of the probe in which a function has a slip in it."""
    text = (PROBE / path).read_text(encoding="utf-8")
    return {path: f"{text}\n\ndef {signature}:\n    slip_of_the_pen\n"}


# --- a probe with a bug ---


@pytest.mark.cells
def test_a_bug_in_a_format_is_no_failed_save(cell: Callable[[str], BuiltCell], probe: Prober, tmp_path: Path) -> None:
    job = a_job("1", MODEL, "buggy", tmp_path / "artifact")

    seen = probe(cell(CELL), Role.SAVE, [job], planted={"formats/buggy.py": BUGGY_FORMAT})

    assert [outcome_of_save(answer) for answer in seen.answers().values()] == [Outcome.INFRA_ERROR]


@pytest.mark.cells
@pytest.mark.parametrize(
    ("form", "planted"),
    [
        ("buggy", {"formats/buggy.py": BUGGY_FORMAT}),
        ("savedmodel", with_bug("golden.py", "read(directory)")),
        ("savedmodel", with_bug("golden.py", "differences(expected, actual)")),
        ("savedmodel", with_bug("reference.py", "seed_everything(tensorflow, seed)")),
        ("savedmodel", with_bug("tasks.py", "work(request, batch, tensorflow, send)")),
    ],
    ids=["format", "golden answers", "comparison", "between two steps", "before the first step"],
)
def test_a_bug_in_the_probe_is_no_failed_load(
    form: str, planted: dict[str, str], cell: Callable[[str], BuiltCell], shelf: Callable[[str], Shelf], probe: Prober
) -> None:
    directory = shelf(CELL).kept[MODEL, "savedmodel"]

    seen = probe(cell(CELL), Role.LOAD, [a_job("1", MODEL, form, directory, "plain")], planted=planted)

    assert outcomes(seen) == {Outcome.INFRA_ERROR}


@pytest.mark.cells
def test_a_probe_that_does_not_start_is_no_failed_load(cell: Callable[[str], BuiltCell], probe: Prober) -> None:
    job = a_job("1", MODEL, "savedmodel", Path("/nowhere"), "plain")

    seen = probe(cell(CELL), Role.LOAD, [job], planted={"lifeline.py": "slip_of_the_pen"})

    assert outcomes(seen) == {Outcome.INFRA_ERROR}


@pytest.mark.cells
def test_a_probe_that_does_not_start_says_why(cell: Callable[[str], BuiltCell], probe: Prober) -> None:
    job = a_job("1", MODEL, "savedmodel", Path("/nowhere"), "plain")

    seen = probe(cell(CELL), Role.LOAD, [job], planted={"lifeline.py": "slip_of_the_pen"})

    assert "NameError: name 'slip_of_the_pen' is not defined" in seen.load("1").reason


# --- folders and disks ---


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system with next to nothing left on it."""
    mount, umount = shutil.which("mount"), shutil.which("umount")
    if os.geteuid() != 0 or mount is None or umount is None:
        cannot_run("only root can mount a small file system")
    directory = tmp_path / "tiny"
    directory.mkdir()
    command = [mount, "-t", "tmpfs", "-o", f"size={FREE_BYTES}", "tmpfs", str(directory)]
    mounted = processes.run(command, timeout_s=10.0)
    if not mounted.ok:
        cannot_run(f"no small file system can be mounted here: {mounted.explain()}")
    yield directory
    subprocess.run([umount, "--lazy", str(directory)], check=True)


def saves(matrix: Matrix, directory: Path) -> list[dict[str, Any]]:
    """One model in every format of its own that the cell writes."""
    cannot_save = Rules(matrix).cannot_save
    (model,) = (model for model in matrix.models if model.id == MODEL)
    formats = [form for form in model.formats if not cannot_save(CELL, MODEL, form)]
    return [a_job(form, MODEL, form, directory / form) for form in formats]


def findings(outcomes: dict[str, Outcome | None]) -> dict[str, Outcome]:
    """What would be told as TensorFlow's doing."""
    return {job: outcome for job, outcome in outcomes.items() if outcome not in {None, Outcome.INFRA_ERROR}}


def kinds_of_saves(seen: Seen, matrix: Matrix) -> dict[str, Outcome | None]:
    containers = {form.id: form.container for form in matrix.formats}
    return {job: outcome_of_save(answer, containers[job]) for (job, _), answer in seen.answers().items()}


@pytest.mark.cells
def test_a_full_disk_under_the_work_is_no_failed_save(
    cell: Callable[[str], BuiltCell], probe: Prober, matrix: Matrix, tiny_disk: Path, tmp_path: Path
) -> None:
    seen = probe(cell(CELL), Role.SAVE, saves(matrix, tmp_path), folder=tiny_disk)

    assert findings(kinds_of_saves(seen, matrix)) == {}
    assert Outcome.INFRA_ERROR in kinds_of_saves(seen, matrix).values()


@pytest.mark.cells
def test_a_full_disk_under_the_artifacts_is_no_failed_save(
    cell: Callable[[str], BuiltCell], probe: Prober, matrix: Matrix, tiny_disk: Path
) -> None:
    seen = probe(cell(CELL), Role.SAVE, saves(matrix, tiny_disk))

    assert findings(kinds_of_saves(seen, matrix)) == {}
    assert Outcome.INFRA_ERROR in kinds_of_saves(seen, matrix).values()


@pytest.mark.cells
def test_a_folder_that_cannot_be_written_is_no_failed_save(
    cell: Callable[[str], BuiltCell], probe: Prober, matrix: Matrix, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")

    seen = probe(cell(CELL), Role.SAVE, saves(matrix, tmp_path / "file"))

    assert set(kinds_of_saves(seen, matrix).values()) == {Outcome.INFRA_ERROR}


@pytest.mark.cells
def test_an_artifact_that_is_gone_is_no_failed_load(
    cell: Callable[[str], BuiltCell], probe: Prober, tmp_path: Path
) -> None:
    seen = probe(cell(CELL), Role.LOAD, [a_job("1", MODEL, "h5", tmp_path / "gone", "plain")])

    assert outcomes(seen) == {Outcome.INFRA_ERROR}


# --- damaged artifacts ---


@pytest.fixture(scope="module")
def cut_short(
    cell: Callable[[str], BuiltCell],
    shelf: Callable[[str], Shelf],
    probe: Prober,
    tmp_path_factory: pytest.TempPathFactory,
) -> Seen:
    """Loads of artifacts whose largest file lacks its second half, one for each format."""
    folder = tmp_path_factory.mktemp("cut")
    jobs = []
    for model, form in shelf(CELL).kept:
        if model == MODEL:
            shutil.copytree(shelf(CELL).kept[model, form], folder / form)
            cut(largest_file(folder / form / "model"))
            jobs.append(a_job(form, model, form, folder / form, "plain"))
    return probe(cell(CELL), Role.LOAD, jobs)


def largest_file(directory: Path) -> Path:
    return max((path for path in directory.rglob("*") if path.is_file()), key=lambda path: path.stat().st_size)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.cells
def test_an_artifact_cut_short_never_passes(cut_short: Seen) -> None:
    assert outcomes(cut_short) <= {Outcome.LOAD_ERROR, Outcome.CRASH, Outcome.INFRA_ERROR}


@pytest.mark.cells
def test_an_artifact_cut_short_is_found_damaged_before_it_is_loaded(
    shelf: Callable[[str], Shelf], tmp_path: Path
) -> None:
    manifest = next(event["manifest"] for event in shelf(CELL).seen.events if event.get("id") == f"{MODEL}/h5")
    workplace = Workplace(directory=tmp_path)
    shutil.copytree(shelf(CELL).kept[MODEL, "h5"], workplace.artifact("0123"))
    assert workplace.is_whole("0123", manifest)

    cut(workplace.artifact("0123") / "model" / "model.h5")

    assert not workplace.is_whole("0123", manifest)


# --- interpreters and locks ---


@pytest.fixture
def odd_cell() -> Cell:
    """A cell of a Python that nobody has."""
    return Cell(
        id="tf2.99", tensorflow="2.99.0", python="3.99", as_of=date(2024, 1, 1), package="tensorflow", group="main"
    )


@pytest.fixture
def this_cell(odd_cell: Cell, uv: Uv) -> Cell:
    """A cell of a Python that is here."""
    for version in ("3.13", "3.12", "3.11", "3.10"):
        try:
            find_python(version, uv, install=False)
        except CellFault:
            continue
        return replace(odd_cell, python=version)
    return cannot_run("no Python from 3.10 to 3.13 is found")


def why_not_built(engine: LocalEngine, cell: Cell, lock: str, log: Path) -> str:
    with pytest.raises(CellFault) as caught:
        engine.build(cell, lock, "fingerprint", log)
    return str(caught.value)


def test_a_missing_interpreter_is_a_fault_of_the_cell_that_tells_what_to_install(
    uv: Uv, odd_cell: Cell, tmp_path: Path
) -> None:
    engine = LocalEngine(tmp_path / "cells", uv, 60.0)

    assert "install one with 'uv python install 3.99'" in why_not_built(engine, odd_cell, "", tmp_path / "log")


def test_a_shim_that_exits_with_127_is_no_interpreter(
    uv: Uv, this_cell: Cell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shim = tmp_path / f"python{this_cell.python}"
    shim.write_text("#!/bin/sh\nexit 127\n", encoding="utf-8")
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)

    assert find_python(this_cell.python, uv, install=False) != shim


def test_a_cache_that_cannot_be_written_is_a_fault_of_the_cell_that_names_another_folder(
    uv: Uv, this_cell: Cell, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    engine = LocalEngine(tmp_path / "file" / "cells", uv, 60.0)

    assert "name another folder (LAB_CACHE)" in why_not_built(engine, this_cell, "", tmp_path / "log")


def a_wheel(directory: Path) -> None:
    """The smallest wheel that installs."""
    parts = {
        "tiny.py": "",
        "tiny-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n",
        "tiny-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{name},,\n" for name in [*parts, "tiny-1.0.dist-info/RECORD"])
    with zipfile.ZipFile(directory / "tiny-1.0-py3-none-any.whl", "w") as wheel:
        for name, text in {**parts, "tiny-1.0.dist-info/RECORD": record}.items():
            wheel.writestr(name, text)


def test_a_lock_with_a_wrong_hash_is_a_fault_of_the_cell_that_names_the_hash(
    uv: Uv, this_cell: Cell, tmp_path: Path
) -> None:
    a_wheel(tmp_path)
    lock = f"--no-index\n--find-links {tmp_path}\ntiny==1.0 --hash=sha256:{'0' * 64}\n"
    engine = LocalEngine(tmp_path / "cells", uv, 60.0)

    assert "Hash mismatch for `tiny==1.0`" in why_not_built(engine, this_cell, lock, tmp_path / "log")


def test_a_cell_that_cannot_be_installed_leaves_no_half_environment(uv: Uv, this_cell: Cell, tmp_path: Path) -> None:
    lock = f"--no-index\nno-such-package==1.0 --hash=sha256:{'0' * 64}\n"
    engine = LocalEngine(tmp_path / "cells", uv, 60.0)

    why_not_built(engine, this_cell, lock, tmp_path / "log")

    assert engine.environments() == []
