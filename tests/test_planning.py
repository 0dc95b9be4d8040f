"""Claims about the plan: what is saved, what is loaded, and what is left alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from lab.identity import KeyMaker, ProbeCode
from lab.planning import Known, Plan, Scope, plan
from lab.strategies import Strategies
from lab.words import Cell, Format, Mending, Model, Outcome, Rescue, StrategyLimits, Trial, Unsupported

CANARY = ("module", "savedmodel")

H5 = Format(id="h5", container="hdf5-model", strategies=("plain", "no-compile"), title="")
KERAS = Format(id="keras", container="zip", strategies=("plain",), title="")
SAVEDMODEL = Format(id="savedmodel", container="saved-model", strategies=("plain",), title="")
DENSE = Model(id="dense", detects="", formats=("h5", "keras"))
LSTM = Model(id="lstm", detects="", formats=("h5",))


def a_cell(cell_id: str) -> Cell:
    released = date(2024, 1, 1)
    return Cell(id=cell_id, tensorflow="2.0.0", python="3.8", as_of=released, package="tensorflow", group="main")


def a_scope(
    *cells: str,
    models: Sequence[Model] = (DENSE, LSTM),
    formats: Sequence[Format] = (H5, KERAS),
    rule: Unsupported | None = None,
) -> Scope:
    """Every cell paired with every one; ``rule`` speaks of its consumers and formats."""

    def declared(producer: str, consumer: str, model: str, form: str) -> Unsupported | None:
        if rule is None or form not in (rule.formats or ()):
            return None
        return rule if rule.consumers is None or consumer in rule.consumers else None

    each = [a_cell(cell) for cell in cells]
    pairs = [(producer, consumer) for producer in each for consumer in each]
    return Scope(pairs=pairs, models=models, formats=formats, declared=declared, strategies=Strategies((), {}))


@pytest.fixture
def keys() -> KeyMaker:
    cells = ("tf2.4", "tf2.10", "tf2.15", "tf2.16")
    return KeyMaker(
        ProbeCode.of({"ladder.py": ""}), {cell: f"print-{cell}" for cell in cells}, seed=7, depth="train", tolerances={}
    )


def settled(planned: Plan, outcome: Outcome = Outcome.PASS) -> Known:
    """What is known after a run of this plan in which every save went well and every trial ended like this."""
    return Known(
        saves={artifact.key: None for artifacts in planned.saves.values() for artifact in artifacts},
        trials={trial.key: outcome for trial in trials_of(planned)},
    )


def trials_of(planned: Plan) -> list[Trial]:
    return [trial for jobs in planned.loads.values() for job in jobs for trial in job.trials]


def pairs_of(planned: Plan) -> set[tuple[str, str]]:
    return {(trial.artifact.producer, trial.consumer) for trial in trials_of(planned)}


def of_one_artifact(keys: KeyMaker, outcomes: dict[str, Outcome], scope: Scope | None = None) -> list[str]:
    """The strategies that are planned for tf2.4's dense.h5 in tf2.4, given the outcomes of some."""
    scope = scope or a_scope("tf2.4", models=[DENSE], formats=[H5])
    artifact = keys.artifact("tf2.4", "dense", "h5")
    canary = keys.artifact("tf2.4", *CANARY)
    known = Known(
        saves={artifact.key: None, canary.key: None},
        trials={keys.trial(artifact, "tf2.4", strategy).key: outcome for strategy, outcome in outcomes.items()},
    )
    planned = plan(scope, keys, known, CANARY)
    return [trial.strategy for trial in trials_of(planned)]


# --- counts ---


def test_every_cell_saves_every_format_of_every_model_once(keys: KeyMaker) -> None:
    planned = plan(a_scope("tf2.4", "tf2.10", "tf2.15"), keys, Known(), CANARY)

    canaries = 3
    assert planned.save_count == 3 * (2 + 1) + canaries


def test_every_artifact_is_loaded_by_every_consumer(keys: KeyMaker) -> None:
    planned = plan(a_scope("tf2.4", "tf2.10", "tf2.15"), keys, Known(), CANARY)

    assert planned.load_count == 3 * 3 * (2 + 1)


