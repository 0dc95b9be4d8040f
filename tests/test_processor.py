"""Claims about the processor: which of its instructions turn oneDNN on, and that another kind can be asked for."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from command_running import Lab, command_runner  # noqa: F401 - pytest finds fixtures by name

from lab.cli.context import ROOT, cells_directory
from lab.engines import processor
from lab.engines.choosing import ChosenEngine, Room
from lab.engines.environment import variables
from lab.engines.locking import LockFolder
from lab.engines.protocol import BuiltCell
from lab.store import open_store
from lab.words import Cell, EngineName

if TYPE_CHECKING:
    from lab.engines.uv import Uv
    from lab.words import Matrix

CELL = Cell(id="a", tensorflow="2.10.1", python="3.10", as_of=date(2023, 1, 1), package="tensorflow", group="keras2")
BUILT = BuiltCell(cell=CELL, fingerprint="f", environment=Path("/opt/cell"), python="python", reused=True, seconds=0.0)


@pytest.mark.parametrize(
    ("flags", "trait", "words"),
    [
        ("fpu sse2 avx2 avx512f", "", "oneDNN off by default"),
        ("fpu avx512f avx512_vnni", "oneDNN", "oneDNN on by default (avx512_vnni)"),
        ("amx_tile avx_vnni fpu", "oneDNN", "oneDNN on by default (amx_tile, avx_vnni)"),
    ],
)
def test_instructions_for_neural_networks_turn_onednn_on(tmp_path: Path, flags: str, trait: str, words: str) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text(f"processor\t: 0\nflags\t\t: {flags}\nbugs\t\t: none\n\nprocessor\t: 1\n", encoding="utf-8")

    assert processor.trait(cpuinfo) == trait
    assert processor.described(cpuinfo=cpuinfo) == words


def test_the_kind_of_processor_is_read_off_what_a_run_says_of_its_machine(tmp_path: Path) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    for flags, trait in (("avx512_vnni", "oneDNN"), ("avx2", "")):
        cpuinfo.write_text(f"flags : {flags}\n", encoding="utf-8")
        processor.neural_instructions.cache_clear()

        assert processor.trait_of(f"Linux x86_64, {processor.described(cpuinfo=cpuinfo)}, lab 0.1.0") == trait


@pytest.mark.parametrize("flags", ["avx512_vnni", "avx2"])
@pytest.mark.parametrize("asked", ["on", "off"])
def test_what_was_asked_for_is_read_off_what_a_run_says_of_its_machine(tmp_path: Path, flags: str, asked: str) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text(f"flags : {flags}\n", encoding="utf-8")
    wanted = processor.ASKED[asked]

    assert processor.trait_of(f"Linux x86_64, {processor.described(wanted, cpuinfo)}, lab 0.1.0") == wanted


@pytest.mark.parametrize(
    ("tensorflow", "wanted", "own", "given"),
    [
        ("2.8.4", processor.ON, processor.OFF, ()),
        ("2.9.3", processor.ON, processor.OFF, ((processor.VARIABLE, "1"),)),
        ("2.21.0", processor.OFF, processor.ON, ((processor.VARIABLE, "0"),)),
        ("2.21.0", processor.ON, processor.ON, ()),
        ("2.21.0", None, processor.ON, ()),
    ],
)
def test_a_variable_is_set_only_where_the_processor_would_decide_otherwise(
    tensorflow: str, wanted: str | None, own: str, given: tuple[tuple[str, str], ...]
) -> None:
    assert processor.settings(replace(CELL, tensorflow=tensorflow), wanted, own) == given


def test_what_a_cell_says_of_onednn_itself_stands() -> None:
    cell = replace(CELL, env=((processor.VARIABLE, "0"),))
    built = replace(BUILT, cell=cell, settings=((processor.VARIABLE, "1"),))

    assert variables(built, "/scratch", "/code")[processor.VARIABLE] == "0"


@pytest.mark.cells
@pytest.mark.parametrize(("asked", "told"), [("on", "True"), ("off", "False")])
@pytest.mark.parametrize("cell_id", ["tf2.10", "tf2.21"])
def test_tensorflow_computes_as_was_asked(
    matrix: Matrix, uv: Uv, tmp_path: Path, cell_id: str, asked: str, told: str
) -> None:
    declared = next(cell for cell in matrix.cells if cell.id == cell_id)
    lock = LockFolder(directory=ROOT / "images" / "locks").read(declared)
    assert lock is not None
    chosen = ChosenEngine(name=EngineName.LOCAL, processor=processor.ASKED[asked])
    built = chosen.open(matrix, uv, Room(cells=cells_directory())).build(declared, lock, "f", tmp_path / "log")

    said = subprocess.run(
        [built.python, "-c", "from tensorflow.python.framework import test_util as t; print(t.IsMklEnabled())"],
        env=variables(built, str(tmp_path), str(tmp_path)),
        capture_output=True,
        text=True,
        check=True,
    )

    assert said.stdout.strip() == told


def test_a_store_of_another_processor_is_gone_on_with_when_asked(lab: Lab, tmp_path: Path) -> None:
    other = "off" if processor.trait() == processor.ON else "on"
    with open_store(tmp_path, writing=True) as store:
        store.begin_run("local", processor.described(processor.ASKED[other]), "probe", "")
    wanted = ("plan", "--cells", "tf2.4", "--models", "dense-sequential", "--engine", "local", "--out", tmp_path)

    assert f"--onednn {other} computes as it did" in lab(*wanted).stdout
    assert "computes as it did" not in lab(*wanted, "--onednn", other).stdout


def test_a_store_is_read_as_the_machine_that_filled_it_saw_it(lab: Lab, tmp_path: Path) -> None:
    prints = []
    for host in ("Linux x86_64, oneDNN on by default (amx_tile)", "Linux x86_64, oneDNN off by default"):
        out = tmp_path / str(len(prints))
        with open_store(out, writing=True) as store:
            store.begin_run("local", host, "probe", "")
        said = lab("cells", "--json", "--cells", "tf2.4", "--engine", "local", "--out", out)
        prints.append(json.loads(said.stdout)["fingerprint"])

    assert prints[0] != prints[1]


def test_a_machine_that_does_not_tell_its_instructions_has_none(tmp_path: Path) -> None:
    assert processor.neural_instructions(tmp_path / "absent") == ()
