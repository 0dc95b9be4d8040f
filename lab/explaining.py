"""Say of a judged result why it failed or how much of the model came back, and what was promised. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from lab.causes import Case, Catalogue, case_of
from lab.judging import grade
from lab.promises import Rulebook
from lab.words import CellFacts, Matrix, Observation, Outcome, Result

COMPARE = "compare"
EXPLAINED = frozenset({Outcome.DRIFT, Outcome.LOAD_ERROR, Outcome.CRASH, Outcome.TIMEOUT, Outcome.BLOCKED})


@dataclass(frozen=True, kw_only=True)
class Knowledge:
    """What explains results: the catalogue of causes, what is promised, what is in each cell and in each model."""

    catalogue: Catalogue
    rules: Rulebook
    cells: Mapping[str, CellFacts]
    described: Mapping[str, str] = field(default_factory=dict)


class Explainer:
    """Explain results with what is known of causes, promises and cells."""

    def __init__(self, matrix: Matrix, knowledge: Knowledge) -> None:
        self._matrix = matrix
        self._knowledge = knowledge

    def explained(self, result: Result, tags: Sequence[str]) -> Result:
        """The result with its cause, or with its grade where it passed, and with what was promised of it."""
        seen = result.observation
        if seen is None:
            return result
        if result.outcome is Outcome.BLOCKED:
            return self._with_cause(result, seen)
        promised = self._promised(result, tags)
        if result.outcome is Outcome.PASS:
            graded = None if self._matrix.depth == COMPARE else grade(seen, self._matrix.tolerance_of(result.model))
            return replace(promised, grade=graded)
        return self._with_cause(promised, seen) if result.outcome in EXPLAINED else result

    def case(self, result: Result, seen: Observation) -> Case:
        """A failure as far as its cause depends on it: on the cell that it happened in."""
        cells = self._knowledge.cells
        blocked = result.outcome is Outcome.BLOCKED
        return case_of(
            seen,
            (result.outcome, result.stage),
            (result.format, result.strategy),
            (cells.get(result.producer), None if blocked else cells.get(result.ran_in or result.consumer)),
            self._knowledge.described.get(result.model),
        )

    def _with_cause(self, result: Result, seen: Observation) -> Result:
        case = self.case(result, seen)
        return replace(result, cause=self._knowledge.catalogue.classify(case), signature=case.signature)

    def _promised(self, result: Result, tags: Sequence[str]) -> Result:
        cells = self._knowledge.cells
        promise = self._knowledge.rules.promise(
            cells.get(result.producer), cells.get(result.consumer), tags, result.format, result.strategy
        )
        return replace(result, promise=promise.verdict, rule=promise.rule)
