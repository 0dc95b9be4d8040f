"""The share that loads as a badge: an SVG of two fields, without a font or an address from elsewhere."""

from __future__ import annotations

from xml.sax.saxutils import escape

from lab.grid import Grid

CHARACTER = 6.6  # width at 11 px, generously
PADDING = 12


def badge(grid: Grid) -> str:
    """What loads plainly, and with remedies."""
    label = "TensorFlow models that load"
    plain, best = grid.plain.percent or "not run", grid.with_remedies.percent or "not run"
    value = f"{plain} plain, {best} with remedies"
    left, right = (round(len(text) * CHARACTER) + PADDING for text in (label, value))
    title = escape(f"{label}: {value}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" aria-label="{title}">'
        f"<title>{title}</title>"
        f'<rect width="{left + right}" height="20" rx="3" fill="#24292f"/>'
        f'<path d="M{left} 0h{right - 3}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-{right - 3}z" fill="#0b5c8a"/>'
        '<g fill="#fff" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">'
        f'<text x="{left / 2:g}" y="14">{escape(label)}</text>'
        f'<text x="{left + right / 2:g}" y="14">{escape(value)}</text>'
        "</g></svg>\n"
    )
