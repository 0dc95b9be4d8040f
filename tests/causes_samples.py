"""Entries of a catalogue and a case for them, for the tests of causes."""

from __future__ import annotations

from pathlib import Path

from lab.causes import Case, Catalogue, Cause, read_catalogue
from lab.causes.linting import example_cases
from lab.words import CellFacts, Outcome, Stage

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


def examples(real: Catalogue) -> list[tuple[Cause, Case]]:
    """Each example of the real catalogue, at every place and in every release that its entry names."""
    return [(cause, case) for cause in real.causes for text in cause.examples for case in example_cases(cause, text)]
