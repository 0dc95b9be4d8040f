"""Views, filters and the picker, in a real Chromium: all counts on the page go with them."""

from __future__ import annotations

from collections import Counter
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
from page_samples import a_matrix, a_result, many_results

from lab.words import Grade, Model, Outcome

if TYPE_CHECKING:
    from pathlib import Path

    from selenium.webdriver import Chrome

    from lab.words import Matrix, Result

pytestmark = pytest.mark.browser

FAILED = ("drift", "load-error", "crash", "timeout")


def tagged() -> Matrix:
    matrix = a_matrix()
    tags = {"dense": ("compiled",), "cnn": ("compiled", "image"), "lstm": ("recurrent",)}
    models = tuple(
        Model(id=each.id, detects="", formats=each.formats, tags=tags.get(each.id, ())) for each in matrix.models
    )
    return replace(matrix, models=models)


@pytest.fixture(name="page")
def page_of_a_run(tmp_path: Path) -> tuple[str, list[Result]]:
    results = many_results(tagged())
    return written(tmp_path, tagged(), results)[0], results


def counted(chrome: Chrome) -> tuple[int, int]:
    """How many pass of how many, as the line above the grid says."""
    words = text_of(chrome, "#counts").split()
    return int(words[0]), int(words[2])


def plain_of(results: list[Result]) -> list[Result]:
    return [result for result in results if result.strategy == "plain"]


def passed_and_judged(results: list[Result]) -> tuple[int, int]:
    seen = Counter(str(result.outcome) for result in results)
    return seen["pass"], seen["pass"] + sum(seen[outcome] for outcome in FAILED)


@pytest.mark.parametrize(
    ("name", "value", "holds"),
    [
        ("model", "cnn", lambda result: result.model == "cnn"),
        ("format", "h5", lambda result: result.format == "h5"),
        ("tag", "compiled", lambda result: result.model in {"dense", "cnn"}),
        ("outcome", "drift", lambda result: result.outcome is Outcome.DRIFT),
        ("cause", "keras3-config-in-keras2", lambda result: result.cause == "keras3-config-in-keras2"),
        ("stage", "rebuild", lambda result: result.stage == "rebuild"),
    ],
)
def test_a_filter_counts_what_it_says(
    chrome: Chrome, page: tuple[str, list[Result]], name: str, value: str, holds: object
) -> None:
    assert callable(holds)
    visit(chrome, page[0])
    ask(chrome, "document.querySelector('.more').open = true")

    choose(chrome, f"filter-{name}", value)

    assert counted(chrome) == passed_and_judged([result for result in plain_of(page[1]) if holds(result)])
    assert f"{name}={value}" in chrome.current_url


def test_the_options_of_a_filter_add_up_to_what_the_others_leave(
    chrome: Chrome, page: tuple[str, list[Result]]
) -> None:
    visit(chrome, page[0] + "#format=h5")

    options = ask(chrome, "return [...document.getElementById('filter-model').options].map(each => each.textContent)")

    assert isinstance(options, list)
    first, *others = [int(option.split(" of ")[1]) for option in options]
    assert first == sum(others) == counted(chrome)[1]


def test_the_causes_keep_to_what_a_filter_leaves_and_say_so(chrome: Chrome, tmp_path: Path) -> None:
    failed = {"outcome": Outcome.LOAD_ERROR}
    results = [
        a_result(model="dense", cause="optimizer-legacy", **failed),
        a_result(model="cnn", cause="keras3-config-in-keras2", **failed),
    ]
    address, _ = written(tmp_path, tagged(), results)
    visit(chrome, address)
    rows = "return [...document.querySelectorAll('tr[id^=cause-]')].filter(each => !each.hidden).map(each => each.id)"
    both = {"cause-optimizer-legacy", "cause-keras3-config-in-keras2"}
    assert set(ask(chrome, rows)) == both  # type: ignore[call-overload]

    choose(chrome, "filter-model", "cnn")
    until(chrome, "return document.getElementById('causes-narrowed').textContent.includes('cnn')")  # when there is time

    assert ask(chrome, rows) == ["cause-keras3-config-in-keras2"]
    assert text_of(chrome, "#causes-narrowed").startswith("1 of 2 causes: those that occur with cnn.")


def test_rows_and_columns_are_picked_by_name(chrome: Chrome, page: tuple[str, list[Result]]) -> None:
    visit(chrome, page[0] + "#rows=tf2.4%20tf2.1*&columns=tf2.21")

    shown = ask(
        chrome,
        "return [...document.querySelectorAll('.grid td[id]')].filter(each => each.offsetParent).map(each => each.id)",
    )
    assert isinstance(shown, list)
    assert {each.split("..")[1] for each in shown} == {"tf2.21"}
    assert {each.split("..")[0] for each in shown} <= {"tf2.4", "tf2.10", "tf2.15", "tf2.16", "tf2.16-tfkeras"}
    chosen = [result for result in plain_of(page[1]) if result.consumer == "tf2.21" and result.producer != "tf2.21"]
    assert counted(chrome) == passed_and_judged(chosen)


def test_a_reset_shows_everything_again(chrome: Chrome, page: tuple[str, list[Result]]) -> None:
    visit(chrome, page[0])
    before = text_of(chrome, "#counts")
    visit(chrome, page[0] + "#model=cnn&rows=tf2.4&view=remedies")

    click(chrome, "#reset")

    assert text_of(chrome, "#counts") == before
    assert "#" not in chrome.current_url


def test_what_is_good_for_inference_alone_does_not_train_on(chrome: Chrome, tmp_path: Path) -> None:
    results = [
        a_result(grade=Grade.WHOLE),
        a_result(model="cnn", grade=Grade.INFERENCE_ONLY),
        a_result(model="lstm", grade=Grade.TRAINABLE),
    ]
    visit(chrome, written(tmp_path, tagged(), results)[0] + "#view=trainable")

    assert counted(chrome) == (2, 3)
    assert "inference only 1" in next(iter(titles(chrome).values()))


def test_only_what_is_promised_counts_among_promises(chrome: Chrome, tmp_path: Path) -> None:
    results = [
        a_result(promise="promised", rule="newer-minor"),
        a_result(Outcome.LOAD_ERROR, model="cnn", promise="promised", rule="newer-minor"),
        a_result(Outcome.LOAD_ERROR, model="lstm", promise="not-promised", rule="older"),
    ]
    visit(chrome, written(tmp_path, tagged(), results)[0] + "#view=promises")

    assert counted(chrome) == (1, 2)
    until(chrome, "return document.getElementById('grid-table').dataset.squares === 'new'")
    assert "look-mixed" in str(ask(chrome, "return document.querySelector('.grid td[id] .remedies').className"))
