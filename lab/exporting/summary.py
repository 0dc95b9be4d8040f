"""The run in Markdown, as a job page or a pull request shows it: counts, the grid, the largest causes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lab.comparing import Change
from lab.grid import Grid, Tally
from lab.words import Outcome, Provenance

CELLS_SHOWN = 14  # a wider table is not read
CAUSES_SHOWN = 10


def summary(
    grid: Grid, provenance: Provenance, titles: Mapping[str, str], changes: Mapping[Change, int] | None = None
) -> str:
    """A text of some dozen lines, ending in a line feed; ``titles`` says causes in words."""
    return "\n".join([*_head(grid, provenance), *_changes(changes), *_grid(grid), *_causes(grid, titles)]) + "\n"


def _head(grid: Grid, provenance: Provenance) -> Iterator[str]:
    yield "# Who loads whose models"
    yield ""
    yield (
        f"Of {grid.plain.judged} loads, {_share(grid.plain)} answer rightly as a person would type them, and "
        f"{_share(grid.with_remedies)} with the best remedy that was tried. Engine {provenance.engine}, "
        f"lab {provenance.lab_version}, seen {provenance.started_at[:10]} to {provenance.finished_at[:10]}."
    )
    yield ""
    yield "| outcome | plain | with remedies |"
    yield "| --- | ---: | ---: |"
    for outcome in Outcome:
        if grid.plain.counts[outcome] or grid.with_remedies.counts[outcome]:
            yield f"| {outcome} | {grid.plain.counts[outcome]} | {grid.with_remedies.counts[outcome]} |"


def _share(tally: Tally) -> str:
    return f"{tally.passed} ({tally.percent or 'none judged'})"


def _changes(changes: Mapping[Change, int] | None) -> Iterator[str]:
    if changes is not None:
        yield ""
        yield "Since the baseline: " + ", ".join(f"{changes.get(change, 0)} {change}" for change in Change) + "."


def _grid(grid: Grid) -> Iterator[str]:
    consumers = [cell for group in grid.consumers for cell in group.cells]
    if len(consumers) > CELLS_SHOWN:
        return
    yield ""
    yield "| saved by ↓ loaded by → | " + " | ".join(consumers) + " |"
    yield "| --- |" + " ---: |" * len(consumers)
    for group in grid.producers:
        for producer in group.cells:
            squares = [grid.squares.get((producer, consumer)) for consumer in consumers]
            shown = [f"{each.with_remedies.look.symbol} {each.plain.percent}" if each else "·" for each in squares]
            yield f"| **{producer}** | " + " | ".join(shown) + " |"
    yield ""
    yield "The number is the share that loads plainly, the symbol tells of the best remedies."


def _causes(grid: Grid, titles: Mapping[str, str]) -> Iterator[str]:
    if not grid.failures:
        return
    yield ""
    yield "| why they fail plainly | loads | mended | none helps |"
    yield "| --- | ---: | ---: | ---: |"
    for reason in grid.failures[:CAUSES_SHOWN]:
        title = titles.get(reason.title, reason.title).replace("|", "\\|").replace("<", "&lt;")
        yield f"| {title} | {reason.count} | {reason.mended} | {reason.none_helps} |"
    if len(grid.failures) > CAUSES_SHOWN:
        rest = grid.failures[CAUSES_SHOWN:]
        count, mended = sum(reason.count for reason in rest), sum(reason.mended for reason in rest)
        none_helps = sum(reason.none_helps for reason in rest)
        yield f"| {len(rest)} further reasons | {count} | {mended} | {none_helps} |"
