"""The grid as a picture: an SVG that stands by itself, in the colours of the reader's scheme, legible without them.

A square has the colour of what loads plainly, its heart the colour of what loads with the best remedy. Orange to
blue is told apart by all common kinds of colour vision; every square says its numbers in words as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from xml.sax.saxutils import escape

from lab.grid import Grid, Group, Square, Tally

SIDE, GAP, HEART = 22, 8, 10  # pixels: a square, what parts two groups, what is drawn within a square
BOTTOM, EDGE = 44, 12
LEGEND = 520  # the width that the legend takes
CHARACTER = 6.4
# From nothing to all, light to read on; https://colorbrewer2.org/#type=diverging&scheme=PuOr is where the idea is from.
SCALE = ((0.0, (179, 88, 6)), (0.5, (244, 228, 204)), (1.0, (33, 102, 172)))
STYLE = (
    "text{font:11px system-ui,-apple-system,'Segoe UI',sans-serif;fill:#24292f}"
    ".b{fill:#fff}.n{fill:#d8dee4}.c{fill:none;stroke:#24292f;stroke-width:1.4}.q{fill:#57606a;font-size:10px}"
    "@media(prefers-color-scheme:dark){text{fill:#e6edf3}.b{fill:#0d1117}.n{fill:#30363d}.c{stroke:#e6edf3}.q{fill:#9198a1}}"
)


def picture(grid: Grid) -> str:
    """An SVG of all squares, with a legend below."""
    longest = max(
        (len(_short(cell)) for cell, _ in (*_places(grid.producers, 0), *_places(grid.consumers, 0))), default=0
    )
    left, top = 2 * EDGE + round(longest * CHARACTER), 32 + round(longest * CHARACTER * 0.87)
    columns, rows = list(_places(grid.consumers, left)), list(_places(grid.producers, top))
    width = max(LEGEND, (columns[-1][1] + SIDE if columns else left) + EDGE)
    height = (rows[-1][1] + SIDE if rows else top) + BOTTOM
    title = escape(
        f"Who loads whose models: {grid.plain.percent or 'nothing'} of {grid.plain.judged} loads answer rightly, "
        f"{grid.with_remedies.percent or 'nothing'} with remedies"
    )
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
        f'role="img" aria-label="{title}"><title>{title}</title><style>{STYLE}</style>'
    )
    parts = [
        head,
        f'<rect class="b" width="{width}" height="{height}" rx="6"/>',
        '<text class="q" x="12" y="18">saved by ↓, loaded by →</text>',
        *(_column(cell, x, top) for cell, x in columns),
        *(_row(cell, left, y) for cell, y in rows),
        *(_square(grid.squares.get((producer, consumer)), x, y) for producer, y in rows for consumer, x in columns),
        *_legend(height - 18),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _places(groups: Sequence[Group], at: int) -> Iterator[tuple[str, int]]:
    """Every cell with its distance from the edge; groups stand a little apart."""
    for group in groups:
        for cell in group.cells:
            yield cell, at
            at += SIDE
        at += GAP


def _column(cell: str, x: int, top: int) -> str:
    place = f"{x + SIDE / 2 + 4:g} {top - 6}"
    return f'<text transform="translate({place}) rotate(-60)">{escape(_short(cell))}</text>'


def _row(cell: str, left: int, y: int) -> str:
    return f'<text x="{left - 6}" y="{y + SIDE / 2 + 4:g}" text-anchor="end">{escape(_short(cell))}</text>'


def _short(cell: str) -> str:
    return cell.removeprefix("tf")


def _square(square: Square | None, x: int, y: int) -> str:
    if square is None:
        return ""
    inner = (SIDE - 2 - HEART) // 2
    said = escape(
        f"{square.producer} → {square.consumer}: {square.plain.percent or 'not judged'} plain, "
        f"{square.with_remedies.percent or 'not judged'} with remedies"
    )
    outer = f'<rect {_fill(square.plain)} x="{x + 1}" y="{y + 1}" width="{SIDE - 2}" height="{SIDE - 2}" rx="3"/>'
    heart = (
        f'<rect {_fill(square.with_remedies)} x="{x + 1 + inner}" y="{y + 1 + inner}" width="{HEART}" '
        f'height="{HEART}" rx="2"/>'
    )
    ring = f'<rect class="c" x="{x + 1}" y="{y + 1}" width="{SIDE - 2}" height="{SIDE - 2}" rx="3"/>'
    return f"<g><title>{said}</title>{outer}{heart}{ring if square.is_control else ''}</g>"


def _fill(tally: Tally) -> str:
    return 'class="n"' if tally.share is None else f'fill="{colour(tally.share)}"'


def colour(share: float) -> str:
    """The colour of a share from 0 to 1."""
    for (low, dark), (high, light) in pairwise(SCALE):
        if share <= high:
            part = (share - low) / (high - low)
            mixed = (round(one + (other - one) * part) for one, other in zip(dark, light, strict=True))
            return "#" + "".join(f"{value:02x}" for value in mixed)
    return colour(1.0)


def _legend(y: int) -> Iterator[str]:
    x = EDGE
    for share, word in ((0.0, "none loads"), (0.5, "half"), (1.0, "all")):
        yield f'<rect fill="{colour(share)}" x="{x}" y="{y - 10}" width="12" height="12" rx="2"/>'
        yield f'<text class="q" x="{x + 17}" y="{y}">{word}</text>'
        x += 30 + 6 * len(word)
    yield f'<text class="q" x="{x + 6}" y="{y}">square: plainly · heart: with remedies · ring: the cell itself</text>'
