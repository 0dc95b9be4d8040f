"""Count judged results into squares, totals and groups of failures; pure, and ignorant of how they are shown."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from lab.words import FAILURES, JUDGED, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lab.words import CellReport, Matrix, Result

PLAIN = "plain"
UNEXPLAINED = "unexplained"
RELEASES = "main"  # the group of matrix.toml that holds TensorFlow as it was released, one cell a minor
NOTHING_TO_TRY = (Outcome.BLOCKED, Outcome.UNSUPPORTED)
UNJUDGED = (*NOTHING_TO_TRY, Outcome.INFRA_ERROR)

# The better outcome has the lower rank; among equals the plain strategy, then the earlier one, speaks.
RANK = {Outcome.PASS: 0, Outcome.DRIFT: 1, Outcome.UNSUPPORTED: 3, Outcome.BLOCKED: 3, Outcome.INFRA_ERROR: 4}
FAILED_RANK = 2


class View(StrEnum):
    """Which strategies count."""

    PLAIN = "plain"
    REMEDIES = "with remedies"


class Look(StrEnum):
    """What a square says at a glance; ``symbol`` tells it apart without colour, ``word`` without sight."""

    PASS = "pass"  # noqa: S105 - a word, not a password
    REMEDY = "remedy"
    DRIFT = "drift"
    MIXED = "mixed"
    FAILS = "fails"
    NOT_JUDGED = "not-judged"
    UNSUPPORTED = "unsupported"

    @property
    def symbol(self) -> str:
        """One character, distinct for each look."""
        return _SYMBOLS[self]

    @property
    def word(self) -> str:
        """The look in words, as in a legend."""
        return _WORDS[self]


_SYMBOLS = dict(zip(Look, "✓✚≈◐✗?⊘", strict=True))
_WORDS = {
    Look.PASS: "passes",
    Look.REMEDY: "passes with a remedy",
    Look.DRIFT: "drifts",
    Look.MIXED: "mixed",
    Look.FAILS: "fails",
    Look.NOT_JUDGED: "not judged",
    Look.UNSUPPORTED: "unsupported",
}


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many (model, format) had which outcome under one view; every ``Outcome`` is a key of ``counts``."""

    counts: Mapping[Outcome, int]
    remedied: int = 0  # passes that a remedy brought and the plain strategy did not

    @property
    def total(self) -> int:
        """All (model, format) that have a result under this view, judged or not."""
        return sum(self.counts.values())

    @property
    def judged(self) -> int:
        """The denominator: what was neither blocked, nor unsupported, nor the lab's own fault."""
        return sum(self.counts[outcome] for outcome in JUDGED)

    @property
    def passed(self) -> int:
        """The numerator."""
        return self.counts[Outcome.PASS]

    @property
    def failed(self) -> int:
        """What was judged and does not pass: drift, load-error, crash and timeout."""
        return self.judged - self.passed

    @property
    def share(self) -> float | None:
        """Pass by judged, from 0 to 1; None where nothing was judged."""
        return self.passed / self.judged if self.judged else None

    @property
    def percent(self) -> str:
        """The share for people; 100% and 0% are said only where they are exact, and nothing where none was judged."""
        if self.share is None:
            return ""
        between = min(99, max(1, int(self.share * 100 + 0.5)))
        return f"{self.share:.0%}" if self.share in (0.0, 1.0) else f"{between}%"

    @property
    def tenth(self) -> int:
        """The share in tenths, rounded down, for the shade of a square; all of it counts with the last tenth."""
        return min(9, 10 * self.passed // self.judged) if self.judged else 0

    @property
    def look(self) -> Look:
        """What the tally says at a glance."""
        if not self.judged:
            unsupported = self.counts[Outcome.UNSUPPORTED]
            return Look.UNSUPPORTED if unsupported and unsupported == self.total else Look.NOT_JUDGED
        if self.passed == self.judged:
            return Look.REMEDY if self.remedied else Look.PASS
        loaded = self.passed + self.counts[Outcome.DRIFT]
        if loaded == self.judged:
            return Look.DRIFT
        return Look.MIXED if loaded else Look.FAILS


@dataclass(frozen=True, kw_only=True)
class Square:
    """One pair that has results, counted under both views."""

    producer: str
    consumer: str
    plain: Tally
    with_remedies: Tally

    @property
    def is_control(self) -> bool:
        """Whether the cell is paired with itself."""
        return self.producer == self.consumer


@dataclass(frozen=True, kw_only=True)
class Group:
    """A stretch of one axis: cells of one group of the matrix, in its order."""

    id: str
    title: str
    cells: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Plain results that share a cause, or the first line of a reason where none is known."""

    title: str
    is_cause: bool
    count: int
    mended: int  # of these, how many pass with a remedy
    none_helps: int  # of these, how many fail with every remedy that applies, all of them run
    outcomes: tuple[tuple[Outcome, int], ...]  # largest first
    pairs: int
    example: Result


@dataclass(frozen=True, kw_only=True)
class Grid:
    """All that a page, a table or a badge counts; a pair without a square was not run."""

    producers: tuple[Group, ...]
    consumers: tuple[Group, ...]
    squares: Mapping[tuple[str, str], Square]
    models: tuple[str, ...]
    formats: tuple[str, ...]
    plain: Tally
    with_remedies: Tally
    looks: Mapping[View, Mapping[Look, int]]
    failures: tuple[Reason, ...]  # their counts add up to plain.failed
    unjudged: tuple[Reason, ...]  # their counts add up to plain.total - plain.judged
    plain_strategies: Mapping[str, str]  # format: the strategy that a person would type
    format_titles: Mapping[str, str]  # format: how a person writes it
    releases: Mapping[str, str]  # cell: the TensorFlow that it is, where it is nothing but that
    tags: Mapping[str, tuple[str, ...]]  # model: what it is about


@dataclass(frozen=True, kw_only=True)
class _Case:
    """One (model, format) of a pair: what the plain strategy showed, and the best of all strategies."""

    plain: Result | None
    best: Result

    @property
    def is_remedied(self) -> bool:
        return self.best.outcome is Outcome.PASS and self.best is not self.plain


def build_grid(matrix: Matrix, results: Sequence[Result], cells: Sequence[CellReport]) -> Grid:
    """Count the results; axes hold every cell that has results or a report, in the order of the matrix."""
    plain = {each.id: PLAIN if PLAIN in each.strategies else each.strategies[0] for each in matrix.formats}
    cases = _cases(results, plain)
    squares = {pair: _square(pair, of_pair) for pair, of_pair in cases.items()}
    every = [case for of_pair in cases.values() for case in of_pair]
    reported = {report.cell.id for report in cells}
    return Grid(
        producers=_axis(matrix, reported | {result.producer for result in results}),
        consumers=_axis(matrix, reported | {result.consumer for result in results}),
        squares=squares,
        models=_ordered((model.id for model in matrix.models), (result.model for result in results)),
        formats=_ordered((each.id for each in matrix.formats), (result.format for result in results)),
        plain=_plain_tally(every),
        with_remedies=_best_tally(every),
        looks={
            View.PLAIN: _look_counts(square.plain for square in squares.values()),
            View.REMEDIES: _look_counts(square.with_remedies for square in squares.values()),
        },
        failures=_reasons(every, FAILURES),
        unjudged=_reasons(every, UNJUDGED),
        plain_strategies=plain,
        format_titles={each.id: each.title for each in matrix.formats},
        releases={cell.id: cell.tensorflow for cell in matrix.cells if cell.group == RELEASES},
        tags={model.id: model.tags for model in matrix.models},
    )


def _cases(results: Sequence[Result], plain: Mapping[str, str]) -> dict[tuple[str, str], list[_Case]]:
    tried: dict[tuple[str, str], dict[tuple[str, str], list[Result]]] = defaultdict(lambda: defaultdict(list))
    for result in results:
        tried[result.producer, result.consumer][result.model, result.format].append(result)
    return {
        pair: [_case(of_case, plain.get(format_id, PLAIN)) for (_, format_id), of_case in by_case.items()]
        for pair, by_case in tried.items()
    }


def _case(tried: Sequence[Result], plain: str) -> _Case:
    as_typed = next((result for result in tried if result.strategy == plain), None)
    if as_typed is None:
        # Where nothing could be tried at all, that holds for the plain strategy too.
        as_typed = next((result for result in tried if result.outcome in NOTHING_TO_TRY), None)
    best = min(tried, key=lambda result: (RANK.get(result.outcome, FAILED_RANK), result is not as_typed))
    return _Case(plain=as_typed, best=best)


def _square(pair: tuple[str, str], cases: Sequence[_Case]) -> Square:
    return Square(producer=pair[0], consumer=pair[1], plain=_plain_tally(cases), with_remedies=_best_tally(cases))


def _plain_tally(cases: Iterable[_Case]) -> Tally:
    seen = Counter(case.plain.outcome for case in cases if case.plain)
    return Tally(counts={outcome: seen[outcome] for outcome in Outcome})


def _best_tally(cases: Sequence[_Case]) -> Tally:
    seen = Counter(case.best.outcome for case in cases)
    remedied = sum(case.is_remedied for case in cases)
    return Tally(counts={outcome: seen[outcome] for outcome in Outcome}, remedied=remedied)


def _look_counts(tallies: Iterable[Tally]) -> dict[Look, int]:
    seen = Counter(tally.look for tally in tallies)
    return {look: seen[look] for look in Look}


def _axis(matrix: Matrix, wanted: set[str]) -> tuple[Group, ...]:
    titles = dict(matrix.groups)
    members: dict[str, list[str]] = {group: [] for group in titles}
    for cell in matrix.cells:
        if cell.id in wanted:
            members.setdefault(cell.group, []).append(cell.id)
    strangers = sorted(wanted - {cell.id for cell in matrix.cells})
    groups = [
        Group(id=group, title=titles.get(group, group), cells=tuple(ids)) for group, ids in members.items() if ids
    ]
    if strangers:
        groups.append(Group(id="", title="No longer in the matrix", cells=tuple(strangers)))
    return tuple(groups)


def _ordered(declared: Iterable[str], seen: Iterable[str]) -> tuple[str, ...]:
    present = set(seen)
    known = [each for each in declared if each in present]
    return (*known, *sorted(present.difference(known)))


def _reasons(cases: Iterable[_Case], outcomes: Sequence[Outcome]) -> tuple[Reason, ...]:
    grouped: dict[tuple[bool, str], list[_Case]] = defaultdict(list)
    for case in cases:
        if case.plain and case.plain.outcome in outcomes:
            grouped[_reason_of(case.plain)].append(case)
    reasons = [_reason(title, of_title, is_cause=is_cause) for (is_cause, title), of_title in grouped.items()]
    return tuple(sorted(reasons, key=lambda reason: (-reason.count, not reason.is_cause, reason.title)))


def _reason_of(result: Result) -> tuple[bool, str]:
    if result.cause and result.cause != UNEXPLAINED:
        return True, result.cause
    if result.signature:
        return False, result.signature
    return False, next(iter(result.reason.strip().splitlines()), "no reason recorded")


def _reason(title: str, cases: Sequence[_Case], *, is_cause: bool) -> Reason:
    plain = [case.plain for case in cases if case.plain]
    outcomes = Counter(result.outcome for result in plain)
    return Reason(
        title=title,
        is_cause=is_cause,
        count=len(plain),
        mended=sum(case.is_remedied for case in cases),
        none_helps=sum(result.none_helps for result in plain),
        outcomes=tuple(sorted(outcomes.items(), key=lambda item: (-item[1], item[0]))),
        pairs=len({(result.producer, result.consumer) for result in plain}),
        example=min(plain, key=lambda result: result.name),
    )
