"""Judge everything that is known of a scope: one result a trial, and one for each reason why there is none. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from lab.causes import Case, Catalogue, case_of
from lab.identity import KeyMaker
from lab.judging import canary_fault, grade, headline, judge, judge_save
from lab.planning import Known, Scope
from lab.promises import Rulebook
from lab.words import (
    Artifact,
    Cell,
    CellFacts,
    Format,
    Judgement,
    KnownFailure,
    Matrix,
    Model,
    Observation,
    Outcome,
    Rescue,
    Result,
    Stage,
    Trial,
)

PLAIN = "plain"
COMPARE = "compare"
EXPLAINED = frozenset({Outcome.DRIFT, Outcome.LOAD_ERROR, Outcome.CRASH, Outcome.TIMEOUT, Outcome.BLOCKED})


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One stored observation, whichever store it comes from."""

    observation: Observation
    run: int
    fingerprint: str
    engine: str
    seen_at: str


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Everything a store holds, by key; canaries by run and fingerprint.

    ``import_errors`` are the fingerprints of cells declared not to import, and which do not: their finding.
    """

    saves: Mapping[str, Seen]
    formats: Mapping[str, str]
    trials: Mapping[str, Seen]
    canaries: Mapping[tuple[int, str], Mapping[str, Observation]]
    import_errors: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Knowledge:
    """What explains results: the catalogue of causes, what is promised, and what is in each cell."""

    catalogue: Catalogue
    rules: Rulebook
    cells: Mapping[str, CellFacts]


class Assessor:
    """Judge the evidence with the tolerances and containers of a matrix."""

    def __init__(self, matrix: Matrix, evidence: Evidence, engine: str, knowledge: Knowledge) -> None:
        self._matrix = matrix
        self._evidence = evidence
        self._engine = engine
        self._knowledge = knowledge
        self._containers = {form.id: form.container for form in matrix.formats}
        self._canary_faults: dict[tuple[int, str], str | None] = {}
        self._rescues_of: tuple[Scope, Mapping[tuple[str, str], Sequence[Rescue]]] | None = None

    def known(self) -> Known:
        """What needs not be run again."""
        return Known(
            saves={key: self._save_outcome(key, seen) for key, seen in self._evidence.saves.items()},
            trials={key: self.judge_trial(seen).outcome for key, seen in self._evidence.trials.items()},
        )

    def judge_trial(self, seen: Seen) -> Judgement:
        """Judge one trial, in the light of the canaries of its run and cell."""
        return judge(
            seen.observation,
            self._matrix.tolerance,
            canary_fault=self._import_fault(seen) or self._canary_fault(seen.run, seen.fingerprint),
        )

    def judge_artifact(self, artifact: Artifact) -> Judgement | None:
        """Why there is nothing to load, or None where there is an artifact."""
        seen = self._evidence.saves.get(artifact.key)
        if seen is None:
            return Judgement(outcome=Outcome.INFRA_ERROR, stage=Stage.SAVE, cause=None, reason="not saved yet")
        return self._judge_save(seen, self._containers[artifact.format])

    def results(self, scope: Scope, keys: KeyMaker) -> Iterator[Result]:
        """Every trial of the scope that is known, and every one that cannot be, in the order of the matrix."""
        expected = {failure.trial: failure for failure in self._matrix.known_failures}
        for producer, consumer in scope.pairs:
            for model in scope.models:
                for form in scope.formats:
                    if form.id in model.formats:
                        yield from self._results(scope, keys, (producer, consumer), model, form, expected)

    def _results(
        self,
        scope: Scope,
        keys: KeyMaker,
        pair: tuple[Cell, Cell],
        model: Model,
        form: Format,
        expected: Mapping[str, KnownFailure],
    ) -> Iterator[Result]:
        producer, consumer = pair
        artifact = keys.artifact(producer.id, model.id, form.id)
        rule = scope.declared(producer.id, consumer.id, model.id, form.id)
        if rule is not None:
            judgement = Judgement(outcome=Outcome.UNSUPPORTED, stage=None, cause=None, reason=rule.reason)
            yield self._without_trial(artifact, consumer.id, judgement)
            return
        blocked = self.judge_artifact(artifact)
        if blocked is not None:
            yield self._explained(self._without_trial(artifact, consumer.id, blocked), model.tags)
            return
        for trial in keys.trials(artifact, consumer.id, scope.strategies.of(model, form, consumer.id)):
            seen = self._evidence.trials.get(trial.key)
            if seen is None:
                if trial.strategy == PLAIN:
                    missing = Judgement(outcome=Outcome.INFRA_ERROR, stage=None, cause=None, reason="not run yet")
                    yield self._without_trial(artifact, consumer.id, missing)
                return
            judgement = self.judge_trial(seen)
            yield self._explained(_result(trial, seen, judgement, expected.get(trial.name)), model.tags)
            if judgement.outcome is Outcome.PASS:
                return
        for rescue in self._rescues(scope).get((producer.id, consumer.id), ()):
            yield from self._rescued(
                rescue, keys, artifact, model, scope.strategies.of(model, form, rescue.mender.id)
            )

    def _rescued(
        self, rescue: Rescue, keys: KeyMaker, artifact: Artifact, model: Model, strategies: tuple[str, ...]
    ) -> Iterator[Result]:
        """What the cell showed that the consumer can become: its pass, or the last of its failures."""
        found = None
        for trial in keys.trials(artifact, rescue.mender.id, strategies):
            seen = self._evidence.trials.get(trial.key)
            if seen is None:
                break
            found = self._explained(_result(trial, seen, self.judge_trial(seen), None), model.tags)
            if found.outcome is Outcome.PASS:
                break
        if found is not None:
            yield replace(found, consumer=rescue.consumer.id, strategy=rescue.mending.strategy, ran_in=rescue.mender.id)

    def _rescues(self, scope: Scope) -> Mapping[tuple[str, str], Sequence[Rescue]]:
        if self._rescues_of is None or self._rescues_of[0] is not scope:
            by_pair: dict[tuple[str, str], list[Rescue]] = {}
            for rescue in scope.rescues:
                by_pair.setdefault((rescue.producer.id, rescue.consumer.id), []).append(rescue)
            self._rescues_of = (scope, by_pair)
        return self._rescues_of[1]

    def _explained(self, result: Result, tags: Sequence[str]) -> Result:
        """The result with its cause, or with its grade where it passed, and with what was promised of it."""
        seen = result.observation
        if seen is None:
            return result
        if result.outcome is Outcome.BLOCKED:
            return self._with_cause(result, seen)
        promised = self._promised(result, tags)
        if result.outcome is Outcome.PASS:
            graded = None if self._matrix.depth == COMPARE else grade(seen, self._matrix.tolerance)
            return replace(promised, grade=graded)
        return self._with_cause(promised, seen) if result.outcome in EXPLAINED else result

    def _with_cause(self, result: Result, seen: Observation) -> Result:
        case = self.case(result, seen)
        return replace(result, cause=self._knowledge.catalogue.classify(case), signature=case.signature)

    def _promised(self, result: Result, tags: Sequence[str]) -> Result:
        cells = self._knowledge.cells
        promise = self._knowledge.rules.promise(
            cells.get(result.producer), cells.get(result.consumer), tags, result.format, result.strategy
        )
        return replace(result, promise=promise.verdict, rule=promise.rule)

    def case(self, result: Result, seen: Observation) -> Case:
        """A failure as far as its cause depends on it."""
        cells = self._knowledge.cells
        blocked = result.outcome is Outcome.BLOCKED
        return case_of(
            seen,
            (result.outcome, result.stage),
            (result.format, result.strategy),
            (cells.get(result.producer), None if blocked else cells.get(result.consumer)),
        )

    def _without_trial(self, artifact: Artifact, consumer: str, judgement: Judgement) -> Result:
        seen = self._evidence.saves.get(artifact.key)
        return Result(
            producer=artifact.producer,
            consumer=consumer,
            model=artifact.model,
            format=artifact.format,
            strategy=PLAIN,
            outcome=judgement.outcome,
            stage=judgement.stage,
            cause=judgement.cause,
            reason=judgement.reason,
            max_abs_diff=None,
            seconds=0.0,
            engine=self._engine,
            key="",
            seen_at=seen.seen_at if seen else "",
            observation=seen.observation if seen and judgement.outcome is Outcome.BLOCKED else None,
        )

    def _save_outcome(self, key: str, seen: Seen) -> Outcome | None:
        judgement = self._judge_save(seen, self._containers.get(self._evidence.formats[key], ""))
        return None if judgement is None else judgement.outcome

    def _judge_save(self, seen: Seen, container: str) -> Judgement | None:
        fault = self._import_fault(seen)
        if fault is not None:
            return Judgement(outcome=Outcome.INFRA_ERROR, stage=Stage.IMPORT, cause=None, reason=fault)
        return judge_save(seen.observation, container)

    def _import_fault(self, seen: Seen) -> str | None:
        """An import that fails is the finding where matrix.toml says so, and the lab's own trouble elsewhere."""
        raised = seen.observation.exception
        if seen.observation.failed_at is not Stage.IMPORT or raised is None:
            return None
        if seen.fingerprint in self._evidence.import_errors:
            return None
        return f"TensorFlow does not import: {headline(raised)}"

    def _canary_fault(self, run: int, fingerprint: str) -> str | None:
        """A cell declared not to import has nothing that canaries could check."""
        if fingerprint in self._evidence.import_errors:
            return None
        where = (run, fingerprint)
        if where not in self._canary_faults:
            canaries = self._evidence.canaries.get(where, {})
            self._canary_faults[where] = canary_fault(canaries, self._matrix.tolerance)
        return self._canary_faults[where]


def _result(trial: Trial, seen: Seen, judgement: Judgement, expected: KnownFailure | None) -> Result:
    artifact = trial.artifact
    return Result(
        producer=artifact.producer,
        consumer=trial.consumer,
        model=artifact.model,
        format=artifact.format,
        strategy=trial.strategy,
        outcome=judgement.outcome,
        stage=judgement.stage,
        cause=judgement.cause,
        reason=judgement.reason,
        max_abs_diff=judgement.max_abs_diff,
        seconds=seen.observation.seconds,
        engine=seen.engine,
        key=trial.key,
        seen_at=seen.seen_at,
        observation=seen.observation,
        known_failure=expected.reason if expected else None,
    )
