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
from lab.words import Death, Difference, Observation, Outcome, Raised, Stage, StrategyLimits

RIGHT = Difference(misfit=None, max_abs_diff=0.0, max_abs_golden=1.0, mismatches=0)
PASSED = Observation(reached=Stage.COMPARE, differences=(RIGHT,))
ALTERED = Observation(reached=Stage.COMPARE, differences=(replace(RIGHT, mismatches=1),))
FAILED = Observation(failed_at=Stage.OPEN, exception=Raised(type="ValueError", message="no"))
HUNG = Observation(reached=Stage.IMPORT, death=Death(timed_out=True))
CANARIES = {CANARY_CONTROL: PASSED, CANARY_ALTERED: ALTERED, CANARY_CORRUPT: FAILED, CANARY_UNKNOWN: FAILED}
LIMITS = (StrategyLimits(id="no-compile", last_after_timeout=True),)


def told(observations: Mapping[str, Observation]) -> dict[str, Outcome]:
    """What is told of tf2.4's dense.h5 in tf2.4, by strategy and in order, given what was seen."""
    matrix = a_matrix(models=("dense",), formats=("h5",))
    [cell, *_], [form] = matrix.cells, matrix.formats
    form = replace(form, strategies=("plain", "no-compile", "rewrite-config"))
    scope = Scope(
        pairs=[(cell, cell)],
        models=matrix.models,
        formats=[form],
        declared=lambda *_: None,
        strategies=Strategies(LIMITS, {}),
    )
    keys = KeyMaker(ProbeCode.of({"ladder.py": ""}), {cell.id: "print"}, seed=7, depth="train")
    artifact = keys.artifact(cell.id, "dense", "h5")

    def seen(observation: Observation) -> Seen:
        return Seen(observation=observation, run=1, fingerprint="print", engine="local", seen_at="")

    evidence = Evidence(
        saves={artifact.key: seen(replace(PASSED, container=""))},
        formats={artifact.key: "h5"},
        trials={keys.trial(artifact, cell.id, strategy).key: seen(one) for strategy, one in observations.items()},
        canaries={(1, "print"): CANARIES},
        import_errors=frozenset(),
    )
    knowledge = Knowledge(catalogue=read_catalogue(), rules=read_rules(), cells={})
    results = Assessor(matrix, evidence, knowledge, scope, keys).results("local")
    return {result.strategy: result.outcome for result in results}


def test_what_was_tried_after_a_load_that_did_not_end_is_told_in_that_order() -> None:
    assert list(told({"plain": HUNG, "rewrite-config": PASSED}).items()) == [
        ("plain", Outcome.TIMEOUT),
        ("rewrite-config", Outcome.PASS),
    ]


def test_what_is_behind_a_strategy_that_was_not_run_is_not_told() -> None:
    assert told({"plain": FAILED, "rewrite-config": PASSED}) == {"plain": Outcome.LOAD_ERROR}
