"""Claims about adding a cell to ``matrix.toml``: every other line stays as it was."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from matrix_samples import (
    REAL,
    SMALL,
    ids,
    read,
    real_matrix,  # noqa: F401 - pytest finds fixtures by name
    small_matrix,  # noqa: F401 - as above
)

from lab.declare import add_cell
from lab.errors import LabError
from lab.words import Cell

NEW = Cell(
    id="tf2.22",
    tensorflow="2.22.0",
    python="3.13",
    as_of=date(2026, 10, 1),
    package="tensorflow-cpu",
    group="main",
    source="https://pypi.org/project/tensorflow-cpu/2.22.0/",
)


def test_a_new_cell_reads_back_as_it_was_given(tmp_path: Path) -> None:
    cell = replace(NEW, requires=("keras==3.15.1",), env=(("TF_X", '"1"'),), anchors=("tf2.4",), imports=False)

    assert cell in read(tmp_path, add_cell(SMALL, cell)).cells


def test_a_new_cell_stands_after_the_last_main_cell(tmp_path: Path) -> None:
    cells = read(tmp_path, add_cell(SMALL, NEW)).cells

    assert ids(cells) == ["tf2.4", "tf2.15", "tf2.22", "tf2.4-h5py3"]


def test_adding_a_cell_leaves_every_other_line_as_it_was() -> None:
    text = REAL.read_text(encoding="utf-8")
    added = add_cell(text, NEW).splitlines()
    start = added.index('[cells."tf2.22"]') - 1

    assert added[:start] + added[start + 6 :] == text.splitlines()


def test_a_new_cell_leaves_out_what_the_defaults_say() -> None:
    table = tomllib.loads(add_cell(SMALL, NEW))["cells"]["tf2.22"]

    assert list(table) == ["tensorflow", "python", "as_of", "source"]


def test_adding_a_cell_twice_is_refused() -> None:
    with pytest.raises(LabError, match=r"cells\.tf2\.22 is declared already, in line 40"):
        add_cell(add_cell(SMALL, NEW), NEW)