def test_a_format_that_a_model_has_not_is_left_out_with_a_reason(keys: KeyMaker) -> None:
    planned = plan(a_scope("tf2.4", "tf2.10"), keys, Known(), CANARY)

    assert planned.left_out == {"lstm has no keras": 4}


def test_what_is_declared_unsupported_for_all_is_not_saved(keys: KeyMaker) -> None:
    rule = Unsupported(reason="no zip yet", source="https://example.org", formats=("keras",))

    planned = plan(a_scope("tf2.4", "tf2.10", rule=rule), keys, Known(), CANARY)

    assert "keras" not in {artifact.format for artifacts in planned.saves.values() for artifact in artifacts}
    assert planned.left_out["unsupported: no zip yet"] == 4


def test_what_one_consumer_cannot_load_is_saved_for_the_others(keys: KeyMaker) -> None:
    rule = Unsupported(reason="no zip yet", source="https://example.org", formats=("keras",), consumers=("tf2.4",))

    planned = plan(a_scope("tf2.4", "tf2.10", models=[DENSE], formats=[KERAS], rule=rule), keys, Known(), CANARY)

    assert pairs_of(planned) == {("tf2.4", "tf2.10"), ("tf2.10", "tf2.10")}


# --- canaries ---


def test_every_cell_that_loads_saves_its_canary(keys: KeyMaker) -> None:
    planned = plan(a_scope("tf2.4", "tf2.10"), keys, Known(), CANARY)

    assert {
        producer
        for producer, artifacts in planned.saves.items()
        for artifact in artifacts
        if (artifact.model, artifact.format) == CANARY
    } == {"tf2.4", "tf2.10"}


def test_a_canary_that_is_selected_as_well_is_saved_once(keys: KeyMaker) -> None:
    module = Model(id="module", detects="", formats=("savedmodel",))

    planned = plan(a_scope("tf2.4", models=[module], formats=[SAVEDMODEL]), keys, Known(), CANARY)

    assert planned.save_count == 1


# --- nothing twice ---


def test_nothing_known_is_planned_twice(keys: KeyMaker) -> None:
    scope = a_scope("tf2.4", "tf2.10", "tf2.15")
    first = plan(scope, keys, Known(), CANARY)

    assert plan(scope, keys, settled(first), CANARY).is_empty


def test_what_is_known_is_counted(keys: KeyMaker) -> None:
    scope = a_scope("tf2.4", "tf2.10", models=[DENSE], formats=[KERAS])
    first = plan(scope, keys, Known(), CANARY)

    second = plan(scope, keys, settled(first), CANARY)

    assert (second.known_saves, second.known_trials) == (2, 4)


@pytest.mark.parametrize(
    "outcome", [Outcome.DRIFT, Outcome.LOAD_ERROR, Outcome.CRASH, Outcome.TIMEOUT], ids=lambda each: each.value
)
def test_a_finding_is_not_planned_again(keys: KeyMaker, outcome: Outcome) -> None:
    scope = a_scope("tf2.4", "tf2.10")
    first = plan(scope, keys, Known(), CANARY)

    assert plan(scope, keys, settled(first, outcome), CANARY).is_empty


def test_a_new_cell_plans_its_row_and_column_only(keys: KeyMaker) -> None:
    old = ("tf2.4", "tf2.10", "tf2.15")
    known = settled(plan(a_scope(*old), keys, Known(), CANARY))

    planned = plan(a_scope(*old, "tf2.16"), keys, known, CANARY)

    row_and_column = {("tf2.16", cell) for cell in (*old, "tf2.16")} | {(cell, "tf2.16") for cell in old}
    assert pairs_of(planned) == row_and_column


def test_a_new_cell_alone_saves(keys: KeyMaker) -> None:
    old = ("tf2.4", "tf2.10", "tf2.15")
    known = settled(plan(a_scope(*old), keys, Known(), CANARY))

    assert set(plan(a_scope(*old, "tf2.16"), keys, known, CANARY).saves) == {"tf2.16"}


def test_a_new_model_loads_nothing_of_the_old_ones(keys: KeyMaker) -> None:
    known = settled(plan(a_scope("tf2.4", "tf2.10", models=[DENSE]), keys, Known(), CANARY))

    planned = plan(a_scope("tf2.4", "tf2.10"), keys, known, CANARY)

    assert {trial.artifact.model for trial in trials_of(planned)} == {"lstm"}


