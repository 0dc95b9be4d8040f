"""Render a grid as one self-contained HTML page; the only place that knows Jinja2, and it judges nothing."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from lab.cuda_check import CudaCheck, check
from lab.grid import UNJUDGED, Grid, Look, Square, Tally
from lab.publish.payload import pack, packages, versions
from lab.publish.symbols import OUTCOME_SYMBOLS
from lab.words import JUDGED, Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lab.publish.baseline import Baseline
    from lab.publish.explanations import Explanations
    from lab.words import CellReport, Provenance, Result

TEMPLATES = Path(__file__).parents[2] / "reports" / "templates"

# One concern each, joined in this order into the one script of the page.
SCRIPTS = (
    "counting",
    "asking",
    "filters",
    "state",
    "elements",
    "evidence",
    "grid",
    "errors",
    "ask",
    "causes",
    "changes",
    "pictures",
    "page",
)


@dataclass(frozen=True, kw_only=True)
class SquareText:
    """A place of the table, in words; ``title`` is empty where the pair was not run."""

    producer: str
    consumer: str
    square: Square | None
    title: str

    @property
    def anchor(self) -> str:
        """The id of the place, and the fragment that leads to it."""
        return f"{self.producer}..{self.consumer}"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One producer and its places, in the order of the consumers."""

    producer: str
    places: tuple[SquareText, ...]


@dataclass(frozen=True, kw_only=True)
class RowGroup:
    """A stretch of producers under one title."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True)
class CellRow:
    """One line of the table of cells."""

    report: CellReport
    versions: list[list[str]]
    cuda: CudaCheck | None

    @property
    def packages(self) -> int:
        """How many packages its lock brings, as the probe saw them."""
        return len(packages(self.report))


def render_page(
    grid: Grid,
    results: Sequence[Result],
    cells: Sequence[CellReport],
    provenance: Provenance,
    explained: Explanations,
    baseline: Baseline | None = None,
) -> str:
    """Give the whole page; equal arguments give equal text, and nothing in it is fetched from anywhere."""
    style, unscripted = _style(), _asset("unscripted.css")
    waking, script = _asset("waking.js"), _script()
    page = (
        _environment()
        .get_template("page.html.j2")
        .render(
            grid=grid,
            rows=_row_groups(grid),
            columns=[cell for group in grid.consumers for cell in group.cells],
            cells=[_cell_row(report) for report in cells],
            looks=list(Look),
            judged=JUDGED,
            unjudged=UNJUDGED,
            outcomes=list(Outcome),
            symbols=OUTCOME_SYMBOLS,
            provenance=provenance,
            # Our own assets, and base64: the only texts that are not escaped.
            style=Markup(style),  # noqa: S704 - read from this repository
            unscripted=Markup(unscripted),  # noqa: S704 - read from this repository
            waking=Markup(waking),  # noqa: S704 - read from this repository
            script=Markup(script),  # noqa: S704 - read from this repository
            policy=_policy((style, unscripted), (waking, script)),
            payload=pack(grid, results, cells, explained, baseline),
            explained=explained,
        )
    )
    # A lone surrogate in a foreign message must not keep the page from being written.
    return page.encode(errors="replace").decode()


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _asset(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _style() -> str:
    """The sheet, and the symbol of each look under its share, with the word that is read out in its place.

    A square is one element because there are thousands: three more in each would double what a filter has to lay out.
    """
    symbols = (
        f'.face.look-{look}::after {{ content: "{look.symbol}"; content: "{look.symbol}" / "{look.word}"; }}\n'
        for look in Look
    )
    return _asset("page.css") + "".join(symbols)


def _script() -> str:
    parts = "\n".join(_asset(f"script/{name}.js") for name in SCRIPTS)
    return f'"use strict";\n(async () => {{\n{parts}}})();\n'


def _policy(styles: Sequence[str], scripts: Sequence[str]) -> str:
    return (
        f"default-src 'none'; style-src {_digests(styles)}; script-src {_digests(scripts)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _digests(texts: Sequence[str]) -> str:
    return " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in texts)


def _cell_row(report: CellReport) -> CellRow:
    return CellRow(report=report, versions=versions(report), cuda=check(report.cell, report.facts))


def _row_groups(grid: Grid) -> list[RowGroup]:
    consumers = [cell for group in grid.consumers for cell in group.cells]
    return [
        RowGroup(
            title=group.title,
            rows=tuple(
                Row(producer=producer, places=tuple(_place(grid, producer, consumer) for consumer in consumers))
                for producer in group.cells
            ),
        )
        for group in grid.producers
    ]


def _place(grid: Grid, producer: str, consumer: str) -> SquareText:
    square = grid.squares.get((producer, consumer))
    title = _title(square) if square else ""
    return SquareText(producer=producer, consumer=consumer, square=square, title=title)


def _title(square: Square) -> str:
    return (
        f"{square.producer} → {square.consumer}{' (control)' if square.is_control else ''}\n"
        f"plain: {_tally_text(square.plain)}\n"
        f"with remedies: {_tally_text(square.with_remedies)}"
    )


def _tally_text(tally: Tally) -> str:
    counts = ", ".join(f"{outcome} {count}" for outcome, count in tally.counts.items() if count)
    return f"{tally.look.word}, {tally.percent or 'no share'} ({counts or 'nothing tried'})"
