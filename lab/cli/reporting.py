"""``lab report``: render the page and the exports again from the store, offline."""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from lab.cli.arguments import wanted
from lab.cli.baseline import choose_baseline, print_changes
from lab.cli.context import Context
from lab.cli.exporting import add_option, export
from lab.cli.progress import say
from lab.cli.rendering import render
from lab.comparing import Change
from lab.engines.processor import trait_of
from lab.errors import ExitCode, LabError
from lab.evidence import tried
from lab.running.workplace import read_probe_code
from lab.store import Joined, Store, merge, open_store, unpack
from lab.words import Outcome, Result


def register(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse's own type is private
    """Add ``report``."""
    report = commands.add_parser(
        "report",
        parents=[common],
        help="render the page again from the store",
        description="Judge what the store holds; write the page and the exports. Nothing is run.",
        epilog="example: python -m lab report --select quick --export all",
    )
    report.add_argument(
        "--baseline", type=Path, metavar="FILE", help="another run's results.parquet, or its lab results --json"
    )
    report.add_argument(
        "--fail-on", choices=("regressed",), help="exit code 6 where a trial passed in the baseline and fails now"
    )
    report.add_argument(
        "--merge",
        nargs="+",
        type=Path,
        metavar="DIR",
        help="first join the stores of shards (their --out folders), or packs of evidence (*.jsonl.xz), into --out; "
        "what none of them has run is listed, and the exit code is 5 (0 with --tried)",
    )
    report.add_argument(
        "--tried",
        action="store_true",
        help="leave out what no run has come to; the page says how much that is (for a selection that was run in part)",
    )
    add_option(report)
    report.set_defaults(command=_report)


def _report(arguments: argparse.Namespace) -> int:
    if arguments.fail_on and not arguments.baseline:
        message = "--fail-on compares with another run: name its results with --baseline FILE"
        raise LabError(message)
    baseline = choose_baseline(arguments.baseline)
    _join(wanted(arguments).out, arguments.merge or ())
    context = Context(replace(wanted(arguments), as_stored=True), say)
    with open_store(context.workplace.directory, writing=False) as store:
        every = context.results(store)
        results = tried(every) if arguments.tried else every
        print(render(context, store, results, baseline, left_out=len(every) - len(results)))
        changes = None if baseline is None else print_changes(context, results, baseline)
        for path in export(context, store, results, arguments.export, changes):
            print(path)
    if arguments.merge and (absent := not_run(every)):
        print("\n".join(f"absent: {consumer}: {count} loads" for consumer, count in absent.items()))
        if not arguments.tried:
            return ExitCode.INFRA_ERROR
    regressed = changes is not None and changes[Change.REGRESSED] > 0
    return ExitCode.REGRESSED if regressed and arguments.fail_on else ExitCode.DONE


def _join(out: Path, parts: Sequence[Path]) -> None:
    """Join stores and packs into the store of ``out``, and say what stands in the way of counting them together."""
    if not parts:
        return
    if absent := [str(part) for part in parts if not part.exists()]:
        message = f"--merge: there is no {', '.join(absent)}: name packs (*.jsonl.xz), or folders with a shard's store"
        raise LabError(message)
    with open_store(out, writing=True) as store:
        for part in parts:
            say(_said(part, _join_one(store, part)))
        kinds = sorted({trait_of(run["host"]) or "no oneDNN" for run in store.runs()})
    if len(kinds) > 1:
        say(f"they are of several kinds of processor ({' and '.join(kinds)}): those of the last run's kind count alone")


def _join_one(store: Store, part: Path) -> Joined:
    if not part.is_file():
        return merge(store, part)
    with tempfile.TemporaryDirectory(prefix="lab-pack-") as directory:
        unpack(part, Path(directory))
        return merge(store, Path(directory))


def _said(part: Path, joined: Joined) -> str:
    """What has come of joining a part."""
    said = f"{part}: {joined.saves} saves and {joined.trials} trials joined"
    others = sorted(joined.probes - {read_probe_code().whole})
    return f"{said}; run with probe {', '.join(others)}: what has changed since counts as not run" if others else said


def not_run(results: Iterable[Result]) -> Counter[str]:
    """How many loads of each consumer have nothing behind them: their shard is not there, or not finished."""
    return Counter(
        result.consumer for result in results if result.outcome is Outcome.INFRA_ERROR and result.observation is None
    )
