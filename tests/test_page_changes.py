"""A second file of results on the page, and causes to take along, in a real Chromium."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from page_browsing import (
    ask,
    browser_starter,  # noqa: F401 - pytest finds fixtures by name
    chrome_with_javascript,  # noqa: F401 - as above
    text_of,
    visit,
    written,
)
from page_samples import PROVENANCE, a_matrix, a_result, reports

from lab.comparing import Change, compare
from lab.exporting import csv, table
from lab.fields import result_fields
from lab.grid import build_grid
from lab.publish import Baseline, Explanations, render_page
from lab.words import Outcome

if TYPE_CHECKING:
    from pathlib import Path

    from selenium.webdriver import Chrome

    from lab.words import Result

pytestmark = pytest.mark.browser

NOW = [
    a_result(),
    a_result(Outcome.LOAD_ERROR, model="cnn", cause="some-cause", reason='with "quotes", commas\nand lines'),
    a_result(model="lstm"),
    a_result(Outcome.BLOCKED, model="lambda"),
]
BEFORE = [
    a_result(Outcome.DRIFT),
    a_result(model="cnn", reason='with "quotes", commas\nand lines'),
    a_result(model="lambda"),
    a_result(producer="tf2.99"),
]


def expected(before: list[Result], now: list[Result]) -> str:
    changes = compare(*({each.name: each.outcome for each in some} for some in (before, now)))
    count = {change: list(changes.values()).count(change) for change in Change}
    return (
        f"{count[Change.REGRESSED]} regressed, {count[Change.FIXED]} fixed, {count[Change.NEW]} new, "
        f"{count[Change.GONE]} gone, {count[Change.SAME]} the same."
    )


def compared(chrome: Chrome, directory: Path, name: str, content: str) -> str:
    """What the page says of a file that is handed to it."""
    visit(chrome, written(directory, a_matrix(), NOW)[0])
    file = directory / name
    file.write_text(content, encoding="utf-8")
    chrome.find_element("id", "changes-file").send_keys(str(file))
    ask(chrome, "return new Promise(done => setTimeout(done, 200))")
    return text_of(chrome, "#changes-says")


def lines(results: list[Result]) -> str:
    return "".join(json.dumps(result_fields(result)) + "\n" for result in results)


def test_the_lines_of_another_run_are_compared_as_the_command_does(chrome: Chrome, tmp_path: Path) -> None:
    said = compared(chrome, tmp_path, "before.jsonl", lines(BEFORE))

    assert expected(BEFORE, NOW) in said
    assert "no longer here: tf2.99" in said
    assert "tf2.4/tf2.10/cnn/h5/plain pass, now load-error" in text_of(chrome, "#changes-body")


def test_a_csv_of_another_run_says_the_same(chrome: Chrome, tmp_path: Path) -> None:
    content = csv(table(BEFORE, {}))

    assert expected(BEFORE, NOW) in compared(chrome, tmp_path, "results.csv", content)


@pytest.mark.parametrize("content", ["{}\n", '{"outcome": "pass"}\n', "a,b\n1,2\n", '"never ends', "", "{no json}\n"])
def test_a_file_that_holds_no_results_is_refused_with_what_to_do(chrome: Chrome, tmp_path: Path, content: str) -> None:
    said = compared(chrome, tmp_path, "other.txt", content)

    assert "other.txt cannot be compared" in said
    assert "lab results --json" in said


def test_the_baseline_of_a_run_is_on_its_page(chrome: Chrome, tmp_path: Path) -> None:
    matrix = a_matrix()
    baseline = Baseline(title="the published run", outcomes={each.name: each.outcome for each in BEFORE})
    page = render_page(
        build_grid(matrix, NOW, reports(matrix)), NOW, reports(matrix), PROVENANCE, Explanations(), baseline
    )
    (tmp_path / "page.html").write_text(page, encoding="utf-8")

    visit(chrome, (tmp_path / "page.html").as_uri() + "#change=regressed")

    assert f"Since the published run: {expected(BEFORE, NOW)}" in text_of(chrome, "#changes-says")
    assert text_of(chrome, "#counts").startswith("0 of 1 ")


def test_packages_that_differ_stand_side_by_side(chrome: Chrome, tmp_path: Path) -> None:
    matrix = a_matrix()
    known = {
        report.cell.id: replace(report, facts={"packages": {"numpy": "1.26.4", "h5py": f"3.{at}.0"}})
        for at, report in enumerate(reports(matrix))
    }
    page = render_page(
        build_grid(matrix, NOW, list(known.values())), NOW, list(known.values()), PROVENANCE, Explanations()
    )
    (tmp_path / "page.html").write_text(page, encoding="utf-8")

    visit(chrome, (tmp_path / "page.html").as_uri() + "#tf2.4..tf2.10")

    assert text_of(chrome, ".differences summary") == "1 packages differ"
    assert text_of(chrome, ".differences tbody tr") == "h5py3.0.03.1.0"
