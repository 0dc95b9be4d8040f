"""Changes between two runs."""

from __future__ import annotations

import pytest

from lab.comparing import Change, compare
from lab.words import Outcome


@pytest.mark.parametrize("after", [Outcome.LOAD_ERROR, Outcome.DRIFT, Outcome.CRASH, Outcome.TIMEOUT])
def test_what_passed_and_fails_now_has_regressed(after: Outcome) -> None:
    assert compare({"a": Outcome.PASS}, {"a": after}) == {"a": Change.REGRESSED}


def test_what_failed_and_passes_now_is_fixed() -> None:
    assert compare({"a": Outcome.LOAD_ERROR}, {"a": Outcome.PASS}) == {"a": Change.FIXED}


def test_a_vanished_result_is_neither_a_regression_nor_an_improvement() -> None:
    assert compare({"a": Outcome.PASS}, {}) == {"a": Change.GONE}


@pytest.mark.parametrize("after", [Outcome.INFRA_ERROR, Outcome.BLOCKED, Outcome.UNSUPPORTED])
def test_what_was_not_judged_now_has_not_regressed(after: Outcome) -> None:
    assert compare({"a": Outcome.PASS}, {"a": after}) == {"a": Change.GONE}


def test_what_was_not_there_before_is_new() -> None:
    assert compare({}, {"a": Outcome.LOAD_ERROR}) == {"a": Change.NEW}


def test_another_way_of_failing_is_the_same() -> None:
    assert compare({"a": Outcome.DRIFT}, {"a": Outcome.CRASH}) == {"a": Change.SAME}


@pytest.mark.parametrize("after", [{}, {"a": Outcome.BLOCKED}, {"a": Outcome.UNSUPPORTED}])
def test_what_neither_run_has_judged_is_no_change(after: dict[str, Outcome]) -> None:
    assert compare({"a": Outcome.UNSUPPORTED}, after) == {}


def test_what_is_judged_for_the_first_time_is_new() -> None:
    assert compare({"a": Outcome.BLOCKED}, {"a": Outcome.PASS}) == {"a": Change.NEW}
