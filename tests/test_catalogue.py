"""Claims about the catalogue of causes: what it refuses, what its lint finds, and that the project's own is sound."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from causes_samples import NEW, OLD, UNKNOWN_LAYER, catalogue, entry, examples
from conftest import ROOT

from lab.causes import Catalogue, Family, Tier, read_catalogue
from lab.causes.classifying import UNEXPLAINED
from lab.causes.linting import lint
from lab.declare import read_matrix
from lab.errors import LabError
from lab.words import CellFacts, Stage


def problems_of(directory: Path, **files: str) -> str:
    for family, text in files.items():
        (directory / f"{family.replace('_', '-')}.toml").write_text(text, encoding="utf-8")
    with pytest.raises(LabError) as raised:
        read_catalogue(directory)
    return str(raised.value)


@pytest.fixture(scope="module")
def real() -> Catalogue:
    return read_catalogue()


# --- reading ---


def test_all_that_is_wrong_is_said_at_once_with_file_and_line(tmp_path: Path) -> None:
    said = problems_of(
        tmp_path,
        format=entry("bad-pattern", 'message = "("') + entry("twice") + entry("bad-version", "consumers.keras = '3'"),
        environment=entry("twice") + entry("bad-stage").replace('"rebuild"', '"landing"'),
        version=entry('"Not an id"') + entry("unknown-key", 'remedy = "x"'),
    )

    assert said.splitlines()[0] == "the catalogue of causes has 6 problems:"
    assert "format.toml:2: bad-pattern: message:" in said
    assert "format.toml:16: bad-version: consumers.keras:" in said
    assert "environment.toml:9: bad-stage:" in said
    assert "version.toml:2: 'Not an id' is no id" in said
    assert "version.toml:9: unknown-key: remedy:" in said
    assert "'twice' stands in environment.toml:2 already" in said


def test_a_file_that_is_no_family_is_refused(tmp_path: Path) -> None:
    assert "weather.toml: a file is named after a family: version, format" in problems_of(tmp_path, weather="")


def test_a_family_may_have_several_files(tmp_path: Path) -> None:
    (tmp_path / "format.toml").write_text(entry("one"), encoding="utf-8")
    (tmp_path / "format.weights.toml").write_text(entry("two"), encoding="utf-8")

    assert {(cause.id, cause.family) for cause in read_catalogue(tmp_path).causes} == {
        ("one", Family.FORMAT),
        ("two", Family.FORMAT),
    }


def test_a_cause_without_a_source_is_refused(tmp_path: Path) -> None:
    text = entry("hearsay").replace('["https://example.org/"]', "[]")

    assert "format.toml:2: hearsay: sources:" in problems_of(tmp_path, format=text)


# --- the lint ---


def test_a_sound_catalogue_has_no_problems(tmp_path: Path) -> None:
    made = catalogue(
        tmp_path, entry("layer", 'message = "^Unknown"', 'examples = ["ValueError: Unknown layer: Patches"]')
    )

    assert lint(made, {}, []) == []


def test_an_entry_that_nothing_exercises_is_a_problem(tmp_path: Path) -> None:
    made = catalogue(tmp_path, entry("dead", 'message = "^Never"'))

    assert lint(made, {"a/b": UNKNOWN_LAYER}, []) == ["format.toml:2: dead: no example and no observation exercises it"]


def test_an_observation_exercises_an_entry_without_examples(tmp_path: Path) -> None:
    made = catalogue(tmp_path, entry("layer", 'message = "^Unknown layer"'))

    assert lint(made, {"a/b": UNKNOWN_LAYER}, []) == []


def test_two_entries_for_one_failure_are_a_problem(tmp_path: Path) -> None:
    made = catalogue(tmp_path, entry("one", 'message = "layer"'), entry("two", 'message = "Patches"'))

    assert lint(made, {"a/b": UNKNOWN_LAYER, "a/c": UNKNOWN_LAYER}, []) == [
        "format.toml:9: two: no example and no observation exercises it",
        "one and two both explain a/b",
    ]


def test_an_example_that_another_entry_explains_is_a_problem(tmp_path: Path) -> None:
    made = catalogue(
        tmp_path,
        entry("wide", 'message = "layer"', 'examples = ["ValueError: Unknown layer: Patches"]'),
        entry("narrow", 'message = "Patches"', 'examples = ["ValueError: Patches"]'),
    )

    assert lint(made, {}, []) == [
        "format.toml:2: wide: its example 'ValueError: Unknown layer: Patches' is explained by narrow"
    ]


def test_an_example_that_its_own_entry_does_not_recognise_is_a_problem(tmp_path: Path) -> None:
    made = catalogue(tmp_path, entry("layer", 'message = "^Unknown"', 'examples = ["ValueError: No layer"]'))

    assert lint(made, {}, []) == ["format.toml:2: layer: its example 'ValueError: No layer' is explained by nothing"]


def test_an_example_must_hold_at_every_stage_that_the_entry_names(tmp_path: Path) -> None:
    made = catalogue(
        tmp_path,
        entry("layer", 'message = "^Unknown"', 'examples = ["ValueError: Unknown"]'),
        entry("at-open", 'message = "^Unknown"', 'examples = ["ValueError: Unknown"]').replace(', "rebuild"', ""),
    )

    assert len(lint(made, {}, [])) == len(made.causes)


def test_an_example_is_tried_in_the_releases_of_its_entry_only(tmp_path: Path) -> None:
    made = catalogue(
        tmp_path,
        entry("old", 'message = "x"', 'consumers = { keras = "<3" }', 'examples = ["ValueError: x"]'),
        entry("new", 'message = "x"', 'consumers = { keras = ">=3" }', 'examples = ["ValueError: x"]'),
    )

    assert lint(made, {}, []) == []


def test_an_entry_for_releases_that_do_not_exist_is_a_problem(tmp_path: Path) -> None:
    made = catalogue(tmp_path, entry("never", 'consumers = { tensorflow = ">=3" }', 'examples = ["ValueError: x"]'))

    assert lint(made, {}, []) == ["format.toml:2: never: no release is among its versions"]


def test_a_remedy_that_is_no_strategy_is_a_problem(tmp_path: Path) -> None:
    made = catalogue(tmp_path, entry("layer", 'examples = ["ValueError: x"]', 'remedies = ["no-compile", "prayer"]'))

    assert lint(made, {}, ["plain", "no-compile"]) == ["format.toml:2: layer: there is no strategy 'prayer'"]


# --- the catalogue of the project ---


def test_each_example_is_explained_by_its_own_entry(real: Catalogue) -> None:
    explained = [(cause.id, real.classify(example)) for cause, example in examples(real)]

    assert [pair for pair in explained if pair[0] != pair[1]] == []


def test_the_projects_catalogue_is_sound(real: Catalogue) -> None:
    strategies = {strategy for form in read_matrix(ROOT / "matrix.toml").formats for strategy in form.strategies}
    unexercised = "no example and no observation exercises it"  # needs a run to tell

    assert [problem for problem in lint(real, {}, strategies) if unexercised not in problem] == []


def test_every_family_has_causes(real: Catalogue) -> None:
    assert {cause.family for cause in real.causes} == set(Family)


def test_a_wrapper_of_the_project_recognises_no_example_of_another_entry(real: Catalogue) -> None:
    wrappers = Catalogue(causes=tuple(cause for cause in real.causes if cause.tier is Tier.WRAPPER))
    others = [example for cause, example in examples(real) if cause.tier is not Tier.WRAPPER]

    assert {wrappers.classify(example) for example in others} <= {UNEXPLAINED, "weights-v3-not-loaded"}


@pytest.mark.parametrize(
    ("said", "consumer", "expected"),
    [
        ("ValueError: Unknown layer: AttentionLayer", OLD, "custom-layer-unknown"),
        ("ValueError: Unknown loss function:dice_coef_loss", OLD, "custom-loss-unknown"),
        ("TypeError: pop expected at most 1 argument, got 2", NEW, "h5-sequential-config-is-list"),
        ("ValueError: No model config found in the file at weights.h5.", NEW, "hdf5-holds-weights-only"),
        ("ValueError: Argument(s) not recognized: {'lr': 0.001}", NEW, "optimizer-old-arguments"),
        ("ValueError: Unknown layer: 'CuDNNLSTM'. Please ensure", NEW, "cudnn-layer-removed"),
        ("ValueError: Unknown layer: 'Merge'. Please ensure", NEW, "keras1-config"),
        ("TypeError: ('Keyword argument not understood:', 'input_dtype')", OLD, "keras1-config"),
        ("TypeError: ('Keyword argument not understood:', 'implementation')", OLD, "layer-argument-unknown"),
        (
            "ValueError: Unrecognized keyword arguments passed to GRU: {'time_major': False}",
            NEW,
            "rnn-time-major-removed",
        ),
        (
            "TypeError: GlorotUniform.__init__() got an unexpected keyword argument 'dtype'",
            NEW,
            "initializer-dtype-of-tf1",
        ),
        ("AttributeError: 'NoneType' object has no attribute 'get'", OLD, "lambda-function-unknown"),
        ("ValueError: bad marshal data (unknown type code)", OLD, "bytecode-of-another-python"),
        ("AttributeError: 'str' object has no attribute 'decode'", OLD, "h5py-3-in-old-tensorflow"),
    ],
)
def test_a_file_of_unknown_origin_is_explained_as_well(
    real: Catalogue, said: str, consumer: CellFacts, expected: str
) -> None:
    kind, _, message = said.partition(": ")
    foreign = replace(UNKNOWN_LAYER, said=((kind, message),), producer=None, consumer=consumer)

    assert {real.classify(replace(foreign, stage=stage)) for stage in (None, Stage.OPEN)} == {expected}
