"""The table at the end of a run: outcomes, faults, known failures that pass now."""

from __future__ import annotations

from collections import Counter

from lab.assessing import PLAIN
from lab.cli.context import Context
from lab.running.run import Tally
from lab.store import Store
from lab.words import Outcome, Result

FAULTS_SHOWN = 5


def print_summary(context: Context, store: Store, tally: Tally) -> int:
    """Print what came out; returns how many results are infra-error."""
    results = list(context.assessor(store).results(context.scope, context.keys))
    plain = Counter(result.outcome for result in results if result.strategy == PLAIN)
    print(f"ran {tally.saved} saves and {tally.trials} trials; {len(results)} results in all")
    for outcome in Outcome:
        if plain[outcome]:
            print(f"  {outcome.value:12s} {plain[outcome]:6d}")
    rescued = _rescued(results)
    if rescued:
        print(f"  of those that fail plainly, {rescued} load and answer rightly with a remedy")
    for result in results:
        if result.known_failure and result.outcome is Outcome.PASS:
            print(f"known failure passes now: {result.name} ({result.known_failure})")
    _print_faults(results, tally)
    return sum(1 for result in results if result.outcome is Outcome.INFRA_ERROR)


def _rescued(results: list[Result]) -> int:
    return sum(1 for result in results if result.strategy != PLAIN and result.outcome is Outcome.PASS)


def _print_faults(results: list[Result], tally: Tally) -> None:
    for cell, reason in tally.faults.items():
        print(f"infra-error: {cell}: {reason}")
    reasons = Counter(result.reason for result in results if result.outcome is Outcome.INFRA_ERROR)
    for reason, count in reasons.most_common(FAULTS_SHOWN):
        print(f"infra-error: {count} results: {reason}")
