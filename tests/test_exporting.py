"""Claims about exports: every count in them is the grid's, equal results give equal bytes, and texts stay texts."""

# ruff: noqa: S314 - what is read here was written here

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pandas as pd
import pytest
from page_samples import HOSTILE, PROVENANCE, a_matrix, a_result, hostile_results, many_results, reports

from lab.cli.baseline import in_scope
from lab.cli.main import main
from lab.comparing import Change
from lab.errors import ExitCode
from lab.exporting import badge, csv, junit, parquet, picture, read_outcomes, summary, table
from lab.fields import result_fields
from lab.grid import PLAIN, Grid, build_grid
from lab.planning import Scope
from lab.strategies import Strategies
from lab.words import Cell, CellFacts, Format, Model, Outcome, Result

CELLS = {"tf2.4": CellFacts(tensorflow="2.4.4", keras="2.4", python="3.8")}


@pytest.fixture(scope="module")
def results() -> list[Result]:
    return many_results(a_matrix())


@pytest.fixture(scope="module")
def grid(results: list[Result]) -> Grid:
    return build_grid(a_matrix(), results, reports(a_matrix()))


# --- tables ---


def test_a_table_has_a_row_a_result_and_the_counts_of_the_grid(results: list[Result], grid: Grid) -> None:
    frame = table(results, CELLS)
    plain = frame[frame["strategy"] == PLAIN]["outcome"].value_counts()

    assert len(frame) == len(results)
    assert {outcome: int(plain.get(outcome, 0)) for outcome in Outcome} == dict(grid.plain.counts)


def test_the_columns_begin_with_the_fields_of_a_json_line(results: list[Result]) -> None:
    fields = list(result_fields(results[0]))

    assert list(table(results, CELLS).columns)[: len(fields)] == fields
    assert list(table([], CELLS).columns) == list(table(results, CELLS).columns)


def test_parquet_reads_back_in_one_line_and_as_outcomes(results: list[Result], tmp_path: Path) -> None:
    path = tmp_path / "results.parquet"
    path.write_bytes(parquet(table(results, CELLS), PROVENANCE))

    assert Counter(pd.read_parquet(path)["outcome"]) == Counter(str(result.outcome) for result in results)
    assert read_outcomes(path) == {result.name: result.outcome for result in results}


def test_csv_reads_back_as_the_table(results: list[Result]) -> None:
    frame = table(results, CELLS)
    texts = dict.fromkeys(frame.columns, "string")
    read = pd.read_csv(io.StringIO(csv(frame)), dtype=texts, keep_default_na=False)

    for name in ("producer", "outcome", "cause", "reason", "message"):
        assert read[name].tolist() == frame[name].fillna("").tolist()


def test_versions_of_both_sides_stand_in_a_row_where_they_are_known() -> None:
    row = table([a_result(producer="tf2.4", consumer="tf9")], CELLS).iloc[0]

    assert (row["producer_tensorflow"], row["producer_keras"], row["producer_python"]) == ("2.4.4", "2.4", "3.8")
    assert pd.isna(row["consumer_tensorflow"])


# --- JUnit ---


def test_failures_errors_and_skips_add_up_to_the_grid(results: list[Result], grid: Grid) -> None:
    suites = ET.fromstring(junit(results)).findall("testsuite")
    counts = {name: sum(int(suite.get(name, "")) for suite in suites) for name in ("failures", "errors", "skipped")}

    assert counts == {
        "failures": grid.plain.failed,
        "errors": grid.plain.counts[Outcome.INFRA_ERROR],
        "skipped": grid.plain.counts[Outcome.UNSUPPORTED] + grid.plain.counts[Outcome.BLOCKED],
    }
    assert sum(int(suite.get("tests", "")) for suite in suites) == grid.plain.total


def test_a_remedy_is_told_and_does_not_make_a_failure_pass() -> None:
    plain = a_result(Outcome.LOAD_ERROR)
    test = ET.fromstring(junit([plain, replace(plain, strategy="no-compile", outcome=Outcome.PASS)])).find(
        ".//testcase"
    )

    assert test is not None
    assert test.find("failure") is not None
    assert (test.findtext("system-out") or "").startswith("loads with no-compile")


def test_a_known_failure_is_skipped_with_its_reason() -> None:
    test = ET.fromstring(junit([a_result(Outcome.DRIFT, known_failure="as the issue says")])).find(".//skipped")

    assert test is not None
    assert test.get("message") == "as the issue says"


