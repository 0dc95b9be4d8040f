"""Pack all results into columns of small integers beside tables of distinct texts, for the page to unpack.

There are two parts: what the page counts by, which it unpacks before it answers, and what an opened square shows, most
of all text, which it unpacks in the moments after.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lab.grid import PLAIN, Look
from lab.publish.binary import packed
from lab.publish.symbols import OUTCOME_SYMBOLS
from lab.words import Outcome, Stage

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from lab.grid import Grid
    from lab.publish.baseline import Baseline
    from lab.publish.explanations import Explanations
    from lab.words import CellReport, Observation, Raised, Result

# A page of hundreds of thousands of trials must stay a few megabytes; `lab show` prints what is cropped here.
TEXT_LIMIT = 2400
LOG_LIMIT = 1500
# What an opened square shows; all else is counted by.
DETAILS = frozenset({"reason", "diff", "log", "known", "rule", "exception", "seconds", "ran", "none", "before"})
LOGGED = (Outcome.CRASH, Outcome.TIMEOUT, Outcome.INFRA_ERROR)


class Table:
    """Distinct values in the order of their first use, each known by its index."""

    def __init__(self, values: Sequence[Hashable] = ()) -> None:
        self._index: dict[Hashable, int] = {value: at for at, value in enumerate(values)}

    def index(self, value: Hashable) -> int:
        """Give the index of a value, added if it is new; -1 for None."""
        return -1 if value is None else self._index.setdefault(value, len(self._index))

    @property
    def values(self) -> list[Any]:
        """The values, each at its index."""
        return list(self._index)


class Packer:
    """The tables that the columns of one page point into."""

    def __init__(self, grid: Grid) -> None:
        self._plain = grid.plain_strategies
        self.tables = {
            "producer": Table([cell for group in grid.producers for cell in group.cells]),
            "consumer": Table([cell for group in grid.consumers for cell in group.cells]),
            "model": Table(grid.models),
            "format": Table(grid.formats),
            "outcome": Table(list(Outcome)),
            "stage": Table(list(Stage)),
            **{
                name: Table()
                for name in (
                    "strategy",
                    "cause",
                    "reason",
                    "diff",
                    "log",
                    "engine",
                    "known",
                    "grade",
                    "ran_in",
                    "promise",
                    "rule",
                )
            },
        }
        self.exceptions = Table()
        self.messages = Table()
        self.frames = Table()

    def row(self, result: Result) -> dict[str, int]:
        """One result as indices, a time in hundredths of a second, whether it was run, and whether nothing helps."""
        seen = result.observation
        values: dict[str, Hashable] = {
            "producer": result.producer,
            "consumer": result.consumer,
            "model": result.model,
            "format": result.format,
            "strategy": result.strategy,
            "outcome": result.outcome,
            "stage": result.stage,
            "cause": result.cause,
            "reason": crop(result.reason),
            "diff": None if result.max_abs_diff is None else f"{result.max_abs_diff:.3g}",
            "log": crop(seen.log_tail[-LOG_LIMIT:]) if seen and seen.log_tail and result.outcome in LOGGED else None,
            "engine": result.engine,
            "known": result.known_failure,
            "grade": result.grade,
            "ran_in": result.ran_in or None,
            "promise": result.promise or None,
            "rule": result.rule or None,
        }
        return {
            **{name: self.tables[name].index(value) for name, value in values.items()},
            "exception": self.exceptions.index(self._exception(seen)),
            "plain": int(result.strategy == self._plain.get(result.format, PLAIN)),
            "seconds": hundredths(result.seconds),
            "ran": int(bool(result.key)),
            "none": int(result.none_helps),
        }

    def _exception(self, seen: Observation | None) -> Hashable:
        raised = (seen.exception or seen.probe_error) if seen else None
        return self._raised(raised) if raised else None

    def _raised(self, raised: Raised) -> Hashable:
        return (
            raised.type,
            self.messages.index(crop(raised.message)),
            tuple((kind, self.messages.index(crop(message))) for kind, message in raised.chain),
            tuple(self.frames.index(crop(frame)) for frame in raised.frames),
        )


def hundredths(seconds: float) -> int:
    """A time in hundredths of a second, to two digits: more of them would say nothing, and fill a sixth of a page."""
    return int(float(f"{seconds * 100:.2g}"))


def crop(text: str) -> str:
    """Give the text, or its two ends with a word on how much is left out: what went wrong stands at either of them."""
    if len(text) <= TEXT_LIMIT:
        return text
    half = TEXT_LIMIT // 2
    return f"{text[:half]} … ({len(text) - 2 * half} more characters: see `lab show`) … {text[-half:]}"


@dataclass(frozen=True, kw_only=True)
class Payload:
    """Both parts, each a head in JSON with columns behind it, gzipped, in base64."""

    numbers: str
    details: str


def pack(
    grid: Grid,
    results: Sequence[Result],
    cells: Sequence[CellReport],
    explained: Explanations,
    baseline: Baseline | None = None,
) -> Payload:
    """Everything the page's script needs."""
    packer = Packer(grid)
    tables = packer.tables
    axes = ("producer", "consumer", "model", "format")
    # Sorted, the rows of one pair lie together and compress well; the sort is stable, so strategies keep their order.
    ordered = sorted(results, key=lambda result: [tables[axis].index(getattr(result, axis)) for axis in axes])
    rows = [packer.row(result) for result in ordered]
    columns = {name: [row[name] for row in rows] for name in (*tables, "exception", "plain", "seconds", "ran", "none")}
    if baseline is not None:
        columns["before"] = _before(baseline, ordered)
    values = {name: table.values for name, table in tables.items()}
    head = {
        "size": len(rows),
        "tables": {name: found for name, found in values.items() if name not in DETAILS},
        "cells": {report.cell.id: versions(report) for report in cells},
        "releases": dict(grid.releases),
        "tags": {model: list(grid.tags.get(model, ())) for model in grid.models},
        "baseline": None if baseline is None else baseline.title,
        "titles": dict(grid.format_titles),
        "looks": {look: {"symbol": look.symbol, "word": look.word} for look in Look},
        "symbols": OUTCOME_SYMBOLS,
        **explained.packed(),
    }
    details = {
        "size": len(rows),
        "tables": {name: found for name, found in values.items() if name in DETAILS},
        "gone": {} if baseline is None else _gone(baseline, ordered),
        "exceptions": packer.exceptions.values,
        "messages": packer.messages.values,
        "frames": packer.frames.values,
        "packages": {report.cell.id: packages(report) for report in cells},
    }
    return Payload(
        numbers=packed(head, {name: found for name, found in columns.items() if name not in DETAILS}),
        details=packed(details, {name: found for name, found in columns.items() if name in DETAILS}),
    )


