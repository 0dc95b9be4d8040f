"""``lab promises``: what the documentation promises of loads, and which of them fail all the same."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from typing import Any

from lab.cli.arguments import wanted
from lab.cli.context import Context
from lab.cli.progress import say
from lab.errors import ExitCode
from lab.promises import Verdict, breaches
from lab.store import open_store
from lab.words import JUDGED

SHOWN = 3


def register(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse's own type is private
    """Add ``promises``."""
    promises = commands.add_parser(
        "promises",
        parents=[common],
        help="what is promised and broken: what to report upstream",
        description="The rules of TensorFlow and Keras that speak of loads in this store, and the loads that fail "
        "though they are promised, by rule and cause.",
        epilog="example: python -m lab promises --select quick",
    )
    promises.add_argument("--json", action="store_true", help="one JSON object a line: every broken promise")
    promises.set_defaults(command=_promises)


def _promises(arguments: argparse.Namespace) -> int:
    context = Context(replace(wanted(arguments), as_stored=True), say)
    with open_store(context.workplace.directory, writing=False) as store:
        judged = [result for result in context.results(store) if result.outcome in JUDGED]
    promised = [result for result in judged if result.promise == Verdict.PROMISED]
    groups = breaches(judged)
    broken = [result for group in groups for result in group.results]
    if arguments.json:
        for result in broken:
            print(
                json.dumps({"trial": result.name, "rule": result.rule, "cause": result.cause, "reason": result.reason})
            )
        return ExitCode.DONE
    print(f"{len(judged)} judged loads, {len(promised)} of them promised, {len(broken)} of these broken")
    rules = {rule.id: rule for rule in context.knowledge().rules.rules}
    for group in groups:
        rule = rules[group.rule]
        print(f"{len(group.results):6d}  {rule.title}; broken by: {group.cause}")
        print(f"{'':8s}{rule.says} {' '.join(rule.sources)}")
        for result in group.results[:SHOWN]:
            print(f"{'':8s}e.g. {result.name}")
    return ExitCode.DONE
