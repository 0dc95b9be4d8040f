"""Claims about what a selection of ``matrix.toml`` holds: cells, pairs, and what is declared of them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from matrix_samples import (
    ids,
    real_matrix,  # noqa: F401 - pytest finds fixtures by name
    small_matrix,  # noqa: F401 - as above
)

from lab.declare import Rules, pairs, select
from lab.errors import ExitCode, LabError
from lab.words import Matrix

# --- selecting ---


def test_nothing_asked_for_is_everything(small: Matrix) -> None:
    assert select(small).cells == small.cells


def test_globs_are_separated_by_spaces_or_commas(small: Matrix) -> None:
    assert ids(select(small, cells="tf2.15, *-h5py3").cells) == ["tf2.15", "tf2.4-h5py3"]


def test_a_selection_keeps_the_order_of_the_matrix(small: Matrix) -> None:
    assert ids(select(small, cells="tf2.15 tf2.4").cells) == ["tf2.4", "tf2.15"]


def test_cells_narrow_a_named_selection(small: Matrix) -> None:
    assert ids(select(small, cells="tf2.4*", selection="quick").cells) == ["tf2.4"]


def test_a_glob_that_matches_nothing_selects_nothing(small: Matrix) -> None:
    with pytest.raises(LabError, match=r"unknown model 'lsmt'; did you mean 'lstm'\?") as caught:
        select(small, models="lsmt")

    assert caught.value.exit_code is ExitCode.NOTHING_SELECTED


def test_cells_outside_a_named_selection_select_nothing(small: Matrix) -> None:
    with pytest.raises(LabError, match="no cell of selection 'quick'") as caught:
        select(small, cells="tf2.4-h5py3", selection="quick")

    assert caught.value.exit_code is ExitCode.NOTHING_SELECTED


def test_an_unknown_selection_is_bad_input(small: Matrix) -> None:
    with pytest.raises(LabError, match=r"unknown selection 'quik'; did you mean 'quick'\?") as caught:
        select(small, selection="quik")

    assert caught.value.exit_code is ExitCode.BAD_INPUT


# --- pairing ---


def test_a_variant_pairs_with_itself_and_its_anchors_both_ways(small: Matrix) -> None:
    found = {(producer.id, consumer.id) for producer, consumer in pairs(small, small.cells)}

    assert {pair for pair in found if "tf2.4-h5py3" in pair} == {
        ("tf2.4-h5py3", "tf2.4-h5py3"),
        ("tf2.4-h5py3", "tf2.4"),
        ("tf2.4", "tf2.4-h5py3"),
    }


def test_pairs_do_not_depend_on_the_order_of_the_cells(small: Matrix) -> None:
    assert pairs(small, small.cells) == pairs(small, reversed(small.cells))


def test_a_declared_combination_is_found_with_its_source(small: Matrix) -> None:
    rule = Rules(small).declared_unsupported("tf2.4", "tf2.15", "lstm", "keras")

    assert rule is small.unsupported[0]


def test_an_undeclared_combination_is_supported(small: Matrix) -> None:
    assert Rules(small).declared_unsupported("tf2.15", "tf2.4", "lstm", "keras") is None


def test_a_rule_about_a_consumer_says_nothing_of_others(small: Matrix) -> None:
    narrow = replace(small, unsupported=(replace(small.unsupported[0], consumers=("tf2.15",)),))

    assert Rules(narrow).declared_unsupported("tf2.4", "tf2.4", "lstm", "keras") is None


def test_an_artifact_is_saved_where_a_rule_is_about_some_consumers_only(small: Matrix) -> None:
    narrow = replace(small, unsupported=(replace(small.unsupported[0], consumers=("tf2.15",)),))

    assert Rules(narrow).cannot_save("tf2.4", "lstm", "keras") is None
