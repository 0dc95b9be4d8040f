"""Choose cells, models and formats of the matrix by globs or by the name of a selection."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lab.declare.naming import matching, suggestion, unknown
from lab.declare.wording import expanded
from lab.errors import ExitCode, LabError
from lab.words import Cell, Format, Matrix, Model, NamedSelection


@dataclass(frozen=True, kw_only=True)
class Selection:
    """What was asked for, in the order of the matrix."""

    cells: tuple[Cell, ...]
    models: tuple[Model, ...]
    formats: tuple[Format, ...]


def select(
    matrix: Matrix,
    *,
    cells: str | None = None,
    models: str | None = None,
    formats: str | None = None,
    selection: str | None = None,
) -> Selection:
    """Choose by space- or comma-separated globs; ``None`` chooses all.

    Where a selection is given as well, what is chosen has to be in both. Raises LabError: bad input for an unknown
    selection, nothing selected for a glob that matches nothing and where nothing is left.
    """
    named = _named(matrix, selection)
    asked = {
        "cell": _chosen("cell", cells, [cell.id for cell in matrix.cells]),
        "model": _chosen("model", models, [model.id for model in matrix.models]),
        "format": _chosen("format", formats, [form.id for form in matrix.formats]),
    }
    chosen = {kind: set(ids) & set(getattr(named, f"{kind}s")) for kind, ids in asked.items()} if named else asked
    for kind, left in chosen.items():
        if not left:
            raise LabError(_nothing_left(kind, named, asked[kind]), ExitCode.NOTHING_SELECTED)
    return Selection(
        cells=tuple(cell for cell in matrix.cells if cell.id in chosen["cell"]),
        models=tuple(model for model in matrix.models if model.id in chosen["model"]),
        formats=tuple(form for form in matrix.formats if form.id in chosen["format"]),
    )


def _nothing_left(kind: str, named: NamedSelection | None, asked: Sequence[str]) -> str:
    has = ", ".join(getattr(named, f"{kind}s"))
    return f"no {kind} of selection '{named.id if named else ''}' is among {', '.join(asked)}; it has {has}"


def _named(matrix: Matrix, selection: str | None) -> NamedSelection | None:
    """The selection of that name, or None where none is asked for."""
    if selection is None:
        return None
    named = {each.id: each for each in matrix.selections}
    if selection not in named:
        hint = suggestion(selection, named) or f"; there is {', '.join(named) or 'none'}"
        raise LabError(f"unknown selection '{selection}'{hint}", ExitCode.BAD_INPUT)
    return named[selection]


def _chosen(kind: str, globs: str | None, names: Sequence[str]) -> tuple[str, ...]:
    patterns = _split(globs) if globs is not None else ["*"]
    if not patterns:
        raise LabError(f"no {kind} is asked for: the list of globs is empty", ExitCode.NOTHING_SELECTED)
    idle = [pattern for pattern in patterns if not matching(pattern, names)]
    if idle:
        raise LabError("\n".join(_explained(kind, idle, names)), ExitCode.NOTHING_SELECTED)
    return expanded(patterns, names)


def _explained(kind: str, idle: Iterable[str], names: Sequence[str]) -> list[str]:
    return [unknown(kind, pattern, names) for pattern in idle]


def _split(globs: str) -> list[str]:
    return [part for part in re.split(r"[\s,]+", globs) if part]
