"""Claims about causes: one for each failure, picked by the catalogue alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from causes_samples import NEW, OLD, UNKNOWN_LAYER, catalogue, entry, examples
from page_samples import a_matrix, a_result

from lab.causes import Case, Catalogue, case_of, read_catalogue
from lab.causes.classifying import UNEXPLAINED
from lab.explaining import Explainer, Knowledge
from lab.promises import read_rules
from lab.words import CellFacts, Death, Difference, Observation, Outcome, Raised, Stage


@pytest.fixture(scope="module")
def real() -> Catalogue:
    return read_catalogue()


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


def test_what_was_tried_in_another_cell_is_explained_by_that_cell(real: Catalogue) -> None:
    knowledge = Knowledge(catalogue=real, rules=read_rules(), cells={"tf2.4": OLD, "tf2.10": OLD, "mender": NEW})
    seen = Observation(exception=Raised(type="ValueError", message="?", chain=(), frames=()))
    tried = a_result(Outcome.LOAD_ERROR, observation=seen)

    explainer = Explainer(a_matrix(), knowledge)
    assert explainer.case(tried, seen).consumer == OLD
    assert explainer.case(replace(tried, ran_in="mender"), seen).consumer == NEW


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
