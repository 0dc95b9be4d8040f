"""Broken promises in groups: what to report upstream. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from lab.promises.rules import Verdict
from lab.words import FAILURES, Result

UNEXPLAINED = "unexplained"


@dataclass(frozen=True, kw_only=True)
class Breach:
    """The results that one rule promises and one cause breaks, in the order in which they came."""

    rule: str
    cause: str
    results: tuple[Result, ...]

    @property
    def formats(self) -> tuple[str, ...]:
        """The formats of the results, each once."""
        return tuple(dict.fromkeys(result.format for result in self.results))

    @property
    def pairs(self) -> int:
        """How many pairs of cells they are of."""
        return len({(result.producer, result.consumer) for result in self.results})


def breaches(results: Iterable[Result]) -> tuple[Breach, ...]:
    """The broken promises among these results by rule and cause, the largest group first."""
    groups: dict[tuple[str, str], list[Result]] = defaultdict(list)
    for result in results:
        if result.promise == Verdict.PROMISED and result.outcome in FAILURES:
            groups[result.rule or "", result.cause or UNEXPLAINED].append(result)
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    return tuple(Breach(rule=rule, cause=cause, results=tuple(group)) for (rule, cause), group in ordered)
