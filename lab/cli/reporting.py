"""``lab report``: render the page and the exports again from the store, offline."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from lab.cli.baseline import print_changes, read_baseline
from lab.cli.context import Context
from lab.cli.exporting import add_option, export
from lab.cli.matrix import wanted
from lab.cli.progress import say
from lab.cli.rendering import render
from lab.comparing import Change
from lab.errors import ExitCode, LabError
from lab.store import open_store


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
    add_option(report)
    report.set_defaults(command=_report)


def _report(arguments: argparse.Namespace) -> int:
    if arguments.fail_on and not arguments.baseline:
        message = "--fail-on compares with another run: name its results with --baseline FILE"
        raise LabError(message)
    baseline = read_baseline(arguments.baseline) if arguments.baseline else None
    context = Context(wanted(arguments), say)
    with open_store(context.workplace.directory, writing=False) as store:
        results = context.results(store)
        print(render(context, store, results))
        changes = None if baseline is None else print_changes(context, results, baseline, "the baseline")
        for path in export(context, store, results, arguments.export, changes):
            print(path)
    regressed = changes is not None and changes[Change.REGRESSED] > 0
    return ExitCode.REGRESSED if regressed and arguments.fail_on else ExitCode.DONE
