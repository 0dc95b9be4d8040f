"""Pick the one cause of a failure. Pure and total: what no entry recognises is unexplained, with a signature."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from lab.causes.entries import Cause, Conditions
from lab.words import CellFacts, Difference, Observation, Outcome, Raised, Stage

UNEXPLAINED = "unexplained"

Said = tuple[tuple[str, str], ...]

ADDRESS = re.compile(r"0x[0-9a-fA-F]+")
NUMBER = re.compile(r"\d+")
SIGNATURE_CHARS = 160
LITTLE = 0.01  # of the largest answer: half precision keeps three digits


@dataclass(frozen=True, kw_only=True)
class Case:
    """A failure as far as its cause depends on it.

    ``said`` are the exception and its causes as (type without module, message); what has no exception is put into
    the same form: ``("Signal", "11")``, ``("Timeout", "")``, ``("Exit", "0")``, ``("Difference", "why")``,
    ``("Container", "what was written")``. ``described`` is a text that names what is in the model: its stored config,
    or the code that builds it; None where there is none.
    """

    outcome: Outcome
    stage: Stage | None
    said: Said
    format: str
    strategy: str
    producer: CellFacts | None = None
    consumer: CellFacts | None = None
    changed: int | None = None
    described: str | None = None

    @property
    def other_python(self) -> bool | None:
        """Whether another Python saved it; None where that is not known."""
        if self.producer is None or self.consumer is None or not self.producer.python:
            return None
        return self.producer.python != self.consumer.python

    @property
    def signature(self) -> str:
        """The first words of the failure, without what differs from run to run: equal ones are one group."""
        kind, message = self.said[0] if self.said else ("", "")
        line = next((line.strip() for line in message.splitlines() if line.strip()), "")
        return f"{kind}: {NUMBER.sub('#', ADDRESS.sub('@', line))}"[:SIGNATURE_CHARS]


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """All causes, those that speak first coming first."""

    causes: tuple[Cause, ...]
    # The same few hundred exceptions explain tens of thousands of trials.
    _speaking: dict[Said, tuple[Cause, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def classify(self, case: Case) -> str:
        """The id of the one cause, or ``unexplained``."""
        found = self.matching(case)
        return found[0].id if found else UNEXPLAINED

    def matching(self, case: Case) -> tuple[Cause, ...]:
        """The causes that speak first of those that fit; more than one is a fault of the catalogue.

        Within a tier those speak before the others that name something which is in the model.
        """
        fitting = [cause for cause in self._saying(case.said) if _fits(cause.conditions, case)]
        speaking = [cause for cause in fitting if cause.tier is fitting[0].tier]
        pointing = [cause for cause in speaking if cause.conditions.holds is not None and case.described is not None]
        return tuple(pointing or speaking)

    def get(self, cause_id: str) -> Cause | None:
        """An entry by its id."""
        return next((cause for cause in self.causes if cause.id == cause_id), None)

    def _saying(self, said: Said) -> tuple[Cause, ...]:
        if said not in self._speaking:
            self._speaking[said] = tuple(cause for cause in self.causes if _is_said(cause.conditions, said))
        return self._speaking[said]


def case_of(
    seen: Observation,
    judged: tuple[Outcome, Stage | None],
    attempt: tuple[str, str],
    cells: tuple[CellFacts | None, CellFacts | None],
    described: str | None = None,
) -> Case:
    """The case of an observation.

    ``attempt`` is the format and the strategy, ``cells`` what is in the producer and in the consumer,
    ``described`` a text that names what is in the model.
    """
    return Case(
        outcome=judged[0],
        stage=judged[1],
        said=_said(seen),
        format=attempt[0],
        strategy=attempt[1],
        producer=cells[0],
        consumer=cells[1],
        changed=dict(seen.notes).get("changed"),
        described=described,
    )


def _said(seen: Observation) -> Said:
    if seen.death is not None:
        if seen.death.timed_out:
            return (("Timeout", ""),)
        if seen.death.signal is not None:
            return (("Signal", str(seen.death.signal)),)
        return (("Exit", str(seen.death.exit_code)),)
    if seen.exception is not None and not seen.differences:
        return _links(seen.exception)
    if not seen.differences and seen.container is not None:
        return (("Container", seen.container),)
    return tuple(("Difference", text) for text in _misfits(seen.differences))


def _misfits(differences: Sequence[Difference]) -> Sequence[str]:
    """What does not fit; numbers that differ a little are said apart: that is rounding, not other weights."""
    misfits = [entry.misfit for entry in differences if entry.misfit]
    if misfits:
        return misfits
    little = all((entry.max_abs_diff or 0.0) <= LITTLE * (entry.max_abs_golden or 0.0) for entry in differences)
    return ("the numbers differ a little",) if little and differences else ("the numbers differ",)


@lru_cache(maxsize=8192)
def _links(raised: Raised) -> Said:
    links: Iterable[tuple[str, str]] = ((raised.type, raised.message), *raised.chain)
    return tuple((kind.rpartition(".")[2], message) for kind, message in links)


@lru_cache(maxsize=4096)
def _holds(wanted: re.Pattern[str], described: str) -> bool:
    return wanted.search(described) is not None


def _is_said(conditions: Conditions, said: Said) -> bool:
    return any(
        (conditions.type is None or conditions.type.fullmatch(kind) is not None)
        and (conditions.message is None or conditions.message.search(message) is not None)
        for kind, message in said
    )


def _fits(conditions: Conditions, case: Case) -> bool:
    return (
        case.outcome in conditions.outcomes
        and (case.stage is None or case.stage in conditions.stages)
        and (conditions.formats is None or case.format in conditions.formats)
        and (conditions.strategies is None or case.strategy in conditions.strategies)
        and (conditions.changed is None or case.changed == conditions.changed)
        and (conditions.other_python is None or case.other_python in {conditions.other_python, None})
        and (conditions.holds is None or case.described is None or _holds(conditions.holds, case.described))
        and conditions.producers.fit(case.producer)
        and conditions.consumers.fit(case.consumer)
    )
