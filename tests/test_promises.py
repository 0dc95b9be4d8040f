from __future__ import annotations

from pathlib import Path

import pytest

from lab.declare import pairs, read_matrix
from lab.errors import LabError
from lab.promises import NO_RULE, Promise, Rulebook, Step, Verdict, broken, read_rules
from lab.promises.judging import step
from lab.promises.linting import lint, unspoken
from lab.promises.reading import FILE, Parsed, parse
from lab.versions import facts_of
from lab.words import CellFacts, Matrix, Outcome

ROOT = Path(__file__).parents[1]
LOCKS = ROOT / "images" / "locks"

A_RULE = """
[[rules]]
id = "{id}"
title = "A rule"
formats = ["{formats}"]
verdict = "promised"
says = "It loads."
sources = ["https://example.org/rule"]
{more}
"""


@pytest.fixture(scope="module")
def matrix() -> Matrix:
    return read_matrix(ROOT / "matrix.toml")


@pytest.fixture(scope="module")
def cells(matrix: Matrix) -> dict[str, CellFacts]:
    return {cell.id: facts_of(cell, (LOCKS / f"{cell.id}.txt").read_text(encoding="utf-8")) for cell in matrix.cells}


@pytest.fixture(scope="module")
def book() -> Rulebook:
    return read_rules()


class Asker:
    """Asks the real table about real cells."""

    def __init__(self, book: Rulebook, cells: dict[str, CellFacts]) -> None:
        self._book = book
        self._cells = cells

    def __call__(self, pair: str, form: str, *tags: str, strategy: str = "plain") -> Promise:
        producer, consumer = pair.split(" > ")
        return self._book.promise(self._cells[producer], self._cells[consumer], tags, form, strategy)


@pytest.fixture(scope="module")
def ask(book: Rulebook, cells: dict[str, CellFacts]) -> Asker:
    return Asker(book, cells)


def a_rule(rule_id: str = "a-rule", formats: str = "h5", more: str = "") -> str:
    return A_RULE.format(id=rule_id, formats=formats, more=more)


def read(text: str) -> Parsed:
    return parse(text, "promises.toml")


# --- The table ------------------------------------------------------------------------------------------------------


def test_every_trial_of_the_matrix_gets_one_promise(
    matrix: Matrix, cells: dict[str, CellFacts], book: Rulebook
) -> None:
    known = {rule.id for rule in book.rules} | {NO_RULE}
    kinds: list[tuple[str, ...]] = [(), ("custom",), ("lambda",), ("module",), ("preprocessing",)]

    for producer, consumer in pairs(matrix, matrix.cells):
        for form in matrix.formats:
            for strategy in form.strategies:
                for tags in kinds:
                    said = book.promise(cells[producer.id], cells[consumer.id], tags, form.id, strategy)
                    assert said.verdict in Verdict
                    assert said.rule in known
                    assert said.says


def test_the_table_is_in_order(matrix: Matrix, cells: dict[str, CellFacts]) -> None:
    assert lint(parse(FILE.read_text(encoding="utf-8"), FILE.name), matrix, cells) == []


def test_every_format_of_the_matrix_is_spoken_of(matrix: Matrix, book: Rulebook) -> None:
    assert unspoken(book.rules, matrix) == []


# --- What the documentation says ------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["savedmodel", "keras-savedmodel", "h5", "weights-h5", "json"])
def test_what_2_4_saves_is_promised_to_load_in_2_10(ask: Asker, form: str) -> None:
    assert ask("tf2.4 > tf2.10", form).verdict is Verdict.PROMISED


@pytest.mark.parametrize("form", ["savedmodel", "keras", "h5", "checkpoint", "weights-v3", "json"])
def test_what_2_16_saves_is_not_promised_to_load_in_2_4(ask: Asker, form: str) -> None:
    assert ask("tf2.16 > tf2.4", form, "module").verdict is Verdict.NOT_PROMISED


def test_a_saved_model_is_promised_in_an_older_patch_of_its_minor_release(ask: Asker) -> None:
    said = ask("tf2.16 > tf2.16.1-cu12.3-cudnn8.9", "savedmodel")

    assert (said.verdict, said.rule) == (Verdict.PROMISED, "saved-model-older-patch")


def test_a_keras_archive_of_keras_2_is_promised_in_keras_3_with_a_caveat(ask: Asker) -> None:
    said = ask("tf2.15 > tf2.16", "keras")

    assert said.verdict is Verdict.PROMISED
    assert "20081" in said.caveat


def test_other_whole_models_of_keras_2_are_not_promised_in_keras_3(ask: Asker) -> None:
    assert ask("tf2.15 > tf2.16", "h5").verdict is Verdict.NOT_PROMISED
    assert ask("tf2.15 > tf2.16", "json").verdict is Verdict.NOT_PROMISED


def test_old_weights_are_promised_only_while_the_reference_named_them(ask: Asker) -> None:
    assert ask("tf2.15 > tf2.16", "weights-h5").verdict is Verdict.PROMISED
    assert ask("tf2.15 > tf2.21", "weights-h5").verdict is Verdict.NOT_PROMISED


