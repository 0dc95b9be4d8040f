"""Claims about what ``lab try`` prints of a file, and how it names the code that it writes."""

from __future__ import annotations

from pathlib import Path

from page_samples import a_cell

from lab.causes import read_catalogue
from lab.cli.trying import labels_of, outcome_lines
from lab.trying import Attempt
from lab.words import Judgement, Observation, Outcome, Stage

CATALOGUE = read_catalogue()
CELL = a_cell("tf2.21", "main")
FIRST, LAST = "lambda-reads-a-module", "constant-among-inputs"


def an_attempt(
    strategy: str, cause: str | None, stage: Stage, reason: str = "", training: str | None = None
) -> Attempt:
    """A load of one file in one cell."""
    outcome = Outcome.LOAD_ERROR if cause else Outcome.PASS
    judgement = Judgement(outcome=outcome, stage=stage, cause=None, reason=reason, max_abs_diff=None)
    return Attempt(
        file="m.h5",
        consumer=CELL.id,
        strategy=strategy,
        judgement=judgement,
        observation=Observation(),
        cause=cause,
        training=training,
    )


def said_of(*attempts: Attempt) -> str:
    """The lines of one cell."""
    return "\n".join(outcome_lines(CELL, attempts, CATALOGUE))


def test_where_nothing_helps_the_hurdle_that_is_left_is_told_beside_the_first() -> None:
    said = said_of(
        an_attempt("plain", FIRST, Stage.OPEN),
        an_attempt("rewrite-config", LAST, Stage.INFER),
        an_attempt("no-compile", FIRST, Stage.OPEN),
    )

    assert f"[{FIRST}]" in said
    assert "and rewrite-config gets further: " in said
    assert f"[{LAST}]" in said


def test_a_hurdle_before_the_first_one_is_not_told() -> None:
    said = said_of(an_attempt("plain", FIRST, Stage.INFER), an_attempt("drop-optimizer", LAST, Stage.OPEN))

    assert f"[{LAST}]" not in said


def test_where_a_remedy_helps_no_other_hurdle_is_told() -> None:
    said = said_of(
        an_attempt("plain", FIRST, Stage.OPEN),
        an_attempt("no-compile", LAST, Stage.INFER),
        an_attempt("rewrite-config", None, Stage.COMPARE),
    )

    assert "loads with rewrite-config" in said
    assert f"[{LAST}]" not in said


def test_one_hurdle_is_told_once() -> None:
    said = said_of(an_attempt("plain", FIRST, Stage.OPEN), an_attempt("rewrite-config", FIRST, Stage.INFER))

    assert "gets further" not in said


def test_what_is_left_is_told_with_its_words_and_with_what_to_do() -> None:
    said = said_of(an_attempt("plain", "custom-layer-unknown", Stage.REBUILD, "ValueError: Unknown layer: AttLayer"))

    assert "ValueError: Unknown layer: AttLayer" in said
    assert "what to do: Import the class and hand it over" in said


def test_a_load_that_is_well_but_for_its_training_is_told_as_a_load() -> None:
    said = said_of(an_attempt("plain", None, Stage.COMPARE, training="ended by signal 11"))

    assert said.startswith(f"{CELL.id:10s} loads\n")
    assert "training it there crashes (ended by signal 11)" in said


def test_files_of_the_same_name_are_told_apart_by_their_folders() -> None:
    paths = [Path("/models/a/best.h5"), Path("/models/b/best.h5"), Path("/models/b/other.h5")]

    assert list(labels_of(paths).values()) == ["a-best.h5", "b-best.h5", "other.h5"]


def test_one_file_named_twice_has_one_name() -> None:
    assert set(labels_of([Path("/models/best.h5")] * 2).values()) == {"best.h5"}