# --- the lab's own faults ---


def test_an_infra_error_of_a_save_is_planned_again(keys: KeyMaker) -> None:
    scope = a_scope("tf2.4", models=[DENSE], formats=[KERAS])
    artifact = keys.artifact("tf2.4", "dense", "keras")
    known = settled(plan(scope, keys, Known(), CANARY))
    failed = replace(known, saves={**known.saves, artifact.key: Outcome.INFRA_ERROR})

    assert plan(scope, keys, failed, CANARY).saves == {"tf2.4": (artifact,)}


def test_an_infra_error_of_a_trial_is_planned_again(keys: KeyMaker) -> None:
    scope = a_scope("tf2.4", "tf2.10", models=[DENSE], formats=[KERAS])
    first = plan(scope, keys, Known(), CANARY)
    known = settled(first)
    again = trials_of(first)[2]

    planned = plan(scope, keys, replace(known, trials={**known.trials, again.key: Outcome.INFRA_ERROR}), CANARY)

    assert trials_of(planned) == [again]


def test_a_save_that_is_gone_is_planned_again_without_its_trials(keys: KeyMaker) -> None:
    scope = a_scope("tf2.4", models=[DENSE], formats=[KERAS])
    known = settled(plan(scope, keys, Known(), CANARY))
    artifact = keys.artifact("tf2.4", "dense", "keras")
    without = replace(known, saves={key: saved for key, saved in known.saves.items() if key != artifact.key})

    planned = plan(scope, keys, without, CANARY)

    assert (planned.saves, planned.loads) == ({"tf2.4": (artifact,)}, {})


# --- blocked ---


def test_a_blocked_artifact_is_not_loaded(keys: KeyMaker) -> None:
    scope = a_scope("tf2.4", "tf2.10", models=[DENSE], formats=[KERAS])
    blocked = keys.artifact("tf2.4", "dense", "keras")

    planned = plan(scope, keys, Known(saves={blocked.key: Outcome.BLOCKED}), CANARY)

    assert pairs_of(planned) == {("tf2.10", "tf2.4"), ("tf2.10", "tf2.10")}


def test_a_blocked_artifact_is_left_out_once_a_consumer(keys: KeyMaker) -> None:
    scope = a_scope("tf2.4", "tf2.10", models=[DENSE], formats=[KERAS])
    blocked = keys.artifact("tf2.4", "dense", "keras")

    planned = plan(scope, keys, Known(saves={blocked.key: Outcome.BLOCKED}), CANARY)

    assert planned.left_out == {"blocked: the producer could not save it": 2}


def test_a_blocked_artifact_is_not_saved_again(keys: KeyMaker) -> None:
    scope = a_scope("tf2.4", models=[DENSE], formats=[KERAS])
    blocked = keys.artifact("tf2.4", "dense", "keras")

    assert plan(scope, keys, Known(saves={blocked.key: Outcome.BLOCKED}), CANARY).is_empty


# --- remedies ---


@pytest.mark.parametrize(
    ("outcomes", "planned"),
    [
        ({}, ["plain", "no-compile"]),
        ({"plain": Outcome.PASS}, []),
        ({"plain": Outcome.LOAD_ERROR}, ["no-compile"]),
        ({"plain": Outcome.DRIFT}, ["no-compile"]),
        ({"plain": Outcome.CRASH}, ["no-compile"]),
        ({"plain": Outcome.TIMEOUT}, ["no-compile"]),
        ({"plain": Outcome.INFRA_ERROR}, ["plain", "no-compile"]),
        ({"plain": Outcome.LOAD_ERROR, "no-compile": Outcome.PASS}, []),
        ({"plain": Outcome.LOAD_ERROR, "no-compile": Outcome.LOAD_ERROR}, []),
        ({"plain": Outcome.LOAD_ERROR, "no-compile": Outcome.INFRA_ERROR}, ["no-compile"]),
    ],
    ids=str,
)
def test_a_remedy_is_planned_until_something_passes(
    keys: KeyMaker, outcomes: dict[str, Outcome], planned: list[str]
) -> None:
    assert of_one_artifact(keys, outcomes) == planned


