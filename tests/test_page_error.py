"""An error that a person pastes, in a real Chromium: which causes were seen with such words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from page_browsing import (
    ask,
    browser_starter,  # noqa: F401 - pytest finds fixtures by name
    chrome_with_javascript,  # noqa: F401 - as above
    text_of,
    visit,
)
from page_samples import PROVENANCE, a_matrix, a_result, reports

from lab.causes import read_catalogue
from lab.grid import build_grid
from lab.publish import Explanations, render_page
from lab.words import Outcome

if TYPE_CHECKING:
    from pathlib import Path

    from selenium.webdriver import Chrome

pytestmark = pytest.mark.browser

SEEN = {
    "h5-loss-by-name": "TypeError: Could not locate function 'mse'. Make sure custom classes are decorated.",
    "rnn-time-major-removed": "ValueError: Unrecognized keyword arguments passed to LSTM: {'time_major': False}",
    "input-batch-shape": "ValueError: Unrecognized keyword arguments: ['batch_shape']",
}
TRACEBACK = """Traceback (most recent call last):
  File "/content/train.py", line 12, in <module>
    model = keras.models.load_model("best_model.h5")
ValueError: Unrecognized keyword arguments passed to LSTM: {'time_major': False}
"""


@pytest.fixture
def page(chrome: Chrome, tmp_path: Path) -> Chrome:
    """A page of one failure for each cause."""
    matrix = a_matrix()
    models = [model.id for model in matrix.models]
    results = [
        a_result(Outcome.LOAD_ERROR, model=models[at % len(models)], consumer=consumer, cause=cause, reason=SEEN[cause])
        for at, (cause, consumer) in enumerate(zip(SEEN, ("tf2.10", "tf2.15", "tf2.16"), strict=True))
    ]
    known = {cause.id: cause for cause in map(read_catalogue().get, SEEN) if cause is not None}
    grid = build_grid(matrix, results, reports(matrix))
    text = render_page(grid, results, reports(matrix), PROVENANCE, Explanations(causes=known))
    (tmp_path / "page.html").write_text(text, encoding="utf-8")
    visit(chrome, (tmp_path / "page.html").as_uri())
    return chrome


def paste(chrome: Chrome, error: str) -> list[str]:
    """Hand an error to the page; the causes that it names, as links."""
    box = chrome.find_element("id", "ask-error")
    box.clear()
    box.send_keys(error)
    found = ask(chrome, "return [...document.querySelectorAll('#ask-causes a')].map(each => each.hash)")
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize("cause", SEEN)
def test_a_message_leads_to_the_cause_that_it_was_seen_with(page: Chrome, cause: str) -> None:
    assert paste(page, SEEN[cause])[0] == f"#cause-{cause}"


def test_a_whole_traceback_leads_to_the_cause_of_its_last_line(page: Chrome) -> None:
    assert paste(page, TRACEBACK)[0] == "#cause-rnn-time-major-removed"


def test_a_part_of_a_message_is_enough(page: Chrome) -> None:
    assert paste(page, "could not locate function 'my_own_loss'")[0] == "#cause-h5-loss-by-name"


def test_words_that_no_failure_has_lead_nowhere(page: Chrome) -> None:
    assert paste(page, "Segmentation fault in libcuda while juggling") == []
    assert "No failure of this page says that." in text_of(page, "#ask-error-says")


def test_an_error_is_text(page: Chrome) -> None:
    assert paste(page, "<img src=x onerror=alert(1)>") == []


def test_a_link_to_what_the_page_does_not_have_says_so(page: Chrome) -> None:
    visit(page, page.current_url.split("#")[0] + "#ask=tf2.99..h5..tf2.21&cause=none-such")

    assert "ask tf2.99..h5..tf2.21; cause none-such" in text_of(page, "#strange")


def test_a_link_to_what_is_there_says_nothing(page: Chrome) -> None:
    visit(page, page.current_url.split("#")[0] + "#view=remedies")

    assert text_of(page, "#strange") == ""
