"""Claims about findings: a verdict follows from what was measured, and nothing is said of what was not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from lab.causes import Catalogue
from lab.findings import Finding, Verdict, find
from lab.words import Cell, CellFacts, Observation, Outcome, Result

CELLS = {
    name: Cell(
        id=name, tensorflow=f"{name[2:]}.0", python="3.8", as_of=date(2022, 1, 1), package="tensorflow", group="main"
    )
    for name in ("tf2.4", "tf2.10")
}
FACTS = {
    name: CellFacts(tensorflow=cell.tensorflow, keras=cell.tensorflow, python="3.8") for name, cell in CELLS.items()
}


def a_result(
    producer: str, consumer: str, outcome: Outcome, model: str = "dense", seen: Observation | None = None
) -> Result:
    return Result(
        producer=producer, consumer=consumer, model=model, format="h5", strategy="plain", outcome=outcome, stage=None,
        cause=None, reason="", max_abs_diff=None, seconds=0.0, engine="local", key="k", seen_at="", observation=seen,
    )  # fmt: skip


def finding(finding_id: str, results: Sequence[Result]) -> Finding:
    by_id = {each.id: each for each in find(results, CELLS, FACTS, Catalogue(causes=()))}
    return by_id[finding_id]


def test_without_results_nothing_is_judged() -> None:
    assert {each.verdict for each in find([], CELLS, FACTS, Catalogue(causes=()))} == {Verdict.NOT_JUDGED}


def test_a_pair_that_mostly_passes_refutes_the_claim_that_it_fails() -> None:
    results = [a_result("tf2.4", "tf2.10", Outcome.PASS, f"m{number}") for number in range(9)]
    found = finding("2.4-to-2.10", [*results, a_result("tf2.4", "tf2.10", Outcome.LOAD_ERROR, "m9")])

    assert found.verdict is Verdict.DOES_NOT_HOLD
    assert found.rests_on == 10
    assert found.counts[0].text == "1 of 10 (10%)"
    assert found.trials == ("tf2.4/tf2.10/m9/h5/plain",)


def test_a_pair_that_mostly_fails_confirms_it() -> None:
    assert finding("2.4-to-2.10", [a_result("tf2.4", "tf2.10", Outcome.DRIFT)]).verdict is Verdict.HOLDS


def test_the_labs_own_faults_are_in_no_count() -> None:
    assert finding("2.4-to-2.10", [a_result("tf2.4", "tf2.10", Outcome.INFRA_ERROR)]).verdict is Verdict.NOT_JUDGED


def test_a_control_that_fails_makes_the_answer_depend() -> None:
    results = [a_result("tf2.4", "tf2.4", Outcome.PASS), a_result("tf2.10", "tf2.10", Outcome.LOAD_ERROR)]

    assert finding("control", results).verdict is Verdict.DEPENDS
    assert finding("control", results[:1]).verdict is Verdict.HOLDS


def test_an_accepted_wrong_name_refutes_refusal() -> None:
    def asked(said: str) -> Observation:
        return Observation(notes=(("signature", {"x": "float32[None]"}), ("refusals", {"name": said})))

    accepted = a_result("tf2.4", "tf2.4", Outcome.PASS, seen=asked("accepted"))
    refused = a_result("tf2.4", "tf2.4", Outcome.PASS, seen=asked("TypeError: no"))

    assert finding("signatures", [accepted]).verdict is Verdict.DOES_NOT_HOLD
    assert finding("signatures", [refused]).verdict is Verdict.HOLDS


def test_signatures_that_are_spelled_differently_make_the_answer_depend() -> None:
    results = [
        a_result(
            "tf2.4",
            "tf2.4",
            Outcome.PASS,
            seen=Observation(notes=(("signature", {name: "f"}), ("refusals", {"name": "TypeError: no"}))),
        )
        for name in ("x", "inputs")
    ]

    assert finding("signatures", results).verdict is Verdict.DEPENDS
