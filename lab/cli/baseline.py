"""Read the results of another run, and count and tell what changed since."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lab.cli.context import ROOT, Context
from lab.comparing import Change, compare
from lab.errors import LabError
from lab.planning import Scope
from lab.words import Outcome, Result

SHOWN = 20
PUBLISHED = ROOT / "reports" / "published" / "results.parquet"  # compared with, and never shown as results


@dataclass(frozen=True, kw_only=True)
class Before:
    """Another run's outcomes by name, and what it is called."""

    title: str
    outcomes: Mapping[str, Outcome]


def choose_baseline(named: Path | None) -> Before | None:
    """The run that is named, else the published one, else none."""
    if named is not None:
        return Before(title="the baseline", outcomes=read_baseline(named))
    return Before(title="the published run", outcomes=read_baseline(PUBLISHED)) if PUBLISHED.exists() else None


def read_baseline(path: Path) -> dict[str, Outcome]:
    """Outcomes by name from ``results.parquet`` or the lines of ``lab results --json``.

    Raises LabError with the line that is wrong.
    """
    if not path.exists():
        message = f"the baseline {path} does not exist"
        raise LabError(message)
    if path.suffix == ".parquet":
        return _read_table(path)
    found: dict[str, Outcome] = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        message = f"the baseline {path} cannot be read: {error}"
        raise LabError(message) from error
    for number, line in enumerate(lines, start=1):
        try:
            row = json.loads(line)
            name = "/".join(row[part] for part in ("producer", "consumer", "model", "format", "strategy"))
            found[name] = Outcome(row["outcome"])
        except (KeyError, TypeError, ValueError) as error:
            message = f"{path}, line {number}: not a line of 'lab results --json': {type(error).__name__}: {error}"
            raise LabError(message) from error
    return found


def _read_table(path: Path) -> dict[str, Outcome]:
    from lab.exporting import read_outcomes  # noqa: PLC0415 - pandas and pyarrow take a second to import

    try:
        return read_outcomes(path)
    except (OSError, KeyError, ValueError) as error:
        message = f"{path} is not a table of results: {error}"
        raise LabError(message) from error


def print_changes(context: Context, results: Sequence[Result], baseline: Before) -> Counter[Change]:
    """Print what changed within the selection since then, and count it."""
    now = {result.name: result.outcome for result in results}
    before = in_scope(context.scope, baseline.outcomes)
    changes = compare(before, now)
    counts = Counter(changes.values())
    print(f"since {baseline.title}: " + ", ".join(f"{counts[change]} {change}" for change in Change))
    regressed = [name for name, change in changes.items() if change is Change.REGRESSED]
    for name in regressed[:SHOWN]:
        print(f"  regressed: {name}: {before[name]}, now {now[name]}")
    if len(regressed) > SHOWN:
        print(f"  and {len(regressed) - SHOWN} more")
    return counts


def in_scope(scope: Scope, baseline: Mapping[str, Outcome]) -> dict[str, Outcome]:
    """What the baseline says of the selection."""
    pairs = {(producer.id, consumer.id) for producer, consumer in scope.pairs}
    models, formats = {model.id for model in scope.models}, {form.id for form in scope.formats}

    def is_in(name: str) -> bool:
        producer, consumer, model, form, _ = name.split("/", 4)
        return (producer, consumer) in pairs and model in models and form in formats

    return {name: outcome for name, outcome in baseline.items() if is_in(name)}
