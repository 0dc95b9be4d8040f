"""Claims about causes: one for each failure, picked by the catalogue alone, and a catalogue that is sound."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lab.causes import Case, Catalogue, Cause, Family, Tier, case_of, read_catalogue
from lab.causes.classifying import UNEXPLAINED
from lab.causes.linting import example_cases, lint
from lab.declare import read_matrix
from lab.errors import LabError
from lab.words import CellFacts, Death, Difference, Observation, Outcome, Raised, Stage

ROOT = Path(__file__).parents[1]

OLD = CellFacts(tensorflow="2.4.4", keras="2.4.0", python="3.8")
NEW = CellFacts(tensorflow="2.21.0", keras="3.13.2", python="3.13")

UNKNOWN_LAYER = Case(
    outcome=Outcome.LOAD_ERROR,
    stage=Stage.REBUILD,
    said=(("ValueError", "Unknown layer: Patches"),),
    format="h5",
    strategy="plain",
    producer=OLD,
    consumer=NEW,
)

ENTRY = """
[{id}]
title = "A title"
explanation = "What happened and why."
stages = ["open", "rebuild"]
sources = ["https://example.org/"]
{more}
"""


def entry(cause_id: str, *more: str) -> str:
    return ENTRY.format(id=cause_id, more="\n".join(more))


def catalogue(directory: Path, *entries: str) -> Catalogue:
    (directory / "format.toml").write_text("".join(entries), encoding="utf-8")
    return read_catalogue(directory)


def problems_of(directory: Path, **files: str) -> str:
    for family, text in files.items():
        (directory / f"{family.replace('_', '-')}.toml").write_text(text, encoding="utf-8")
    with pytest.raises(LabError) as raised:
        read_catalogue(directory)
    return str(raised.value)


@pytest.fixture(scope="module")
def real() -> Catalogue:
    return read_catalogue()


def examples(real: Catalogue) -> list[tuple[Cause, Case]]:
    """Each example of the real catalogue, at every place and in every release that its entry names."""
    return [(cause, case) for cause in real.causes for text in cause.examples for case in example_cases(cause, text)]


# --- which cause ---


def test_the_cause_is_the_entry_whose_conditions_hold(tmp_path: Path) -> None:
    made = catalogue(tmp_path, entry("layer", 'message = "^Unknown layer"'), entry("loss", 'message = "^Unknown loss"'))

    assert made.classify(UNKNOWN_LAYER) == "layer"


def test_what_no_entry_recognises_is_unexplained(tmp_path: Path) -> None:
    made = catalogue(tmp_path, entry("loss", 'message = "^Unknown loss"'))

    assert made.classify(UNKNOWN_LAYER) == UNEXPLAINED


def test_an_empty_catalogue_explains_nothing() -> None:
    assert Catalogue(causes=()).classify(UNKNOWN_LAYER) == UNEXPLAINED


@pytest.mark.parametrize("said", [(), (("", ""),), (("Signal", "11"),), (("Exit", "0"),), (("OSError", "\x00" * 9),)])
@pytest.mark.parametrize("stage", [None, *Stage])
def test_every_failure_whatever_it_says_gets_exactly_one_answer(
    real: Catalogue, said: tuple[tuple[str, str], ...], stage: Stage | None
) -> None:
    known = {cause.id for cause in real.causes} | {UNEXPLAINED}

    for outcome in Outcome:
        assert real.classify(replace(UNKNOWN_LAYER, outcome=outcome, stage=stage, said=said)) in known


def test_the_order_of_the_entries_changes_no_answer(real: Catalogue) -> None:
    cases = [example for _, example in examples(real)]
    by_name = Catalogue(causes=tuple(sorted(real.causes, key=lambda cause: (cause.tier, cause.id))))

    assert [by_name.classify(example) for example in cases] == [real.classify(example) for example in cases]


def test_a_specific_entry_speaks_before_a_general_one(tmp_path: Path) -> None:
    made = catalogue(
        tmp_path,
        entry("any-layer", 'tier = "general"', 'message = "^Unknown layer"'),
        entry("patches", 'message = "^Unknown layer: Patches"'),
    )

    assert made.classify(UNKNOWN_LAYER) == "patches"


def test_a_wrapper_speaks_only_where_nobody_knows_what_is_in_it(tmp_path: Path) -> None:
    made = catalogue(
        tmp_path,
        entry("outer", 'tier = "wrapper"', 'message = "could not be deserialized properly"'),
        entry("inner", 'tier = "general"', 'message = "^Unknown layer"'),
    )
    outer = ("TypeError", "<class 'Functional'> could not be deserialized properly.")

    assert made.classify(replace(UNKNOWN_LAYER, said=(outer, *UNKNOWN_LAYER.said))) == "inner"
    assert made.classify(replace(UNKNOWN_LAYER, said=(outer,))) == "outer"


def test_type_and_message_must_hold_of_the_same_link(tmp_path: Path) -> None:
    made = catalogue(tmp_path, entry("layer", 'type = "TypeError"', 'message = "^Unknown layer"'))
    wrapped = (("TypeError", "could not be deserialized"), *UNKNOWN_LAYER.said)

    assert made.classify(replace(UNKNOWN_LAYER, said=wrapped)) == UNEXPLAINED


def test_a_failure_at_another_stage_is_another_one(tmp_path: Path) -> None:
    made = catalogue(tmp_path, entry("layer", 'message = "^Unknown layer"'))

    assert made.classify(replace(UNKNOWN_LAYER, stage=Stage.INFER)) == UNEXPLAINED


def test_a_restore_that_changed_something_is_not_one_that_changed_nothing(tmp_path: Path) -> None:
    made = catalogue(tmp_path, entry("nothing", "changed = 0"))

    assert made.classify(replace(UNKNOWN_LAYER, changed=0)) == "nothing"
    assert made.classify(replace(UNKNOWN_LAYER, changed=3)) == UNEXPLAINED
    assert made.classify(UNKNOWN_LAYER) == UNEXPLAINED


# --- versions ---


def test_an_entry_holds_only_for_the_versions_that_it_names(tmp_path: Path) -> None:
    made = catalogue(tmp_path, entry("layer", 'consumers = { keras = ">=3" }'))

    assert made.classify(UNKNOWN_LAYER) == "layer"
    assert made.classify(replace(UNKNOWN_LAYER, consumer=OLD)) == UNEXPLAINED


def test_a_producer_that_nothing_is_known_of_is_taken_to_fit(tmp_path: Path) -> None:
    made = catalogue(tmp_path, entry("layer", 'producers = { tensorflow = "<2", python = "<3.7" }'))

    assert made.classify(UNKNOWN_LAYER) == UNEXPLAINED
    assert made.classify(replace(UNKNOWN_LAYER, producer=None)) == "layer"


def test_a_version_that_is_not_known_of_a_cell_is_taken_to_fit(tmp_path: Path) -> None:
    made = catalogue(tmp_path, entry("layer", 'producers = { keras = "<2", tensorflow = "<2.5" }'))

    assert made.classify(replace(UNKNOWN_LAYER, producer=replace(OLD, keras=""))) == "layer"


@pytest.mark.parametrize(("producer", "expected"), [(OLD, "python"), (NEW, UNEXPLAINED), (None, "python")])
def test_whether_another_python_saved_it_is_asked_where_both_are_known(
    tmp_path: Path, producer: CellFacts | None, expected: str
) -> None:
    made = catalogue(tmp_path, entry("python", "other_python = true"))

    assert made.classify(replace(UNKNOWN_LAYER, producer=producer)) == expected


@pytest.mark.parametrize(
    ("described", "expected"),
    [('{"class_name": "Lambda"}', "lambda"), ('{"class_name": "Dense"}', UNEXPLAINED), (None, "lambda")],
)
def test_a_layer_is_to_blame_only_where_there_may_be_one(tmp_path: Path, described: str | None, expected: str) -> None:
    made = catalogue(tmp_path, entry("lambda", """holds = '"Lambda"'"""))

    assert made.classify(replace(UNKNOWN_LAYER, described=described)) == expected


def test_who_points_at_what_is_in_the_model_speaks_first(tmp_path: Path) -> None:
    made = catalogue(tmp_path, entry("lambda", """holds = '"Lambda"'"""), entry("any"))

    assert made.classify(replace(UNKNOWN_LAYER, described='"Lambda"')) == "lambda"
    assert made.classify(replace(UNKNOWN_LAYER, described='"Dense"')) == "any"
    assert len(made.matching(UNKNOWN_LAYER)) == 2  # nothing is known of the model


def test_the_crash_of_a_model_without_bytecode_is_not_laid_to_bytecode() -> None:
    crashed = replace(UNKNOWN_LAYER, outcome=Outcome.CRASH, stage=None, said=(("Signal", "11"),), format="h5")
    case = replace(crashed, producer=NEW, consumer=OLD)

    assert read_catalogue().classify(replace(case, described='"Lambda"')) == "bytecode-crashes"
    assert read_catalogue().classify(replace(case, described='"name": "Lambda_1"')) == UNEXPLAINED


# --- from an observation to a case ---


def case(seen: Observation) -> Case:
    return case_of(seen, (Outcome.LOAD_ERROR, Stage.OPEN), ("h5", "plain"), (OLD, NEW))


def test_the_links_of_an_exception_are_said_without_their_modules() -> None:
    raised = Raised(type="builtins.TypeError", message="outer", chain=(("a.b.ValueError", "inner"),))

    assert case(Observation(exception=raised)).said == (("TypeError", "outer"), ("ValueError", "inner"))


@pytest.mark.parametrize(
    ("death", "said"),
    [
        (Death(signal=11), ("Signal", "11")),
        (Death(exit_code=3), ("Exit", "3")),
        (Death(signal=9, timed_out=True), ("Timeout", "")),
    ],
)
def test_a_death_is_put_into_the_same_form(death: Death, said: tuple[str, str]) -> None:
    assert case(Observation(death=death)).said == (said,)


def test_a_difference_is_put_into_the_same_form() -> None:
    far = Difference(misfit=None, max_abs_diff=0.5, max_abs_golden=1.0, mismatches=0)

    assert case(Observation(differences=(far,))).said == (("Difference", "the numbers differ"),)
    assert case(Observation(differences=(replace(far, misfit="shape"),))).said == (("Difference", "shape"),)


def test_a_difference_of_rounding_is_told_from_one_of_weights() -> None:
    near = Difference(misfit=None, max_abs_diff=0.0005, max_abs_golden=0.6, mismatches=0)
    far = replace(near, max_abs_diff=0.05)

    assert case(Observation(differences=(near,))).said == (("Difference", "the numbers differ a little"),)
    assert case(Observation(differences=(near, far))).said == (("Difference", "the numbers differ"),)


def test_a_save_that_wrote_another_container_says_which() -> None:
    assert case(Observation(container="hdf5-model")).said == (("Container", "hdf5-model"),)


def test_a_signature_drops_addresses_and_numbers() -> None:
    one = replace(UNKNOWN_LAYER, said=(("OSError", "object at 0x7f3a of 17 in layer_2"),))
    two = replace(UNKNOWN_LAYER, said=(("OSError", "object at 0xffe0 of 4 in layer_31"),))

    assert one.signature == two.signature == "OSError: object at @ of # in layer_#"


def test_a_signature_is_the_first_line_that_says_something() -> None:
    assert replace(UNKNOWN_LAYER, said=(("E", "\n\n  here\nthere"),)).signature == "E: here"


def test_what_says_nothing_has_a_signature_as_well() -> None:
    assert replace(UNKNOWN_LAYER, said=()).signature == ": "


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
