"""Say what is wrong with ``matrix.toml``: one line a problem, with its place, in the order of the file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from lab.declare.locating import Locations, Path
from lab.declare.naming import suggestion
from lab.declare.schema import LINK, RELEASE, SECTIONS, SLUG, Entry, MatrixFile
from lab.errors import LabError

_WANTED = {
    "string": "a string",
    "int": "an integer",
    "float": "a number",
    "bool": "true or false",
    "date": "a date",
    "list": "a list",
    "dict": "a table",
    "model": "a table",
}
_PATTERNS = {
    LINK: "must be a link that starts with https://",
    RELEASE: "must be a full release like 2.15.1",
    SLUG: "must be a name like legacy-keras",
}
ARRAYS = ("unsupported", "known_failures")


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing to mend; ``path`` leads to the entry, and to the key where one is at fault.

    ``line`` is given where the path alone does not lead there.
    """

    path: Path
    text: str
    line: int | None = None


def raise_for(problems: Iterable[Problem], locations: Locations, file_name: str) -> None:
    """Raise LabError that lists all problems by line; does nothing where there are none."""
    lines = [
        (problem.line or locations.line(problem.path) or 0, _label(problem.path), problem.text) for problem in problems
    ]
    if not lines:
        return
    placed = sorted(set(lines))
    count = f"{len(placed)} problem" + ("s" if len(placed) > 1 else "")
    raise LabError("\n".join([f"{file_name} has {count}:", *(_line(*place) for place in placed)]))


def _line(line: int, label: str, text: str) -> str:
    place = ", ".join(part for part in (label, f"line {line}" if line else "") if part)
    return f"  {place}: {text}" if place else f"  {text}"


def of_shape(error: ValidationError) -> list[Problem]:
    """What pydantic found, in the words of the file."""
    return [_of_shape(detail) for detail in error.errors()]


def _label(path: Path) -> str:
    """``cells.tf2.15``, ``unsupported #2``, ``limits``: the entry, not the key."""
    if not path:
        return ""
    if len(path) > 1 and isinstance(path[1], int):
        return f"{path[0]} #{path[1] + 1}"
    entry = path[:2] if path[0] in {"cells", "formats", "models", "selections"} else path[:1]
    return ".".join(str(part) for part in entry)


def _of_shape(detail: ErrorDetails) -> Problem:
    path: Path = detail["loc"]
    key = path[-1]
    if detail["type"] == "extra_forbidden":
        return Problem(path=path, text=f"unknown key '{key}'" + suggestion(str(key), _keys(path)))
    if detail["type"] == "missing":
        return Problem(path=path, text=f"key '{key}' is missing")
    if detail["type"] == "value_error":
        return Problem(path=path, text=detail["msg"].removeprefix("Value error, "))
    if detail["type"] in {"too_short", "string_too_short"}:
        return Problem(path=path, text=f"{_subject(path)} must not be empty")
    return Problem(path=path, text=f"{_subject(path)} {_expected(detail)}, not {detail['input']!r}")


def _expected(detail: ErrorDetails) -> str:
    """Say what was wanted: pydantic's own words where the file has no better ones."""
    error, context = detail["type"], detail.get("ctx", {})
    wanted = _WANTED.get(error.removesuffix("_type").removesuffix("_parsing"))
    if wanted:
        return f"must be {wanted}"
    if error == "literal_error":
        return f"must be {context['expected']}"
    if error == "string_pattern_mismatch":
        return _PATTERNS[context["pattern"]]
    return detail["msg"].replace("Input should be", "must be")


def _subject(path: Path) -> str:
    """The key at fault; for an element of a list, its list and its place."""
    if isinstance(path[-1], int) and path[0] not in ARRAYS[: len(path) - 1] and len(path) > 1:
        return f"'{path[-2]}[{path[-1]}]'"
    return f"'{path[-1]}'"


def _keys(path: Path) -> Sequence[str]:
    """The keys that are known where an unknown one was found."""
    table: type[Entry] = SECTIONS.get(str(path[0]), MatrixFile) if len(path) > 1 else MatrixFile
    return [field.alias or name for name, field in table.model_fields.items()]
