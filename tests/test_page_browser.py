"""The page in a real Chromium: evidence, filters, keyboard, inert text, and a life without JavaScript."""

from __future__ import annotations

import os
import shutil
import time
from typing import TYPE_CHECKING, cast

import pytest
from page_samples import HOSTILE, PROVENANCE, a_cell, a_matrix, hostile_results, many_results, reports

from lab.grid import Grid, build_grid
from lab.publish import Explanations, render_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from selenium.webdriver import Chrome

    from lab.words import Matrix, Result

pytestmark = pytest.mark.browser

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--window-size=1400,1000",
)


@pytest.fixture(name="start", scope="module")
def browser_starter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Chrome]]:
    """A function that starts Chromium; what it started ends with the module."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not (chromium and driver):
        if os.environ.get("LAB_REQUIRE_BROWSER") == "1":
            pytest.fail("LAB_REQUIRE_BROWSER=1, but chromium and chromedriver are not on PATH")
        pytest.skip("chromium and chromedriver are not on PATH (Debian: chromium, chromium-driver)")
    from selenium import webdriver  # noqa: PLC0415 - wanted only where there is a browser

    started: list[Chrome] = []

    def start(*, javascript: bool = True) -> Chrome:
        options = webdriver.ChromeOptions()
        options.binary_location = chromium
        for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        if not javascript:
            options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
        started.append(webdriver.Chrome(options=options, service=webdriver.ChromeService(driver)))
        return started[-1]

    yield start
    for each in started:
        each.quit()


@pytest.fixture(name="chrome", scope="module")
def chrome_with_javascript(start: Callable[..., Chrome]) -> Chrome:
    """One browser for all tests that run scripts."""
    return start()


def written(directory: Path, matrix: Matrix, results: list[Result]) -> tuple[str, Grid]:
    """The address of the page, and the grid it shows."""
    grid = build_grid(matrix, results, reports(matrix))
    path = directory / "page.html"
    path.write_text(render_page(grid, results, reports(matrix), PROVENANCE, Explanations()), encoding="utf-8")
    return path.as_uri(), grid


@pytest.fixture(name="page")
def page_with_hostile_text(tmp_path: Path) -> tuple[str, Grid]:
    """A small page, hostile text included."""
    matrix = a_matrix()
    return written(tmp_path, matrix, many_results(matrix) + hostile_results())


def visit(chrome: Chrome, address: str) -> None:
    """Open a page afresh and wait until its script is ready."""
    chrome.get("about:blank")
    chrome.get(address)
    deadline = time.monotonic() + 10
    while not ask(chrome, "return document.documentElement.dataset.ready === 'yes'"):
        assert time.monotonic() < deadline, chrome.get_log("browser")  # type: ignore[no-untyped-call]
        time.sleep(0.02)


def ask(chrome: Chrome, script: str, *arguments: str) -> object:
    """What a script returns."""
    return cast("object", chrome.execute_script(script, *arguments))


def text_of(chrome: Chrome, selector: str) -> str:
    """The text of the first element that fits."""
    return str(ask(chrome, "return document.querySelector(arguments[0]).textContent", selector))


def click(chrome: Chrome, selector: str) -> None:
    """A real click on the first element that fits."""
    chrome.find_element("css selector", selector).click()


def choose(chrome: Chrome, name: str, value: str) -> None:
    """Set a filter as a person would."""
    script = (
        "const s = document.getElementById(arguments[0]); s.value = arguments[1]; s.dispatchEvent(new Event('change'))"
    )
    ask(chrome, script, f"filter-{name}", value)


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
    for part in ("stage: rebuild", "TypeError", "batch_shape", "module_3.py", "python -m lab repro ", "compile-false"):
        assert part in evidence


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

    choose(chrome, "format", "h5")
    choose(chrome, "model", "cnn")

    assert text_of(chrome, "#counts") != before
    assert text_of(chrome, "[id='tf2.4..tf2.15'] .plain") != titled
    assert "format=h5" in chrome.current_url


def test_the_script_counts_as_the_grid_does(chrome: Chrome, page: tuple[str, Grid]) -> None:
    address, grid = page
    visit(chrome, address)
    facts = (
        "return [...document.querySelectorAll('.grid td[id]')].map(td => [td.id, td.textContent, td.firstChild.title])"
    )
    from_python = ask(chrome, facts)
    choose(chrome, "model", "cnn")
    choose(chrome, "model", "")

    assert ask(chrome, facts) == from_python
    assert f"{grid.plain.passed} of {grid.plain.judged} judged" in text_of(chrome, "#counts")


def test_the_view_with_remedies_lives_in_the_address(chrome: Chrome, page: tuple[str, Grid]) -> None:
    address, grid = page
    visit(chrome, address + "#view=remedies")

    assert f"{grid.with_remedies.passed} of" in text_of(chrome, "#counts")
    assert not chrome.find_element("css selector", ".face.plain").is_displayed()


def test_hostile_text_is_inert_and_the_console_stays_silent(chrome: Chrome, page: tuple[str, Grid]) -> None:
    chrome.get_log("browser")  # type: ignore[no-untyped-call]  # leave out what earlier pages said
    visit(chrome, page[0])
    click(chrome, "[id='tf2.4..tf2.10'] a")
    ask(chrome, "document.querySelectorAll('details').forEach(each => { each.open = true })")
    time.sleep(0.2)

    assert ask(chrome, "return [window.hacked ?? null, document.querySelectorAll('img, svg').length]") == [None, 0]
    assert HOSTILE in text_of(chrome, "#evidence")
    assert chrome.get_log("browser") == []  # type: ignore[no-untyped-call]


def test_without_javascript_the_grid_is_readable(start: Callable[..., Chrome], page: tuple[str, Grid]) -> None:
    chrome = start(javascript=False)
    chrome.get(page[0])

    assert "✓" in chrome.find_element("css selector", "[id='tf2.4..tf2.4']").text
    assert chrome.find_element("css selector", "noscript .note").is_displayed()
    assert not chrome.find_element("id", "filters").is_displayed()
    click(chrome, "label[for=view-remedies]")
    assert chrome.find_element("css selector", "[id='tf2.4..tf2.4'] .remedies").is_displayed()


def test_seventy_thousand_results_open_within_two_seconds(chrome: Chrome, tmp_path: Path) -> None:
    cells = tuple(a_cell(f"tf2.{minor}", "keras2" if minor < 16 else "keras3") for minor in range(22))
    models, formats = (tuple(f"{kind}-{at}" for at in range(count)) for kind, count in (("model", 14), ("format", 7)))
    matrix = a_matrix(cells=cells, models=models, formats=formats)
    address, _ = written(tmp_path, matrix, many_results(matrix))

    started = time.monotonic()
    visit(chrome, address)

    assert time.monotonic() - started < 2
