"""Claims about results: what is told of a trial goes by the order in which its strategies were tried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from page_samples import a_matrix

from lab.assessing import Assessor
from lab.causes import read_catalogue
from lab.evidence import Evidence, Seen
from lab.explaining import Knowledge
from lab.identity import KeyMaker, ProbeCode
from lab.judging import CANARY_ALTERED, CANARY_CONTROL, CANARY_CORRUPT, CANARY_UNKNOWN
from lab.planning import Scope
from lab.promises import read_rules
from lab.strategies import Strategies
from lab.words import (
    Death,
    Difference,
    Mending,
    Observation,
    Outcome,
    Raised,
    Rescue,
    Result,
    Stage,
    StrategyLimits,
)

RIGHT = Difference(misfit=None, max_abs_diff=0.0, max_abs_golden=1.0, mismatches=0)
PASSED = Observation(reached=Stage.COMPARE, differences=(RIGHT,))
ALTERED = Observation(reached=Stage.COMPARE, differences=(replace(RIGHT, mismatches=1),))
FAILED = Observation(failed_at=Stage.OPEN, exception=Raised(type="ValueError", message="no"))
HUNG = Observation(reached=Stage.IMPORT, death=Death(timed_out=True))
CANARIES = {CANARY_CONTROL: PASSED, CANARY_ALTERED: ALTERED, CANARY_CORRUPT: FAILED, CANARY_UNKNOWN: FAILED}
MENDING = Mending(cell="tf2.4", strategy="other-environment", do="pip install")
LIMITS = (StrategyLimits(id="no-compile", last_after_timeout=True),)


def results_of(
    observations: Mapping[str, Observation], elsewhere: Mapping[str, Observation] | None = None
) -> list[Result]:
    """The results of tf2.4's dense.h5 in tf2.4, given what was seen there, and in a cell that may rescue it."""
    matrix = a_matrix(models=("dense",), formats=("h5",))
    [cell, mender, *_], [form] = matrix.cells, matrix.formats
    form = replace(form, strategies=("plain", "no-compile", "rewrite-config"))
    scope = Scope(
        pairs=[(cell, cell)],
        models=matrix.models,
        formats=[form],
        declared=lambda *_: None,
        strategies=Strategies(LIMITS, {}),
        rescues=[] if elsewhere is None else [Rescue(producer=cell, consumer=cell, mender=mender, mending=MENDING)],
    )
    keys = KeyMaker(
        ProbeCode.of({"ladder.py": ""}), {cell.id: "print", mender.id: "another"}, seed=7, depth="train", tolerances={}
    )
    artifact = keys.artifact(cell.id, "dense", "h5")

    def seen(observation: Observation) -> Seen:
        return Seen(observation=observation, model="dense", run=1, fingerprint="print", engine="local", seen_at="")

    places = {cell.id: observations, mender.id: elsewhere or {}}
    evidence = Evidence(
        saves={artifact.key: seen(replace(PASSED, container=""))},
        formats={artifact.key: "h5"},
        trials={
            keys.trial(artifact, place, strategy).key: seen(one)
            for place, by_strategy in places.items()
            for strategy, one in by_strategy.items()
        },
        canaries={(1, "print"): CANARIES, (1, "another"): CANARIES},
        import_errors=frozenset(),
    )
    knowledge = Knowledge(catalogue=read_catalogue(), rules=read_rules(), cells={})
    return list(Assessor(matrix, evidence, knowledge, scope, keys).results("local"))


def told(observations: Mapping[str, Observation]) -> dict[str, Outcome]:
    """What is told of it, by strategy and in order."""
    return {result.strategy: result.outcome for result in results_of(observations)}


def none_helps(observations: Mapping[str, Observation], elsewhere: Mapping[str, Observation] | None = None) -> bool:
    """Whether it is told that no remedy helps; of the plain strategy, or of none."""
    said = [result.strategy for result in results_of(observations, elsewhere) if result.none_helps]
    assert said in ([], ["plain"])
    return bool(said)


def test_what_was_tried_after_a_load_that_did_not_end_is_told_in_that_order() -> None:
    assert list(told({"plain": HUNG, "rewrite-config": PASSED}).items()) == [
        ("plain", Outcome.TIMEOUT),
        ("rewrite-config", Outcome.PASS),
    ]


def test_what_is_behind_a_strategy_that_was_not_run_is_not_told() -> None:
    assert told({"plain": FAILED, "rewrite-config": PASSED}) == {"plain": Outcome.LOAD_ERROR}


ALL_FAIL = {"plain": FAILED, "no-compile": FAILED, "rewrite-config": FAILED}


def test_none_helps_is_told_where_all_were_run_and_fail() -> None:
    assert none_helps(ALL_FAIL)


def test_none_helps_is_not_told_where_one_passes() -> None:
    assert not none_helps({**ALL_FAIL, "rewrite-config": PASSED})


def test_none_helps_is_not_told_before_all_were_run() -> None:
    assert not none_helps({"plain": FAILED, "no-compile": FAILED})


def test_none_helps_is_not_told_where_the_lab_was_at_fault() -> None:
    assert not none_helps({**ALL_FAIL, "no-compile": replace(PASSED, probe_error=Raised(type="OSError", message="no"))})


def test_none_helps_waits_for_the_cell_that_may_rescue() -> None:
    assert not none_helps(ALL_FAIL, {})
    assert not none_helps(ALL_FAIL, {"plain": FAILED})
    assert not none_helps(ALL_FAIL, {"plain": FAILED, "no-compile": PASSED})
    assert none_helps(ALL_FAIL, ALL_FAIL)
