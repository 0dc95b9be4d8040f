"""``lab report``: render again from the store, offline."""

from __future__ import annotations

import argparse
from typing import Any

from lab.cli.context import Context
from lab.cli.matrix import wanted
from lab.cli.progress import say
from lab.cli.rendering import render
from lab.errors import ExitCode
from lab.store import open_store


def register(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse's own type is private
    """Add ``report``."""
    report = commands.add_parser(
        "report",
        parents=[common],
        help="render the page again from the store",
        description="Judge what the store holds and render the page; nothing is run.",
        epilog="example: python -m lab report --select quick",
    )
    report.set_defaults(command=_report)


def _report(arguments: argparse.Namespace) -> int:
    context = Context(wanted(arguments), say)
    with open_store(context.workplace.directory, writing=False) as store:
        print(render(context, store, context.results(store)))
    return ExitCode.DONE
