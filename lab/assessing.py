"""Judge everything that is known of a scope: one result a trial, and one for each reason why there is none. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lab.evidence import NOT_RUN, Evidence, Seen, Verdicts
from lab.explaining import Explainer, Knowledge
from lab.identity import PLAIN, KeyMaker
from lab.planning import Scope
from lab.words import (
    FAILURES,
    Artifact,
    Cell,
    Format,
    Judgement,
    KnownFailure,
    Matrix,
    Model,
    Outcome,
    Rescue,
    Result,
    Trial,
)

__all__ = ["PLAIN", "Assessor"]


@dataclass(frozen=True)
class _Tried:
    """What is known of the strategies for one artifact in one cell, and whether that is all of them."""

    results: Sequence[Result]
    all_of_them: bool

    @property
    def passes(self) -> bool:
        return any(result.outcome is Outcome.PASS for result in self.results)

    @property
    def none_helps(self) -> bool:
        return self.all_of_them and all(result.outcome in FAILURES for result in self.results)


class Assessor:
    """Go through a scope and say of every trial what the evidence shows."""

    def __init__(self, matrix: Matrix, evidence: Evidence, knowledge: Knowledge, scope: Scope, keys: KeyMaker) -> None:
        self._evidence = evidence
        self._verdicts = Verdicts(matrix, evidence)
        self._explainer = Explainer(matrix, knowledge)
        self._scope = scope
        self._keys = keys
        self._expected = {failure.trial: failure for failure in matrix.known_failures}
        self._rescues: dict[tuple[str, str], list[Rescue]] = {}
        for rescue in scope.rescues:
            self._rescues.setdefault((rescue.producer.id, rescue.consumer.id), []).append(rescue)

    def results(self, engine: str) -> Iterator[Result]:
        """Every trial that is known, and every one that cannot be, in the order of the matrix.

        ``engine`` is said of what was never tried.
        """
        for producer, consumer in self._scope.pairs:
            for model in self._scope.models:
                for form in self._scope.formats:
                    if form.id in model.formats:
                        for result in self._of_square(producer, consumer, model, form):
                            yield result if result.engine else replace(result, engine=engine)

    def _of_square(self, producer: Cell, consumer: Cell, model: Model, form: Format) -> Iterator[Result]:
        artifact = self._keys.artifact(producer.id, model.id, form.id)
        rule = self._scope.declared(producer.id, consumer.id, model.id, form.id)
        if rule is not None:
            judgement = Judgement(outcome=Outcome.UNSUPPORTED, stage=None, cause=None, reason=rule.reason)
            yield self._without_trial(artifact, consumer.id, judgement)
            return
        blocked = self._verdicts.judge_artifact(artifact)
        if blocked is not None:
            yield self._explainer.explained(self._without_trial(artifact, consumer.id, blocked), model.tags)
            return
        tried = self._tried(artifact, consumer.id, self._strategies(model, form, consumer), model)
        if not tried.results:
            missing = Judgement(outcome=Outcome.INFRA_ERROR, stage=None, cause=None, reason=NOT_RUN)
            yield self._without_trial(artifact, consumer.id, missing)
        elif tried.passes:
            yield from tried.results
        else:
            yield from self._unmended(tried, producer, consumer, model, form)

    def _unmended(self, tried: _Tried, producer: Cell, consumer: Cell, model: Model, form: Format) -> Iterator[Result]:
        """What no strategy loads in its own cell, and what the cells that may rescue it show."""
        artifact = self._keys.artifact(producer.id, model.id, form.id)
        elsewhere = [
            (rescue, self._tried(artifact, rescue.mender.id, self._strategies(model, form, rescue.mender), model))
            for rescue in self._rescues.get((producer.id, consumer.id), ())
            if self._scope.declared(producer.id, rescue.mender.id, model.id, form.id) is None
        ]
        none_helps = tried.none_helps and all(found.none_helps for _, found in elsewhere)
        as_typed, *remedies = tried.results
        yield replace(as_typed, none_helps=none_helps)
        yield from remedies
        for rescue, found in elsewhere:
            # Its pass, or the last of its failures.
            for last in found.results[-1:]:
                strategy = rescue.mending.strategy
                yield replace(last, consumer=consumer.id, strategy=strategy, ran_in=rescue.mender.id)

    def _strategies(self, model: Model, form: Format, cell: Cell) -> Sequence[str]:
        return self._scope.strategies.of(model, form, cell.id)

    def _tried(self, artifact: Artifact, consumer: str, strategies: Sequence[str], model: Model) -> _Tried:
        """What is known of the strategies in their order, up to the first that answers rightly or was not run."""
        judged: dict[str, Judgement] = {}
        results: list[Result] = []
        in_order = self._scope.strategies.in_order(
            strategies, lambda strategy: judged[strategy].outcome is Outcome.TIMEOUT
        )
        for strategy in in_order:
            trial = self._keys.trial(artifact, consumer, strategy)
            seen = self._evidence.trials.get(trial.key)
            if seen is None:
                return _Tried(results, all_of_them=False)
            judgement = judged[strategy] = self._verdicts.judge_trial(seen)
            result = _result(trial, seen, judgement, self._expected.get(trial.name))
            results.append(self._explainer.explained(result, model.tags))
            if judgement.outcome is Outcome.PASS:
                break
        return _Tried(results, all_of_them=True)

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
            engine="",
            key="",
            seen_at=seen.seen_at if seen else "",
            observation=seen.observation if seen and judgement.outcome is Outcome.BLOCKED else None,
        )


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
