"""Make the page from the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from lab import __version__
from lab.assessing import PLAIN
from lab.cli.baseline import Before, in_scope
from lab.cli.context import Context
from lab.findings import find
from lab.grid import build_grid
from lab.recipes import RecipeBook
from lab.store import Store
from lab.words import CellReport, Provenance, Result


def render(
    context: Context,
    store: Store,
    results: list[Result],
    baseline: Before | None = None,
    *,
    left_out: int = 0,
) -> Path:
    """Write ``index.html`` of the output folder; ``left_out`` results are not among these, for they were never run."""
    page = context.workplace.directory / "index.html"
    from lab.publish import Baseline, explain, render_page  # noqa: PLC0415 - Jinja2 is not needed by the other commands

    reports = cell_reports(context, store.cells())
    grid = build_grid(context.matrix, results, reports)
    knowledge = context.knowledge()
    cells = {cell.id: cell for cell in context.matrix.cells}
    findings = find(results, cells, knowledge.cells, knowledge.catalogue)
    explained = explain(context.matrix, knowledge, RecipeBook(context.code), results, findings)
    before = None
    if baseline is not None:
        before = Baseline(title=baseline.title, outcomes=in_scope(context.scope, baseline.outcomes))
    whence = replace(provenance(context, store, results), left_out=left_out)
    text = render_page(grid, results, reports, whence, explained, before)
    part = page.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.replace(page)
    return page


def cell_reports(context: Context, seen: Mapping[str, dict[str, Any]]) -> list[CellReport]:
    """Every selected cell with what a store knows of cells, by fingerprint."""
    reports = []
    for cell in context.selection.cells:
        locked = context.locked[cell.id]
        row = seen.get(locked.fingerprint)
        state = "not-built" if row is None else row["state"]
        reason = (locked.fault or "") if row is None else row["reason"]
        facts = {} if row is None else row["facts"]
        reports.append(CellReport(cell=cell, fingerprint=locked.fingerprint, state=state, reason=reason, facts=facts))
    return reports


def provenance(context: Context, store: Store, results: list[Result]) -> Provenance:
    """Where the results come from: the machines of their runs, and the span of the observations."""
    times = sorted(result.seen_at for result in results if result.seen_at)
    tried = sum(1 for result in results if result.key)
    return Provenance(
        started_at=times[0] if times else "",
        finished_at=times[-1] if times else "",
        engine=context.engine_name,
        machines=_machines(store, results),
        lab_version=__version__,
        probe_hash=context.code.whole,
        trials_run=tried,
        loads=sum(1 for result in results if result.key and result.strategy == PLAIN),
        cells={cell.id: context.locked[cell.id].fingerprint for cell in context.selection.cells},
    )


def _machines(store: Store, results: list[Result]) -> dict[str, int]:
    """The hosts that the trials behind these results ran on, with the number of results; largest first."""
    hosts = {run["id"]: run["host"] for run in store.runs()}
    ran = store.runs_of_trials()
    counts = Counter(hosts[ran[result.key]] for result in results if result.key in ran)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