@pytest.mark.parametrize(
    ("outcomes", "planned"),
    [
        ({"plain": Outcome.LOAD_ERROR}, ["no-compile", "rewrite-config"]),
        ({"plain": Outcome.TIMEOUT}, ["rewrite-config", "no-compile"]),
        ({"plain": Outcome.TIMEOUT, "rewrite-config": Outcome.PASS}, []),
        ({"plain": Outcome.TIMEOUT, "rewrite-config": Outcome.LOAD_ERROR}, ["no-compile"]),
        ({"plain": Outcome.LOAD_ERROR, "rewrite-config": Outcome.PASS}, ["no-compile", "rewrite-config"]),
        (dict.fromkeys(("plain", "no-compile"), Outcome.LOAD_ERROR) | {"rewrite-config": Outcome.TIMEOUT}, []),
    ],
    ids=str,
)
def test_after_a_load_that_does_not_end_what_would_hang_likewise_is_planned_last(
    keys: KeyMaker, outcomes: dict[str, Outcome], planned: list[str]
) -> None:
    form = replace(H5, strategies=("plain", "no-compile", "rewrite-config"))
    limits = (StrategyLimits(id="no-compile", last_after_timeout=True),)
    scope = replace(a_scope("tf2.4", models=[DENSE], formats=[form]), strategies=Strategies(limits, {}))

    assert of_one_artifact(keys, outcomes, scope) == planned


# --- rescue ---

LEGACY = a_cell("tf2.15")


def rescued(scope: Scope) -> Scope:
    """What tf2.10 cannot load may load in tf2.15, which is paired with nothing."""
    cells = {cell.id: cell for pair in scope.pairs for cell in pair}
    mending = Mending(cell="tf2.10", strategy="another-cell", do="")
    rescue = Rescue(producer=cells["tf2.4"], consumer=cells["tf2.10"], mender=LEGACY, mending=mending)
    return replace(scope, rescues=(rescue,))


def only_by(planned: Plan, consumer: str) -> list[Trial]:
    return [trial for job in planned.loads.get(consumer, ()) for trial in job.trials]


def test_nothing_is_rescued_before_it_is_known_to_fail(keys: KeyMaker) -> None:
    planned = plan(rescued(a_scope("tf2.4", "tf2.10")), keys, Known(), CANARY)

    assert only_by(planned, "tf2.15") == []


def test_what_fails_with_every_strategy_is_taken_to_the_cell_that_may_mend_it(keys: KeyMaker) -> None:
    scope = rescued(a_scope("tf2.4", "tf2.10"))
    known = settled(plan(scope, keys, Known(), CANARY), Outcome.LOAD_ERROR)

    planned = plan(scope, keys, known, CANARY)

    assert {trial.artifact.producer for trial in only_by(planned, "tf2.15")} == {"tf2.4"}
    assert {trial.strategy for trial in only_by(planned, "tf2.15")} == {"plain", "no-compile"}


@pytest.mark.parametrize("outcome", [Outcome.PASS, Outcome.INFRA_ERROR])
def test_what_passes_or_was_not_judged_is_not_taken_anywhere(keys: KeyMaker, outcome: Outcome) -> None:
    scope = rescued(a_scope("tf2.4", "tf2.10"))
    known = settled(plan(scope, keys, Known(), CANARY), outcome)

    assert only_by(plan(scope, keys, known, CANARY), "tf2.15") == []


def test_what_could_not_be_saved_is_not_loaded(keys: KeyMaker) -> None:
    scope = a_scope("tf2.4", "tf2.10", models=[DENSE], formats=[H5])
    known = settled(plan(scope, keys, Known(saves={}, trials={}), CANARY))
    gone = keys.artifact("tf2.10", "dense", "h5").key
    saves = {key: outcome for key, outcome in known.saves.items() if key != gone}

    left = plan(scope, keys, Known(saves=saves, trials={}), CANARY).without_unsaved()

    assert {job.artifact.producer for jobs in left.loads.values() for job in jobs} == {"tf2.4"}
    assert not left.saves