def test_what_xml_cannot_hold_is_replaced() -> None:
    document = junit([a_result(Outcome.LOAD_ERROR, reason="nul \x00, lone \ud800, mark-up " + HOSTILE)])

    assert "�, lone �, mark-up </script>" in (ET.fromstring(document).find(".//failure").get("message"))  # type: ignore[union-attr, operator]


# --- summary and badge ---


def test_the_summary_counts_as_the_grid_does(grid: Grid) -> None:
    text = summary(grid, PROVENANCE, {}, {Change.REGRESSED: 2})

    assert f"Of {grid.plain.judged} loads, {grid.plain.passed} ({grid.plain.percent})" in text
    assert "2 regressed, 0 fixed" in text
    assert sum(reason.count for reason in grid.failures) == grid.plain.failed


def test_hostile_names_are_inert_in_markdown() -> None:
    hostile = build_grid(a_matrix(), hostile_results(), [])

    assert "<img" not in summary(hostile, PROVENANCE, {})


def test_the_badge_is_an_svg_that_says_both_shares(grid: Grid) -> None:
    svg = ET.fromstring(badge(grid))

    assert svg.get("role") == "img"
    assert f"{grid.plain.percent} plain, {grid.with_remedies.percent} with remedies" in (svg.get("aria-label") or "")


def test_the_picture_says_every_square_in_words(grid: Grid) -> None:
    titles = [each.text for each in ET.fromstring(picture(grid)).iter("{http://www.w3.org/2000/svg}title")][1:]

    assert titles == [
        f"{square.producer} → {square.consumer}: {square.plain.percent or 'not judged'} plain, "
        f"{square.with_remedies.percent or 'not judged'} with remedies"
        for square in (grid.squares.get((row, column)) for row in cells_of(grid) for column in cells_of(grid))
        if square
    ]


def cells_of(grid: Grid) -> list[str]:
    return [cell for group in grid.producers for cell in group.cells]


def test_a_picture_of_hostile_names_is_well_formed() -> None:
    assert ET.fromstring(picture(build_grid(a_matrix(), hostile_results(), []))) is not None


@pytest.mark.parametrize(
    "export",
    [
        lambda results, grid: parquet(table(results, CELLS), PROVENANCE),
        lambda results, grid: csv(table(results, CELLS)),
        lambda results, grid: junit(results),
        lambda results, grid: summary(grid, PROVENANCE, {}),
        lambda results, grid: badge(grid),
        lambda results, grid: picture(grid),
    ],
    ids=["parquet", "csv", "junit", "summary", "badge", "picture"],
)
def test_equal_results_give_equal_bytes(
    export: Callable[[list[Result], Grid], object], results: list[Result], grid: Grid
) -> None:
    assert export(results, grid) == export(many_results(a_matrix()), grid)


# --- baselines ---


@pytest.mark.parametrize("content", [b"", b"PAR1 and nothing else"])
def test_a_table_that_is_none_is_refused_as_a_baseline(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "other.parquet"
    path.write_bytes(content)

    code = main(["report", "--baseline", str(path), "--out", str(tmp_path)])

    assert code == ExitCode.BAD_INPUT
    assert "other.parquet is not a table of results" in capsys.readouterr().err


def test_fail_on_without_a_baseline_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--fail-on", "regressed", "--out", str(tmp_path)]) == ExitCode.BAD_INPUT
    assert "--baseline FILE" in capsys.readouterr().err


def test_of_a_baseline_only_the_selection_is_compared() -> None:
    cell = Cell(id="a", tensorflow="2.0", python="3.8", as_of=date(2024, 1, 1), package="tensorflow", group="main")
    scope = Scope(
        pairs=[(cell, cell)],
        models=[Model(id="dense", detects="", formats=("h5",))],
        formats=[Format(id="h5", container="hdf5-model", strategies=("plain",), title="")],
        declared=lambda *_: None,
        strategies=Strategies((), {}),
    )
    names = ["a/a/dense/h5/plain", "a/b/dense/h5/plain", "a/a/lstm/h5/plain", "a/a/dense/keras/plain"]

    assert list(in_scope(scope, dict.fromkeys(names, Outcome.PASS))) == ["a/a/dense/h5/plain"]
