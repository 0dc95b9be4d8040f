"""The question at the top of the page, asked in a real Chromium and answered from the results."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from packaging.specifiers import SpecifierSet
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
from page_samples import a_cell, a_matrix, a_result, many_results

from lab.words import Grade, Outcome, Stage

if TYPE_CHECKING:
    from pathlib import Path

    from selenium.webdriver import Chrome

    from lab.words import Matrix, Result

pytestmark = pytest.mark.browser

MODELS = ("dense", "cnn", "lambda")
VERSIONS = ("2.4", "2.10", "2.15", "2.16", "2.21")


def releases() -> Matrix:
    """Five releases and an environment that is none."""
    cells = tuple(a_cell(f"tf{version}", "main") for version in VERSIONS)
    return a_matrix(cells=(*cells, a_cell("tf2.16-tfkeras", "legacy")), models=MODELS, formats=("h5", "keras"))


def saved_by_2_4(consumer: str, *, loads: bool, model: str = "dense", remedy: str = "", **changes: str) -> list[Result]:
    """What became of one model saved by TensorFlow 2.4 as HDF5."""
    place = {"consumer": consumer, "model": model, **changes}
    if loads:
        return [a_result(**place)]
    failed = a_result(Outcome.LOAD_ERROR, stage=Stage.REBUILD, cause="keras3-config-in-keras2", **place)
    mended = a_result(strategy=remedy, grade=Grade.TRAINABLE, **place)
    return [failed, mended] if remedy else [failed]


def asked(chrome: Chrome, directory: Path, results: list[Result], question: str = "tf2.4..h5..tf2.21") -> str:
    """What the page answers."""
    address, _ = written(directory, releases(), results)
    visit(chrome, f"{address}#ask={question}")
    return text_of(chrome, "#ask")


def specifiers(chrome: Chrome) -> list[str]:
    """What may be installed, as typed and then with remedies."""
    found = ask(chrome, "return [...document.querySelectorAll('.specifier')].map(each => each.textContent)")
    assert isinstance(found, list)
    return found


def test_the_sentence_counts_what_loads_as_typed_with_a_remedy_and_not_at_all(chrome: Chrome, tmp_path: Path) -> None:
    answer = asked(
        chrome,
        tmp_path,
        [
            *saved_by_2_4("tf2.21", model="dense", loads=True),
            *saved_by_2_4("tf2.21", model="cnn", loads=False, remedy="compile-false"),
            *saved_by_2_4("tf2.21", model="lambda", loads=False),
        ],
    )

    assert "Of 3 models saved by TensorFlow 2.4.0 with h5, 1 loads as typed in TensorFlow 2.21.0" in answer
    assert "1 more with a remedy, 1 does not in any way that was tried." in answer
    assert "It depends on the model." in answer
    assert "compile-false mends 1" in answer
    assert "Good for: can be trained" in answer


def test_what_loads_nowhere_here_is_sent_where_it_loads(chrome: Chrome, tmp_path: Path) -> None:
    answer = asked(
        chrome, tmp_path, [*saved_by_2_4("tf2.21", loads=False), *saved_by_2_4("tf2.16-tfkeras", loads=True)]
    )

    assert "No." in answer
    assert "In tf2.16-tfkeras, it loads." in answer


def test_a_specifier_holds_exactly_the_measured_releases_that_load_all(chrome: Chrome, tmp_path: Path) -> None:
    loading = {"2.4": True, "2.10": False, "2.15": True, "2.16": True, "2.21": False}
    asked(chrome, tmp_path, [each for v, loads in loading.items() for each in saved_by_2_4(f"tf{v}", loads=loads)])

    specifier = SpecifierSet(specifiers(chrome)[0].removeprefix("tensorflow"))
    assert {version: specifier.contains(f"{version}.0") for version in VERSIONS} == loading


def test_a_release_that_was_not_run_is_said_to_be_inferred(chrome: Chrome, tmp_path: Path) -> None:
    answer = asked(chrome, tmp_path, [*saved_by_2_4("tf2.4", loads=True), *saved_by_2_4("tf2.15", loads=True)])

    assert specifiers(chrome) == ["tensorflow>=2.4.0,<=2.15.0"]
    assert "measured: 2.4.0 (Python 3.10), 2.15.0 (Python 3.10); not run, inferred: 2.5 to 2.14" in answer


def test_what_was_not_run_is_not_known(chrome: Chrome, tmp_path: Path) -> None:
    answer = asked(chrome, tmp_path, saved_by_2_4("tf2.4", loads=True), "tf2.4..keras..tf2.21")

    assert "Not known." in answer


def test_a_question_lives_in_the_address(chrome: Chrome, tmp_path: Path) -> None:
    asked(chrome, tmp_path, many_results(releases()))

    choose(chrome, "ask-producer", "tf2.15")

    assert chrome.current_url.endswith("#ask=tf2.15..h5..tf2.21")
    assert text_of(chrome, "#ask-says").count("TensorFlow 2.15.0") == 1


def test_a_question_about_one_kind_counts_the_models_of_that_kind_alone(chrome: Chrome, tmp_path: Path) -> None:
    matrix = releases()
    tagged = [replace(model, tags=("recurrent",)) if model.id == "cnn" else model for model in matrix.models]
    address, _ = written(
        tmp_path,
        replace(matrix, models=tuple(tagged)),
        [*saved_by_2_4("tf2.21", model="cnn", loads=False), *saved_by_2_4("tf2.21", model="dense", loads=True)],
    )
    visit(chrome, address)
    choose(chrome, "ask-consumer", "tf2.21")

    choose(chrome, "ask-tag", "recurrent")

    assert "Of 1 model of the kind recurrent saved by TensorFlow 2.4.0 with h5, 0 load" in text_of(chrome, "#ask-says")
    assert chrome.current_url.endswith("#ask=tf2.4..h5..tf2.21..recurrent")


def test_a_page_asks_the_oldest_producer_and_the_newest_release_first(chrome: Chrome, tmp_path: Path) -> None:
    asked(chrome, tmp_path, many_results(releases()), "nonsense")

    chosen = "return ['producer', 'format', 'consumer'].map(each => document.getElementById('ask-' + each).value)"
    assert ask(chrome, chosen) == ["tf2.4", "h5", "tf2.21"]


def test_the_first_answer_is_said_to_be_an_example_until_somebody_asks(chrome: Chrome, tmp_path: Path) -> None:
    address, _ = written(tmp_path, releases(), many_results(releases()))
    hidden = "return document.getElementById('ask-example').hidden"
    visit(chrome, address)
    assert ask(chrome, hidden) is False

    choose(chrome, "ask-producer", "tf2.15")

    assert ask(chrome, hidden) is True


def test_the_model_that_is_named_leads_to_its_evidence(chrome: Chrome, tmp_path: Path) -> None:
    asked(chrome, tmp_path, many_results(releases()))

    click(chrome, "#ask .which summary")
    click(chrome, "#ask .chip")

    assert text_of(chrome, "#evidence-title") == "tf2.4 → tf2.21"
    assert ask(chrome, "return document.querySelectorAll('details.case[open]').length") == 1
