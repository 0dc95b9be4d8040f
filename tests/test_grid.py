"""The grid counts every result once, and honestly."""

from __future__ import annotations

import pytest
from page_samples import a_cell, a_matrix, a_result, many_results, reports

from lab.grid import Grid, Look, Square, View, build_grid
from lab.words import Outcome, Result


def square_of(*results: Result) -> Square:
    """The one square of results that share their pair."""
    return build_grid(a_matrix(), results, []).squares["tf2.4", "tf2.10"]


@pytest.fixture(name="grid")
def full_grid() -> Grid:
    """A grid with every outcome in it."""
    matrix = a_matrix()
    return build_grid(matrix, many_results(matrix), reports(matrix))


def test_an_infra_error_is_never_in_the_denominator() -> None:
    square = square_of(a_result(), a_result(Outcome.INFRA_ERROR, model="cnn"))

    assert (square.plain.judged, square.plain.percent, square.plain.look) == (1, "100%", Look.PASS)


@pytest.mark.parametrize("outcome", [Outcome.BLOCKED, Outcome.INFRA_ERROR])
def test_a_square_of_nothing_judged_has_no_share(outcome: Outcome) -> None:
    square = square_of(a_result(outcome))

    assert (square.plain.share, square.plain.percent, square.plain.look) == (None, "", Look.NOT_JUDGED)


@pytest.mark.parametrize(
    ("outcomes", "look"),
    [
        ((Outcome.PASS, Outcome.BLOCKED), Look.PASS),
        ((Outcome.PASS, Outcome.DRIFT), Look.DRIFT),
        ((Outcome.DRIFT, Outcome.CRASH), Look.MIXED),
        ((Outcome.PASS, Outcome.LOAD_ERROR), Look.MIXED),
        ((Outcome.TIMEOUT, Outcome.CRASH), Look.FAILS),
        ((Outcome.UNSUPPORTED, Outcome.UNSUPPORTED), Look.UNSUPPORTED),
        ((Outcome.UNSUPPORTED, Outcome.BLOCKED), Look.NOT_JUDGED),
    ],
)
def test_a_look_says_what_was_judged(outcomes: tuple[Outcome, Outcome], look: Look) -> None:
    square = square_of(a_result(outcomes[0]), a_result(outcomes[1], model="cnn"))

    assert square.plain.look is look


def test_a_remedy_mends_its_own_view_only() -> None:
    square = square_of(a_result(Outcome.LOAD_ERROR), a_result(strategy="compile-false"))

    assert (square.plain.look, square.with_remedies.look) == (Look.FAILS, Look.REMEDY)


def test_an_infra_error_of_a_remedy_hides_no_failure() -> None:
    square = square_of(a_result(Outcome.LOAD_ERROR), a_result(Outcome.INFRA_ERROR, strategy="compile-false"))

    assert square.with_remedies.counts[Outcome.LOAD_ERROR] == 1


def test_a_drift_is_better_than_a_failure() -> None:
    square = square_of(a_result(Outcome.CRASH), a_result(Outcome.DRIFT, strategy="compile-false"))

    assert square.with_remedies.look is Look.DRIFT


def test_a_share_is_rounded_to_everything_only_when_it_is_everything() -> None:
    results = [a_result(model=f"m{at}") for at in range(999)]

    assert square_of(*results, a_result(Outcome.CRASH, model="last")).plain.percent == "99%"


def test_a_pair_without_results_has_no_square() -> None:
    grid = build_grid(a_matrix(), [a_result()], [])

    assert list(grid.squares) == [("tf2.4", "tf2.10")]


def test_squares_add_up_to_the_totals(grid: Grid) -> None:
    for outcome in Outcome:
        assert sum(square.plain.counts[outcome] for square in grid.squares.values()) == grid.plain.counts[outcome]
        best = sum(square.with_remedies.counts[outcome] for square in grid.squares.values())
        assert best == grid.with_remedies.counts[outcome]


def test_reasons_add_up_to_what_fails_and_what_is_not_judged(grid: Grid) -> None:
    assert sum(reason.count for reason in grid.failures) == grid.plain.failed
    assert sum(reason.count for reason in grid.unjudged) == grid.plain.total - grid.plain.judged


def test_reasons_come_largest_first(grid: Grid) -> None:
    counts = [reason.count for reason in grid.failures]

    assert counts == sorted(counts, reverse=True)


def test_every_square_has_one_look(grid: Grid) -> None:
    assert sum(grid.looks[View.PLAIN].values()) == sum(grid.looks[View.REMEDIES].values()) == len(grid.squares)


def test_a_reason_is_known_by_its_first_line() -> None:
    results = [
        a_result(Outcome.CRASH, reason="segfault\nat 0x1"),
        a_result(Outcome.CRASH, model="cnn", reason="segfault"),
    ]

    assert [(each.title, each.count) for each in build_grid(a_matrix(), results, []).failures] == [("segfault", 2)]


def test_axes_follow_the_matrix_and_its_groups() -> None:
    matrix = a_matrix(cells=(a_cell("tf2.21", "keras3"), a_cell("tf2.4", "keras2"), a_cell("tf2.10", "keras2")))

    grid = build_grid(matrix, [a_result()], reports(matrix))

    assert [(each.title, each.cells) for each in grid.producers] == [
        ("Keras 2 in TensorFlow", ("tf2.4", "tf2.10")),
        ("Keras 3", ("tf2.21",)),
    ]


def test_a_cell_that_left_the_matrix_is_still_shown() -> None:
    grid = build_grid(a_matrix(), [a_result(producer="tf1.15")], [])

    assert grid.producers[-1].cells == ("tf1.15",)


def test_the_order_of_results_changes_nothing() -> None:
    matrix = a_matrix()
    results = many_results(matrix)

    grid, again = build_grid(matrix, results, []), build_grid(matrix, results[::-1], [])

    assert (grid.squares, grid.failures, grid.unjudged) == (again.squares, again.failures, again.unjudged)
