"""Claims about going back and forth: every choice on the page is a step of the browser's history."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from page_browsing import (
    ask,
    browser_starter,  # noqa: F401 - pytest finds fixtures by name
    choose,
    chrome_with_javascript,  # noqa: F401 - as above
    click,
    text_of,
    visit,
    written,
)
from page_samples import a_matrix, many_results

if TYPE_CHECKING:
    from pathlib import Path

    from selenium.webdriver import Chrome

pytestmark = pytest.mark.browser

SQUARE = "[id='tf2.4..tf2.15']"
IS_OPEN = "return document.getElementById('evidence').open"


@pytest.fixture
def page(chrome: Chrome, tmp_path: Path) -> Chrome:
    """The page as it is first met."""
    matrix = a_matrix()
    address, _ = written(tmp_path, matrix, many_results(matrix))
    visit(chrome, address)
    return chrome


def test_back_leaves_a_square(page: Chrome) -> None:
    click(page, f"{SQUARE} a")
    assert ask(page, IS_OPEN)

    page.back()

    assert not ask(page, IS_OPEN)


def test_forward_opens_the_square_again(page: Chrome) -> None:
    click(page, f"{SQUARE} a")
    page.back()

    page.forward()

    assert text_of(page, "#evidence-title") == "tf2.4 → tf2.15"


def test_a_cause_named_in_a_square_leads_to_it_and_back_leads_into_the_square(page: Chrome) -> None:
    click(page, f"{SQUARE} a")
    click(page, "#evidence-body ul a")
    assert not ask(page, IS_OPEN)
    assert "#cause-" in page.current_url

    page.back()

    assert ask(page, IS_OPEN)
    assert text_of(page, "#evidence-title") == "tf2.4 → tf2.15"


def test_back_undoes_a_filter(page: Chrome) -> None:
    before = text_of(page, "#counts")
    choose(page, "filter-model", "cnn")
    assert text_of(page, "#counts") != before

    page.back()

    assert text_of(page, "#counts") == before


def test_back_leads_to_the_question_before(page: Chrome) -> None:
    before = text_of(page, "#ask-says")
    choose(page, "ask-producer", "tf2.15")
    assert text_of(page, "#ask-says") != before

    page.back()

    assert text_of(page, "#ask-says") == before


def test_typing_into_a_picker_is_no_step_to_go_back_from(page: Chrome) -> None:
    steps = "return history.length"
    click(page, ".filters .more summary")
    before = ask(page, steps)

    page.find_element("id", "pick-rows").send_keys("tf2.1*")

    assert "rows=tf2.1*" in page.current_url
    assert ask(page, steps) == before