def _before(baseline: Baseline, ordered: Sequence[Result]) -> list[int]:
    """What the baseline says of each row, as the index of an outcome; -1: nothing."""
    index = {outcome: at for at, outcome in enumerate(Outcome)}
    return [
        index.get(baseline.outcomes[name], -1) if (name := result.name) in baseline.outcomes else -1
        for result in ordered
    ]


def _gone(baseline: Baseline, ordered: Sequence[Result]) -> dict[str, int]:
    """What only the baseline has."""
    index = {outcome: at for at, outcome in enumerate(Outcome)}
    gone = baseline.outcomes.keys() - {result.name for result in ordered}
    return {name: index[baseline.outcomes[name]] for name in sorted(gone)}


def packages(report: CellReport) -> dict[str, str]:
    """Name and version of everything that is installed in a cell, as its probe saw it."""
    found = report.facts.get("packages")
    return {name: str(found[name]) for name in sorted(found)} if isinstance(found, dict) else {}


def versions(report: CellReport) -> list[list[str]]:
    """Name and version of what makes a cell: what its probe saw, else what the matrix declares."""
    cell, facts = report.cell, report.facts
    packages = facts.get("packages")
    found = packages if isinstance(packages, dict) else {}
    named = {
        "TensorFlow": facts.get("tensorflow") or cell.tensorflow,
        "Keras": facts.get("keras") or cell.keras,
        "Python": facts.get("python") or cell.python,
        "NumPy": found.get("numpy"),
        "h5py": found.get("h5py"),
        "protobuf": found.get("protobuf"),
        "tf-keras": found.get("tf-keras"),
        "CUDA": cell.cuda,
        "cuDNN": cell.cudnn,
    }
    named.update(cell.env)
    return [[name, str(version)] for name, version in named.items() if version]
