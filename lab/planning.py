"""Plan what to save and what to load, from what is declared and what is known. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from lab.identity import KeyMaker
from lab.strategies import Strategies
from lab.words import Artifact, Cell, Format, Model, Outcome, Rescue, Trial, Unsupported

Declared: TypeAlias = Callable[[str, str, str, str], Unsupported | None]


@dataclass(frozen=True, kw_only=True)
class Known:
    """What earlier runs have settled. Outcomes of saves: None means saved and still there, unharmed."""

    saves: Mapping[str, Outcome | None] = field(default_factory=dict)
    trials: Mapping[str, Outcome] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class LoadJob:
    """One artifact for one consumer, with the strategies still to be tried, in order."""

    trials: tuple[Trial, ...]

    @property
    def artifact(self) -> Artifact:
        """The artifact that all of its trials load."""
        return self.trials[0].artifact

    @property
    def model(self) -> str:
        """The id of the reference model."""
        return self.artifact.model


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What will run. ``left_out`` counts reasons; ``loads`` are certain only where the artifact exists."""

    saves: Mapping[str, tuple[Artifact, ...]]
    loads: Mapping[str, tuple[LoadJob, ...]]
    known_saves: int
    known_trials: int
    left_out: Mapping[str, int]

    @property
    def save_count(self) -> int:
        """How many artifacts will be saved."""
        return sum(len(jobs) for jobs in self.saves.values())

    @property
    def load_count(self) -> int:
        """How many artifacts will be loaded, at most: remedies come on top, blocked ones fall away."""
        return sum(len(jobs) for jobs in self.loads.values())

    def without_unsaved(self) -> Plan:
        """The same without the loads of what is still to be saved: after the saves there is nothing of it to load."""
        unsaved = {artifact.key for artifacts in self.saves.values() for artifact in artifacts}
        loads = {
            consumer: tuple(job for job in jobs if job.artifact.key not in unsaved)
            for consumer, jobs in self.loads.items()
        }
        return replace(self, saves={}, loads={consumer: jobs for consumer, jobs in loads.items() if jobs})

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to run."""
        return not self.save_count and not self.load_count


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What a run is about: pairs of cells, models, formats, what is declared of them, what may rescue a pair."""

    pairs: Sequence[tuple[Cell, Cell]]
    models: Sequence[Model]
    formats: Sequence[Format]
    declared: Declared
    strategies: Strategies
    rescues: Sequence[Rescue] = ()


def plan(scope: Scope, keys: KeyMaker, known: Known, canary: tuple[str, str]) -> Plan:
    """Plan saves and loads; nothing that is known is planned again.

    ``canary`` names the model and the format that every cell with loads saves for its canaries.
    """
    draft = _Draft(scope, keys, known)
    for producer, consumer in scope.pairs:
        for model in scope.models:
            for form in scope.formats:
                draft.consider(producer, consumer, model, form)
    for rescue in scope.rescues:
        for model in scope.models:
            for form in scope.formats:
                draft.rescue(rescue, model, form)
    draft.add_canaries(*canary)
    return draft.finish()


class _Draft:
    """The plan in the making."""

    def __init__(self, scope: Scope, keys: KeyMaker, known: Known) -> None:
        self._scope = scope
        self._keys = keys
        self._known = known
        self._saves: dict[str, dict[str, Artifact]] = {}
        self._loads: dict[str, list[LoadJob]] = {}
        self._known_saves: set[str] = set()
        self._known_trials = 0
        self._left_out: Counter[str] = Counter()
        self._paired = {(producer.id, consumer.id) for producer, consumer in scope.pairs}

    def consider(self, producer: Cell, consumer: Cell, model: Model, form: Format) -> None:
        """Take one artifact and one consumer into the plan, or count why not."""
        if form.id not in model.formats:
            self._left_out[f"{model.id} has no {form.id}"] += 1
            return
        rule = self._scope.declared(producer.id, consumer.id, model.id, form.id)
        if rule is not None:
            self._left_out[f"unsupported: {rule.reason}"] += 1
            return
        artifact = self._keys.artifact(producer.id, model.id, form.id)
        if not self._is_saved(artifact):
            self._left_out["blocked: the producer could not save it"] += 1
            return
        self._load(artifact, consumer, self._scope.strategies.of(model, form, consumer.id))

    def rescue(self, rescue: Rescue, model: Model, form: Format) -> None:
        """Take what no strategy loads in its own cell to the cell that may: only once all of them are known to fail."""
        producer, mender = rescue.producer, rescue.mender
        if form.id not in model.formats or self._is_paired(producer, mender):
            return
        if any(
            self._scope.declared(producer.id, consumer.id, model.id, form.id) for consumer in (rescue.consumer, mender)
        ):
            return
        artifact = self._keys.artifact(producer.id, model.id, form.id)
        strategies = self._scope.strategies
        if self._known.saves.get(artifact.key, Outcome.BLOCKED) is None and self._fails(
            artifact, rescue.consumer, strategies.of(model, form, rescue.consumer.id)
        ):
            self._load(artifact, mender, strategies.of(model, form, mender.id))

    def _is_paired(self, producer: Cell, consumer: Cell) -> bool:
        return (producer.id, consumer.id) in self._paired

    def _fails(self, artifact: Artifact, consumer: Cell, strategies: tuple[str, ...]) -> bool:
        """Whether every strategy is known, and none of them answers rightly."""
        outcomes = {self._known.trials.get(trial.key) for trial in self._keys.trials(artifact, consumer.id, strategies)}
        return not outcomes & {None, Outcome.PASS, Outcome.INFRA_ERROR}

    def add_canaries(self, model: str, format_id: str) -> None:
        """Every cell with loads needs an artifact of its own, whatever was selected."""
        for consumer in self._loads:
            self._is_saved(self._keys.artifact(consumer, model, format_id))

    def finish(self) -> Plan:
        """The plan as a record."""
        return Plan(
            saves={producer: tuple(artifacts.values()) for producer, artifacts in self._saves.items()},
            loads={consumer: tuple(jobs) for consumer, jobs in self._loads.items()},
            known_saves=len(self._known_saves),
            known_trials=self._known_trials,
            left_out=dict(self._left_out.most_common()),
        )

    def _is_saved(self, artifact: Artifact) -> bool:
        """Plan the save where it is not known; False where there will be nothing to load."""
        if artifact.key not in self._known.saves or self._known.saves[artifact.key] is Outcome.INFRA_ERROR:
            self._saves.setdefault(artifact.producer, {})[artifact.key] = artifact
            return True
        self._known_saves.add(artifact.key)
        return self._known.saves[artifact.key] is None

    def _load(self, artifact: Artifact, consumer: Cell, strategies: tuple[str, ...]) -> None:
        """Plan the strategies that are open: after the known failures, unless one is known to pass."""
        outcomes: dict[str, Outcome | None] = {}
        trials: list[Trial] = []
        in_order = self._scope.strategies.in_order(strategies, lambda strategy: outcomes[strategy] is Outcome.TIMEOUT)
        open_from = None
        for number, strategy in enumerate(in_order):
            trial = self._keys.trial(artifact, consumer.id, strategy)
            trials.append(trial)
            outcome = outcomes[strategy] = self._known.trials.get(trial.key)
            if open_from is None and outcome is Outcome.PASS:
                break
            if open_from is None and outcome in {None, Outcome.INFRA_ERROR}:
                open_from = number
        self._known_trials += sum(outcome is not None for outcome in list(outcomes.values())[:open_from])
        if open_from is not None:
            self._loads.setdefault(consumer.id, []).append(LoadJob(trials=tuple(trials[open_from:])))
