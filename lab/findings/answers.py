"""A finding, and what questions look at: plain results and what became of each case. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from lab.causes import Catalogue, Family
from lab.identity import PLAIN
from lab.words import FAILURES, JUDGED, Cell, CellFacts, Outcome, Result

EXAMPLES = 5


class Verdict(StrEnum):
    """What the measurements say of a claim."""

    HOLDS = "holds"
    DOES_NOT_HOLD = "does not hold"
    DEPENDS = "depends"
    NOT_JUDGED = "not judged"


@dataclass(frozen=True, kw_only=True)
class Count:
    """``part`` of ``whole``; what is counted is said in words."""

    label: str
    part: int
    whole: int

    @property
    def text(self) -> str:
        """``12 of 40 (30%)``."""
        return f"{self.part} of {self.whole}" + (f" ({self.part / self.whole:.0%})" if self.whole else "")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A question, what was measured, and the verdict; ``trials`` are some of the ``rests_on`` it rests on, by name."""

    id: str
    question: str
    verdict: Verdict
    answer: str
    counts: tuple[Count, ...]
    rests_on: int
    trials: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Seen:
    """Everything that questions look at."""

    results: Sequence[Result]
    cells: Mapping[str, Cell]
    facts: Mapping[str, CellFacts]
    catalogue: Catalogue

    @cached_property
    def plain(self) -> list[Result]:
        """The judged results of what a person would type."""
        return [result for result in self.results if result.strategy == PLAIN and result.outcome in JUDGED]

    @cached_property
    def failed(self) -> list[Result]:
        """Those of them that fail."""
        return [result for result in self.plain if result.outcome in FAILURES]

    @cached_property
    def tried(self) -> Mapping[tuple[str, str, str, str], list[Result]]:
        """All strategies of a case, by producer, consumer, model and format."""
        cases: dict[tuple[str, str, str, str], list[Result]] = defaultdict(list)
        for result in self.results:
            cases[result.producer, result.consumer, result.model, result.format].append(result)
        return cases

    def family(self, result: Result) -> Family | None:
        """The family of a result's cause."""
        cause = self.catalogue.get(result.cause) if result.cause else None
        return cause.family if cause else None

    def group(self, name: str) -> list[str]:
        """The cells of a group, in the order of the matrix."""
        return [cell.id for cell in self.cells.values() if cell.group == name]


def count(label: str, results: Iterable[Result], wanted: Callable[[Result], bool]) -> Count:
    """How many of these results are wanted."""
    listed = list(results)
    return Count(label=label, part=sum(1 for result in listed if wanted(result)), whole=len(listed))


def fails(result: Result) -> bool:
    """Whether a judged result fails."""
    return result.outcome in FAILURES


def passes(result: Result) -> bool:
    """Whether it passes."""
    return result.outcome is Outcome.PASS


def names(results: Iterable[Result]) -> tuple[str, ...]:
    """The first few by name."""
    return tuple(sorted(result.name for result in results)[:EXAMPLES])


def not_judged(finding_id: str, question: str, why: str) -> Finding:
    """A question that this run cannot answer."""
    return Finding(
        id=finding_id, question=question, verdict=Verdict.NOT_JUDGED, answer=why, counts=(), rests_on=0, trials=()
    )
