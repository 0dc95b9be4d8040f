"""The page in a real Chromium: evidence, filters, keyboard, inert text, and a life without JavaScript."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from page_browsing import (
    ask,
    browser_starter,  # noqa: F401 - pytest finds fixtures by name
    choose,
    chrome_with_javascript,  # noqa: F401 - as above
    click,
    text_of,
    titles,
    until,
    visit,
    written,
)
from page_samples import HOSTILE, a_matrix, a_result, hostile_results, many_results

from lab.publish import Explanations
from lab.words import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from selenium.webdriver import Chrome

    from lab.grid import Grid

pytestmark = pytest.mark.browser


@pytest.fixture(name="page")
def page_with_hostile_text(tmp_path: Path) -> tuple[str, Grid]:
    """A small page, hostile text included."""
    matrix = a_matrix()
    return written(tmp_path, matrix, many_results(matrix) + hostile_results())


def test_a_click_on_a_square_shows_its_evidence(chrome: Chrome, page: tuple[str, Grid]) -> None:
    visit(chrome, page[0])

    click(chrome, "[id='tf2.4..tf2.15'] a")
    click(chrome, "details.case summary")

    evidence = text_of(chrome, "#evidence")
    assert "python -m lab show tf2.4 tf2.15" in evidence
    assert "tf2.4 → tf2.15" in evidence
    assert chrome.current_url.split("#")[1].startswith("tf2.4..tf2.15")


def test_evidence_holds_exception_stage_and_the_line_to_repeat_it(chrome: Chrome, page: tuple[str, Grid]) -> None:
    visit(chrome, page[0] + "#tf2.4..tf2.15&trial=dense/h5")

    evidence = text_of(chrome, "details.case[open]")
    ended = "return document.querySelector('details.case[open] .ended').textContent"
    assert ask(chrome, ended) == "rebuild"
    for part in ("TypeError", "batch_shape", "module_3.py", "python -m lab repro ", "compile-false"):
        assert part in evidence


def test_the_code_to_paste_is_the_snippet_word_for_word(chrome: Chrome, tmp_path: Path) -> None:
    shared = "import tensorflow as tf\n\n\ndef shared():\n    return 1"
    snippets = {f"h5/{name}": f"# {name}\n{shared}\n\n\nmodel = shared()\n" for name in ("no-compile", "tf-keras")}
    results = [a_result(outcome=Outcome.LOAD_ERROR), *(a_result(strategy=place.split("/")[1]) for place in snippets)]
    address, _ = written(tmp_path, a_matrix(), results, Explanations(snippets=snippets))

    visit(chrome, address + "#tf2.4..tf2.10&trial=dense/h5")

    shown = ask(chrome, "return [...document.querySelectorAll('.snippet pre')].map(each => each.textContent)")
    assert shown == list(snippets.values())


@pytest.mark.parametrize(("seconds", "shown"), [(12.345, "12 s, "), (0.456, "0.46 s, "), (0.003, "under 0.01 s, ")])
def test_a_trial_tells_how_long_it_took(chrome: Chrome, tmp_path: Path, seconds: float, shown: str) -> None:
    address, _ = written(tmp_path, a_matrix(), [replace(a_result(), seconds=seconds)])

    visit(chrome, address + "#tf2.4..tf2.10&trial=dense/h5")

    assert text_of(chrome, ".trial .facts small").startswith(shown)


def test_a_square_begins_with_its_causes_and_with_what_does_not_load(chrome: Chrome, tmp_path: Path) -> None:
    failed = {"outcome": Outcome.LOAD_ERROR, "cause": "keras3-config-in-keras2"}
    results = [
        a_result(model="cnn"),
        a_result(model="dense", **failed),
        a_result(model="dense", strategy="compile-false"),
        a_result(model="lstm", **failed),
    ]
    address, _ = written(tmp_path, a_matrix(), results)

    visit(chrome, f"{address}#tf2.4..tf2.10")

    assert "2 keras3-config-in-keras2" in text_of(chrome, "#evidence-body ul")
    heads = "return [...document.querySelectorAll('#evidence-body h3')].map(each => each.textContent)"
    assert ask(chrome, heads) == ["lstm", "dense", "cnn"]


def test_a_square_says_which_remedies_were_tried_where_none_helps(chrome: Chrome, tmp_path: Path) -> None:
    failed = {"outcome": Outcome.LOAD_ERROR, "cause": "keras3-config-in-keras2"}
    results = [
        a_result(model="dense", none_helps=True, **failed),
        a_result(model="dense", strategy="compile-false", **failed),
        a_result(model="lstm", **failed),
        a_result(model="lstm", strategy="compile-false", **failed),
    ]
    address, grid = written(tmp_path, a_matrix(), results)

    visit(chrome, f"{address}#tf2.4..tf2.10&trial=dense/h5")
    assert "None of these helps: compile-false." in text_of(chrome, "details.case[open]")
    visit(chrome, f"{address}#tf2.4..tf2.10&trial=lstm/h5")
    assert "None of these helps" not in text_of(chrome, "details.case[open]")

    [reason] = grid.failures
    assert (reason.count, reason.mended, reason.none_helps) == (2, 0, 1)
    assert text_of(chrome, "#cause-keras3-config-in-keras2 td:nth-of-type(5)") == "1"


def test_a_page_whose_data_is_broken_still_shows_its_causes(chrome: Chrome, tmp_path: Path) -> None:
    failed = {"outcome": Outcome.LOAD_ERROR, "cause": "keras3-config-in-keras2"}
    address, _ = written(tmp_path, a_matrix(), [a_result(model="dense", **failed)])
    [page] = tmp_path.glob("*.html")
    page.write_text(page.read_text(encoding="utf-8").replace('id="payload">', 'id="payload">broken'), encoding="utf-8")

    chrome.get(address)

    cause = "document.getElementById('cause-keras3-config-in-keras2')"
    ask(chrome, f"{cause}.scrollIntoView()")
    until(chrome, f"return {cause}.checkVisibility({{contentVisibilityAuto: true}})")
    assert ask(chrome, "return 'ready' in document.documentElement.dataset") is False
    assert any("error" in entry["message"].lower() for entry in chrome.get_log("browser"))  # type: ignore[no-untyped-call]


def test_the_keyboard_opens_and_leaves_a_square(chrome: Chrome, page: tuple[str, Grid]) -> None:
    visit(chrome, page[0])
    ask(chrome, "document.querySelector('[id=\"tf2.4..tf2.4\"] a').focus()")

    chrome.switch_to.active_element.send_keys("\ue014")  # the right arrow
    chrome.switch_to.active_element.send_keys("\ue007")  # Enter
    assert text_of(chrome, "#evidence-title") == "tf2.4 → tf2.10"
    chrome.switch_to.active_element.send_keys("\ue00c")  # Escape

    assert ask(chrome, "return document.getElementById('evidence').open") is False
    assert ask(chrome, "return document.activeElement.parentElement.id") == "tf2.4..tf2.10"


def test_a_filter_changes_the_counts(chrome: Chrome, page: tuple[str, Grid]) -> None:
    visit(chrome, page[0])
    before, titled = text_of(chrome, "#counts"), text_of(chrome, "[id='tf2.4..tf2.15'] .plain")

    choose(chrome, "filter-format", "h5")
    choose(chrome, "filter-model", "cnn")

    assert text_of(chrome, "#counts") != before
    assert text_of(chrome, "[id='tf2.4..tf2.15'] .plain") != titled
    assert "format=h5" in chrome.current_url


def test_the_script_counts_as_the_grid_does(chrome: Chrome, page: tuple[str, Grid]) -> None:
    address, grid = page
    visit(chrome, address)
    shares = (
        "return [...document.querySelectorAll('.grid td[id]')]"
        ".map(td => [td.id, td.textContent, td.querySelector('.plain').dataset.tenth])"
    )
    of_squares = "return [...document.querySelectorAll('.grid td[id]')].map(td => [td.id, td.firstChild.title])"
    from_python, told = ask(chrome, shares), dict(ask(chrome, of_squares))  # type: ignore[call-overload]
    choose(chrome, "filter-model", "cnn")
    assert titles(chrome) != told
    choose(chrome, "filter-model", "")

    assert ask(chrome, shares) == from_python
    assert titles(chrome) == told
    assert f"{grid.plain.passed} of {grid.plain.judged} judged" in text_of(chrome, "#counts")


def test_the_view_with_remedies_lives_in_the_address(chrome: Chrome, page: tuple[str, Grid]) -> None:
    address, grid = page
    visit(chrome, address + "#view=remedies")

    assert f"{grid.with_remedies.passed} of" in text_of(chrome, "#counts")
    assert not chrome.find_element("css selector", ".face.plain").is_displayed()


def test_a_browser_without_base64_of_its_own_reads_the_same(chrome: Chrome, page: tuple[str, Grid]) -> None:
    visit(chrome, page[0] + "#tf2.4..tf2.15&trial=dense/h5")
    newer = text_of(chrome, "#evidence")

    older = {"source": "delete Uint8Array.fromBase64"}
    script = chrome.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", older)
    try:
        visit(chrome, page[0] + "#tf2.4..tf2.15&trial=dense/h5")
        assert ask(chrome, "return Uint8Array.fromBase64 ?? null") is None
        assert text_of(chrome, "#evidence") == newer
    finally:
        chrome.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)


def test_hostile_text_is_inert_and_the_console_stays_silent(chrome: Chrome, page: tuple[str, Grid]) -> None:
    chrome.get_log("browser")  # type: ignore[no-untyped-call]  # leave out what earlier pages said
    visit(chrome, page[0])
    click(chrome, "[id='tf2.4..tf2.10'] a")
    ask(chrome, "document.querySelectorAll('details').forEach(each => { each.open = true })")
    time.sleep(0.2)

    assert ask(
        chrome, "return [window.hacked ?? null, document.querySelectorAll('img, svg:not([role=img])').length]"
    ) == [None, 0]
    assert HOSTILE in text_of(chrome, "#evidence")
    assert chrome.get_log("browser") == []  # type: ignore[no-untyped-call]


def test_without_javascript_the_grid_is_readable(start: Callable[..., Chrome], page: tuple[str, Grid]) -> None:
    chrome = start(javascript=False)
    chrome.get(page[0])

    assert chrome.find_element("css selector", "[id='tf2.4..tf2.4'] a").accessible_name == "100% passes"
    assert chrome.find_element("css selector", "noscript .note").is_displayed()
    assert not chrome.find_element("id", "filters").is_displayed()
    click(chrome, "label[for=view-remedies]")
    assert chrome.find_element("css selector", "[id='tf2.4..tf2.4'] .remedies").is_displayed()
