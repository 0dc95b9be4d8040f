"""The table at the end of a run: outcomes, faults, known failures that pass now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lab.assessing import PLAIN
from lab.running.run import Tally
from lab.words import Outcome, Result

FAULTS_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What to print: the first line is about this run, the others about everything that is known."""

    lines: tuple[str, ...]
    infra_errors: int


def summarise(results: Sequence[Result], tally: Tally) -> Summary:
    """Count what came out."""
    first = f"ran {tally.saved} saves and {tally.trials} trials; {len(results)} results in all"
    return Summary(
        lines=(first, *_counts(results), *_passing_now(results), *_faults(results, tally)),
        infra_errors=sum(1 for result in results if result.outcome is Outcome.INFRA_ERROR),
    )


def summarise_again(summary: Summary) -> tuple[str, ...]:
    """The same for a run that finds nothing to do."""
    return ("ran 0 saves and 0 trials", *summary.lines[1:])


def _counts(results: Sequence[Result]) -> Iterator[str]:
    plain = Counter(result.outcome for result in results if result.strategy == PLAIN)
    for outcome in Outcome:
        if plain[outcome]:
            yield f"  {outcome.value:12s} {plain[outcome]:6d}"
    rescued = sum(1 for result in results if result.strategy != PLAIN and result.outcome is Outcome.PASS)
    if rescued:
        yield f"  of those that fail plainly, {rescued} load and answer rightly with a remedy"


def _passing_now(results: Sequence[Result]) -> Iterator[str]:
    for result in results:
        if result.known_failure and result.outcome is Outcome.PASS:
            yield f"known failure passes now: {result.name} ({result.known_failure})"


def _faults(results: Sequence[Result], tally: Tally) -> Iterator[str]:
    for cell, reason in tally.faults.items():
        yield f"infra-error: {cell}: {reason}"
    reasons = Counter(result.reason for result in results if result.outcome is Outcome.INFRA_ERROR)
    for reason, count in reasons.most_common(FAULTS_SHOWN):
        yield f"infra-error: {count} results: {reason}"
