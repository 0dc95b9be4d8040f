"""Choose cells, models and formats of the matrix by globs or by the name of a selection."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lab.declare.naming import matching, suggestion, unknown
from lab.declare.wording import expanded
from lab.errors import ExitCode, LabError
from lab.words import Cell, Format, Matrix, Model


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

    Where both ``cells`` and ``selection`` are given, a cell has to be in both. Raises LabError: bad input for an
    unknown selection, nothing selected for a glob that matches nothing and where nothing is left.
    """
    named = _named(matrix, selection)
    chosen = _chosen("cell", cells, [cell.id for cell in matrix.cells])
    wanted = [cell for cell in matrix.cells if cell.id in chosen and cell.id in named]
    if not wanted:
        raise LabError(
            f"no cell of selection '{selection}' matches '{cells}'; it has {', '.join(named)}",
            ExitCode.NOTHING_SELECTED,
        )
    chosen_models = _chosen("model", models, [model.id for model in matrix.models])
    chosen_formats = _chosen("format", formats, [form.id for form in matrix.formats])
    return Selection(
        cells=tuple(wanted),
        models=tuple(model for model in matrix.models if model.id in chosen_models),
        formats=tuple(form for form in matrix.formats if form.id in chosen_formats),
    )


def _named(matrix: Matrix, selection: str | None) -> tuple[str, ...]:
    """The cells of a named selection."""
    if selection is None:
        return tuple(cell.id for cell in matrix.cells)
    named = dict(matrix.selections)
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
