"""Write the exports beside the page."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from lab.cli.context import Context
from lab.cli.rendering import cell_reports, provenance
from lab.comparing import Change
from lab.grid import Grid, build_grid
from lab.store import SUFFIX, Store, pack
from lab.words import Provenance, Result

FILES = {
    "parquet": "results.parquet",
    "csv": "results.csv",
    "junit": "junit.xml",
    "summary": "summary.md",
    "badge": "badge.svg",
    "picture": "grid.svg",
    "evidence": f"evidence{SUFFIX}",
}
USUAL = ("parquet", "summary", "badge", "picture")


def add_option(parser: argparse.ArgumentParser) -> None:
    """Add ``--export``."""
    parser.add_argument(
        "--export",
        nargs="+",
        choices=(*FILES, "all", "none"),
        default=list(USUAL),
        metavar="KIND",
        help=f"files to write beside the page: {', '.join(FILES)}, all or none (default: {' '.join(USUAL)})",
    )


def export(
    context: Context,
    store: Store,
    results: Sequence[Result],
    kinds: Sequence[str],
    changes: Mapping[Change, int] | None,
) -> list[Path]:
    """Write the files of these kinds; returns their paths."""
    wanted = [kind for kind in FILES if kind in kinds or "all" in kinds]
    if not wanted or "none" in kinds:
        return []
    grid = build_grid(context.matrix, results, cell_reports(context, store.cells()))
    source = provenance(context, store, list(results))
    texts = _contents(context, results, grid, source, changes) | {"evidence": lambda: _evidence(context, store)}
    return [_write(context.workplace.directory / FILES[kind], texts[kind]()) for kind in wanted]


def _contents(
    context: Context,
    results: Sequence[Result],
    grid: Grid,
    source: Provenance,
    changes: Mapping[Change, int] | None,
) -> dict[str, Callable[[], str | bytes]]:
    from lab import exporting  # noqa: PLC0415 - pandas and pyarrow take a second to import

    knowledge = context.knowledge()
    cells, titles = knowledge.cells, {cause.id: cause.title for cause in knowledge.catalogue.causes}
    return {
        "parquet": lambda: exporting.parquet(exporting.table(results, cells), source),
        "csv": lambda: exporting.csv(exporting.table(results, cells)),
        "junit": lambda: exporting.junit(results),
        "summary": lambda: exporting.summary(grid, source, titles, changes),
        "badge": lambda: exporting.badge(grid),
        "picture": lambda: exporting.picture(grid),
    }


def _evidence(context: Context, store: Store) -> bytes:
    """What was seen of the selection, in its cells and in those that may mend what fails there."""
    cells = {cell.id for cell in context.selection.cells} | {rescue.mender.id for rescue in context.scope.rescues}
    models = {model.id for model in context.scope.models}
    return pack(store, cells=cells, models=models, formats={form.id for form in context.scope.formats})


def _write(path: Path, content: str | bytes) -> Path:
    """In one step, so that a half file is never there."""
    part = path.with_name(path.name + ".part")
    part.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "replace"))
    part.replace(path)
    return path
