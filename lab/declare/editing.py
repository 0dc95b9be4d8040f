"""Write a new cell into the text of ``matrix.toml``; not a byte of what stands there changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import tomlkit

from lab.declare.locating import Locations
from lab.declare.pairing import MAIN_GROUP
from lab.errors import LabError
from lab.words import Cell

Value = str | date | bool | list[str]


def add_cell(text: str, cell: Cell) -> str:
    """The text with a table for the cell, after the last cell of the main group.

    Keys that say what the defaults say are left out. Raises LabError where the cell is there already, or where
    there is no main cell to follow.
    """
    document = tomlkit.parse(text).unwrap()
    cells: Mapping[str, Any] = document.get("cells", {})
    if cell.id in cells:
        raise LabError(f"cells.{cell.id} is declared already, in line {Locations(text).line(('cells', cell.id))}")
    defaults = document.get("defaults", {})
    main = [name for name, table in cells.items() if table.get("group", defaults.get("group")) == MAIN_GROUP]
    end = Locations(text).end(("cells", main[-1])) if main else None
    if end is None:
        raise LabError(f"there is no cell of group '{MAIN_GROUP}' after which '{cell.id}' could stand")
    lines = text.splitlines(keepends=True)
    return "".join([*lines[:end], "\n", _table(cell, defaults), *lines[end:]])


def _table(cell: Cell, defaults: Mapping[str, Any]) -> str:
    written = [f"[cells.{tomlkit.string(cell.id).as_string()}]"]
    for name, value in _values(cell, defaults).items():
        written.append(f"{name} = {tomlkit.item(value).as_string()}")
    if cell.env:
        pairs = ", ".join(f"{name} = {tomlkit.item(value).as_string()}" for name, value in cell.env)
        written.append(f"env = {{ {pairs} }}")
    return "\n".join(written) + "\n"


def _values(cell: Cell, defaults: Mapping[str, Any]) -> dict[str, Value]:
    """The keys worth writing, in the order in which people read them."""
    said: dict[str, Value | None] = {
        "tensorflow": cell.tensorflow,
        "package": cell.package,
        "python": cell.python,
        "as_of": cell.as_of,
        "group": cell.group,
        "keras": cell.keras,
        "requires": list(cell.requires),
        "overrides": list(cell.overrides),
        "anchors": list(cell.anchors),
        "imports": False if not cell.imports else None,
        "cuda": cell.cuda,
        "cudnn": cell.cudnn,
        "cuda_image": cell.cuda_image,
        "wheels_on_path": cell.wheels_on_path or None,
        "base_image": cell.base_image,
        "note": cell.note,
        "source": cell.source,
    }
    return {
        name: value
        for name, value in said.items()
        if value is not None and value not in ("", []) and value != defaults.get(name)
    }