def test_keras_3_is_not_promised_to_load_a_saved_model_but_tensorflow_is(ask: Asker) -> None:
    assert ask("tf2.10 > tf2.16", "keras-savedmodel").verdict is Verdict.NOT_PROMISED
    assert ask("tf2.10 > tf2.16", "keras-savedmodel", strategy="saved-model-load").verdict is Verdict.PROMISED


def test_legacy_keras_is_held_to_the_rules_of_keras_2(ask: Asker) -> None:
    assert ask("tf2.15 > tf2.16-tfkeras", "h5").rule == "keras-2-newer"
    assert ask("tf2.16 > tf2.16-tfkeras", "keras").rule == "keras-3-into-keras-2"


def test_nothing_is_said_of_one_keras_3_and_another_on_the_same_tensorflow(ask: Asker) -> None:
    assert ask("tf2.16-keras3.0 > tf2.16-keras3.15", "keras").verdict is Verdict.SILENT
    assert ask("tf2.16 > tf2.21", "keras").verdict is Verdict.PROMISED


def test_a_lambda_is_promised_only_in_its_own_environment(ask: Asker) -> None:
    assert ask("tf2.10 > tf2.10", "h5", "lambda").verdict is Verdict.PROMISED
    assert ask("tf2.10 > tf2.10-py38", "h5", "lambda").verdict is Verdict.NOT_PROMISED
    assert ask("tf2.10 > tf2.10-py38", "savedmodel", "lambda").verdict is Verdict.PROMISED


def test_a_lambda_in_a_keras_archive_is_promised_only_without_safe_mode(ask: Asker) -> None:
    assert ask("tf2.15 > tf2.15", "keras", "lambda").verdict is Verdict.NOT_PROMISED
    assert ask("tf2.15 > tf2.15", "keras", "lambda", strategy="unsafe").verdict is Verdict.PROMISED


def test_a_custom_layer_is_promised_only_where_it_is_given_to_the_loader(ask: Asker) -> None:
    assert ask("tf2.4 > tf2.10", "h5", "custom").verdict is Verdict.NOT_PROMISED
    assert ask("tf2.4 > tf2.10", "h5", "custom", strategy="custom-objects").verdict is Verdict.PROMISED


def test_a_checkpoint_is_promised_to_plain_variables_and_not_to_keras_code_of_another_release(ask: Asker) -> None:
    assert ask("tf2.10 > tf2.15", "checkpoint", "module").verdict is Verdict.PROMISED
    assert ask("tf2.10 > tf2.15", "checkpoint", "compiled").verdict is Verdict.NOT_PROMISED
    assert ask("tf2.10 > tf2.10", "checkpoint", "compiled").verdict is Verdict.PROMISED


@pytest.mark.parametrize(
    ("pair", "verdict"),
    [
        ("tf2.3 > tf2.3-h5py3", Verdict.NOT_PROMISED),
        ("tf2.10 > tf2.10-numpy2", Verdict.NOT_PROMISED),
        ("tf2.8 > tf2.8-protobuf4", Verdict.SILENT),
    ],
)
def test_no_promise_covers_packages_that_the_release_was_not_made_for(ask: Asker, pair: str, verdict: Verdict) -> None:
    assert ask(pair, "savedmodel").verdict is verdict


def test_a_way_of_loading_that_no_page_names_is_silent(ask: Asker) -> None:
    said = ask("tf2.4 > tf2.10", "h5", strategy="rewrite-config")

    assert (said.verdict, said.rule) == (Verdict.SILENT, NO_RULE)


# --- Judging --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("producer", "consumer", "expected"),
    [
        ("2.4.4", "2.4.4", Step.SAME),
        ("2.16.1", "2.16.2", Step.NEWER_PATCH),
        ("2.16.2", "2.16.1", Step.OLDER_PATCH),
        ("2.4.4", "2.10.0", Step.NEWER_MINOR),
        ("2.10.0", "2.4.4", Step.OLDER_MINOR),
        ("2.15.0", "3.0.5", Step.NEWER_MAJOR),
        ("3.0.5", "2.15.0", Step.OLDER_MAJOR),
        ("2.15.0", "2.15.0.post1", Step.SAME),
    ],
)
def test_a_step_is_named_after_the_first_part_that_differs(producer: str, consumer: str, expected: Step) -> None:
    assert step(producer, consumer) is expected


def test_the_first_rule_that_fits_counts(cells: dict[str, CellFacts]) -> None:
    book = Rulebook(read(a_rule("first") + a_rule("second", formats="*")).rules)

    assert book.promise(cells["tf2.4"], cells["tf2.10"], (), "h5").rule == "first"
    assert book.promise(cells["tf2.4"], cells["tf2.10"], (), "json").rule == "second"


