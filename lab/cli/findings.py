"""``lab findings``: the questions that the lab was asked, answered from what a store holds."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, replace
from typing import Any

from lab.cli.arguments import wanted
from lab.cli.context import Context
from lab.cli.progress import say
from lab.errors import ExitCode
from lab.findings import find
from lab.store import open_store


def register(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse's own type is private
    """Add ``findings``."""
    findings = commands.add_parser(
        "findings",
        parents=[common],
        help="what people say about loading models, and what was measured",
        description="Each claim with its verdict, the counts behind it and some of the trials that it rests on.",
        epilog="example: python -m lab findings --select quick",
    )
    findings.add_argument("--json", action="store_true", help="one JSON object a line")
    findings.set_defaults(command=_findings)


def _findings(arguments: argparse.Namespace) -> int:
    context = Context(replace(wanted(arguments), as_stored=True), say)
    with open_store(context.workplace.directory, writing=False) as store:
        results = context.results(store)
    knowledge = context.knowledge()
    cells = {cell.id: cell for cell in context.matrix.cells}
    for finding in find(results, cells, knowledge.cells, knowledge.catalogue):
        if arguments.json:
            print(json.dumps(asdict(finding)))
            continue
        print(f"{finding.question}\n  {finding.verdict}: {finding.answer}")
        for each in finding.counts:
            print(f"    {each.label}: {each.text}")
        for name in finding.trials:
            print(f"    e.g. {name}")
    return ExitCode.DONE
