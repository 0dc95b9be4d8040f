"""Headless Chromium for the tests of the page: fixtures that start it, and what a person does in it."""

from __future__ import annotations

import os
import shutil
import time
from typing import TYPE_CHECKING, cast

import pytest
from page_samples import PROVENANCE, reports
from selenium.webdriver.support.ui import WebDriverWait

from lab.grid import Grid, build_grid
from lab.publish import Explanations, render_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from selenium.webdriver import Chrome

    from lab.words import Matrix, Result

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


def written(
    directory: Path, matrix: Matrix, results: list[Result], explained: Explanations | None = None
) -> tuple[str, Grid]:
    """The address of the page, and the grid it shows."""
    grid = build_grid(matrix, results, reports(matrix))
    path = directory / "page.html"
    page = render_page(grid, results, reports(matrix), PROVENANCE, explained or Explanations())
    path.write_text(page, encoding="utf-8")
    return path.as_uri(), grid


def visit(chrome: Chrome, address: str) -> None:
    """Open a page afresh and wait until its script is ready."""
    chrome.get("about:blank")
    chrome.get(address)
    deadline = time.monotonic() + 10
    while not ask(chrome, "return document.documentElement.dataset.ready === 'drawn'"):
        assert time.monotonic() < deadline, chrome.get_log("browser")  # type: ignore[no-untyped-call]
        time.sleep(0.02)


def ask(chrome: Chrome, script: str, *arguments: str) -> object:
    """What a script returns."""
    return cast("object", chrome.execute_script(script, *arguments))


def text_of(chrome: Chrome, selector: str) -> str:
    """The text of the first element that fits."""
    return str(ask(chrome, "return document.querySelector(arguments[0]).textContent", selector))


def until(chrome: Chrome, script: str) -> None:
    """Wait until a script says yes."""
    WebDriverWait(chrome, 10.0, poll_frequency=0.02).until(lambda _: ask(chrome, script))


def titles(chrome: Chrome) -> dict[str, str]:
    """What a pointer on a square is told, by the square's id, when that has caught up with the counts."""
    until(chrome, "return document.getElementById('grid-table').dataset.titles === 'new'")
    pairs = "return [...document.querySelectorAll('.grid td[id]')].map(td => [td.id, td.firstChild.title])"
    return dict(cast("list[tuple[str, str]]", ask(chrome, pairs)))


def click(chrome: Chrome, selector: str) -> None:
    """A real click on the first element that fits."""
    chrome.find_element("css selector", selector).click()


def choose(chrome: Chrome, name: str, value: str) -> None:
    """Choose an option as a person would."""
    script = (
        "const s = document.getElementById(arguments[0]); s.value = arguments[1]; s.dispatchEvent(new Event('change'))"
    )
    ask(chrome, script, name, value)