def test_a_cell_that_nothing_is_known_of_gets_no_promise(book: Rulebook, cells: dict[str, CellFacts]) -> None:
    assert book.promise(cells["tf2.4"], None, (), "savedmodel").verdict is Verdict.SILENT


@pytest.mark.parametrize("outcome", [Outcome.LOAD_ERROR, Outcome.DRIFT, Outcome.CRASH, Outcome.TIMEOUT])
def test_a_promise_is_broken_by_what_fails_or_drifts(ask: Asker, outcome: Outcome) -> None:
    assert broken(ask("tf2.4 > tf2.10", "savedmodel"), outcome)


@pytest.mark.parametrize("outcome", [Outcome.PASS, Outcome.BLOCKED, Outcome.UNSUPPORTED, Outcome.INFRA_ERROR])
def test_a_promise_is_not_broken_by_what_passes_or_was_never_tried(ask: Asker, outcome: Outcome) -> None:
    assert not broken(ask("tf2.4 > tf2.10", "savedmodel"), outcome)


def test_what_was_never_promised_cannot_be_broken(ask: Asker) -> None:
    assert not broken(ask("tf2.16 > tf2.4", "savedmodel"), Outcome.LOAD_ERROR)


# --- Reading and linting --------------------------------------------------------------------------------------------


def test_everything_that_is_wrong_is_said_at_once_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "promises.toml"
    path.write_text(
        a_rule("bad-range", more='consumer = { tensorflow = "2.16 or so" }')
        + a_rule("no-source").replace('sources = ["https://example.org/rule"]', "sources = []")
        + a_rule("no-link").replace("https://", "ftp://")
        + a_rule("no-verdict").replace('"promised"', '"perhaps"')
        + a_rule("no-such-key", more="likely = true")
        + a_rule("no-such-step", more='keras = ["sideways"]')
        + a_rule("twice")
        + a_rule("twice"),
        encoding="utf-8",
    )

    with pytest.raises(LabError) as raised:
        read_rules(path)

    lines = str(raised.value).splitlines()
    assert lines[0] == "promises.toml has 7 problems:"
    assert "promises.toml:2: bad-range: 'consumer.tensorflow': '2.16 or so' is no version specifier" in lines[1]
    assert "promises.toml:11: no-source: 'sources' is empty" in lines[2]
    assert "no-link: 'sources.0': 'ftp://example.org/rule' is no link that starts with https://" in lines[3]
    assert "no-verdict: 'verdict': 'perhaps' is none of promised, not-promised, silent" in lines[4]
    assert "no-such-key: unknown key 'likely'" in lines[5]
    assert "no-such-step: 'keras.0': 'sideways' is none of same, newer-patch" in lines[6]
    assert "'twice' stands in promises.toml:" in lines[7]


def test_a_file_that_is_no_toml_is_said_to_be_none() -> None:
    assert "not valid TOML" in read("[[rules]\n").problems[0]


def test_a_rule_without_a_source_is_found_beside_an_idle_one(matrix: Matrix, cells: dict[str, CellFacts]) -> None:
    parsed = read(
        a_rule("no-source").replace('sources = ["https://example.org/rule"]\n', "")
        + a_rule("idle", more='tensorflow = ["newer-major"]')
    )

    assert lint(parsed, matrix, cells) == [
        "promises.toml:2: no-source: 'sources' is missing",
        "promises.toml:10: idle: fits no trial of the matrix",
    ]


def test_a_rule_that_always_comes_second_is_found(matrix: Matrix, cells: dict[str, CellFacts]) -> None:
    parsed = read(a_rule("all", formats="*") + a_rule("some"))

    assert lint(parsed, matrix, cells) == [
        "promises.toml:11: some: never speaks: for every trial that it fits an earlier rule counts"
    ]


def test_names_that_the_matrix_does_not_have_are_found(matrix: Matrix, cells: dict[str, CellFacts]) -> None:
    parsed = read(
        a_rule("format", formats="hdf6")
        + a_rule("strategy", more='strategies = ["pray"]')
        + a_rule("tag", more='tags = ["huge"]')
    )

    assert [problem for problem in lint(parsed, matrix, cells) if "unknown" in problem] == [
        "promises.toml:2: format: unknown format 'hdf6'",
        "promises.toml:11: strategy: unknown strategy 'pray'",
        "promises.toml:20: tag: unknown tag 'huge'",
    ]


def test_a_pending_rule_may_be_idle_until_something_fits(matrix: Matrix, cells: dict[str, CellFacts]) -> None:
    parsed = read(
        a_rule("of-tomorrow", formats="hologram", more='pending = "no such format yet"')
        + a_rule("of-today", more='pending = "no such format yet"')
    )

    assert lint(parsed, matrix, cells) == [
        "promises.toml:11: of-today: fits trials of the matrix by now: take 'pending' away"
    ]


def test_a_format_that_no_rule_names_is_found(matrix: Matrix) -> None:
    rules = read(a_rule("all", formats="*") + a_rule("most", formats="[!h]*")).rules

    assert unspoken(rules, matrix) == ["h5", "h5-no-optimizer"]
