"""Turn the text of ``matrix.toml`` into the models of its shape, keeping what is sound where something is not."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from lab.declare.locating import Locations
from lab.declare.problems import ARRAYS, Problem, of_shape
from lab.declare.schema import MatrixFile

_PLACE = re.compile(r"\s*\(at line (\d+), column \d+\)$")

# Stands in for a broken table, so that the rest is still checked; never read, as the file is refused.
_STAND_INS: dict[str, Any] = {
    "schema": 1,
    "defaults": {"package": "tensorflow-cpu", "group": "main"},
    "images": {},
    "limits": {
        "trial_timeout_s": 1,
        "trial_cpu_s": 1,
        "save_timeout_s": 1,
        "memory_mib": 1,
        "build_timeout_s": 1,
        "batch": 1,
    },
    "tolerances": {"atol": 0, "rtol": 0},
    "ladder": {"depth": "compare", "seed": 0},
    "groups": {},
    "selections": {},
    "strategies": {},
    "unsupported": {},
    "known_failures": {},
}


@dataclass(frozen=True, kw_only=True)
class Shaped:
    """A file as far as its shape is right.

    ``file`` is ``None`` where nothing can be told, ``is_whole`` false where an entry had to be left out.
    ``names`` holds, for each section, the ids written in it, sound or not.
    """

    file: MatrixFile | None
    is_whole: bool
    names: dict[str, tuple[str, ...]]
    problems: tuple[Problem, ...]


def parse(text: str, locations: Locations) -> Shaped:
    """Read the text; raises nothing but what is a fault of the lab."""
    try:
        raw: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return Shaped(file=None, is_whole=False, names={}, problems=_of_syntax(error, text, locations))
    for name in ARRAYS:
        if isinstance(raw.get(name), list):
            raw[name] = dict(enumerate(raw[name]))
    names = {section: tuple(table) for section, table in raw.items() if isinstance(table, dict)}
    file, is_whole, problems = _shaped(raw)
    return Shaped(file=file, is_whole=is_whole, names=names, problems=tuple(problems))


def _of_syntax(error: tomllib.TOMLDecodeError, text: str, locations: Locations) -> tuple[Problem, ...]:
    """TOML reports its first error only; entries that are written twice are all known nevertheless."""
    twice = [
        Problem(path=path, line=line, text=f"written twice; the first is in line {locations.line(path)}")
        for path, line in locations.repeated
    ]
    if twice:
        return tuple(twice)
    place = _PLACE.search(str(error))
    line = int(place[1]) if place else len(text.splitlines())
    return (Problem(path=(), line=line, text=f"not valid TOML: {_PLACE.sub('', str(error))}"),)


def _shaped(raw: dict[str, Any]) -> tuple[MatrixFile | None, bool, list[Problem]]:
    try:
        return MatrixFile.model_validate(raw), True, []
    except ValidationError as error:
        found = of_shape(error)
        is_whole = all(detail["type"] == "extra_forbidden" for detail in error.errors())
        for detail in error.errors():
            _leave_out(raw, detail["loc"] if detail["type"] == "extra_forbidden" else detail["loc"][:2])
    try:
        return MatrixFile.model_validate(raw), is_whole, found
    except ValidationError:  # the cells, models or formats are missing as a whole
        return None, False, found


def _leave_out(raw: dict[str, Any], path: tuple[str | int, ...]) -> None:
    """Remove a key or an entry; a table that has no entries of its own is replaced."""
    section = str(path[0])
    stand_in = _STAND_INS.get(section)
    if section in _STAND_INS and (len(path) == 1 or stand_in):
        raw[section] = stand_in
        return
    inner: Any = raw
    for part in path[:-1]:
        inner = inner.get(part, {}) if isinstance(inner, dict) else {}
    if isinstance(inner, dict):
        inner.pop(path[-1], None)
