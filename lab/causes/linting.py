"""Check the catalogue against its own examples and against what was seen: nothing idle, nothing ambiguous. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product

from lab.causes.classifying import Case, Catalogue
from lab.causes.entries import Cause, Versions
from lab.words import CellFacts, Outcome

# What examples are tried in: every minor release with the Keras of its day, and the releases of Keras 3 between.
RELEASES = tuple(
    CellFacts(tensorflow=tensorflow, keras=keras, python=python)
    for tensorflow, keras, python in (
        *((f"2.{minor}.0", f"2.{minor}", "3.8") for minor in range(5)),
        *((f"2.{minor}.0", f"2.{minor}.0", "3.9") for minor in range(5, 16)),
        *(("2.16.2", f"3.{minor}.0", "3.11") for minor in (0, 3, 4, 6, 9, 11, 12, 15)),
        ("2.16.2", "2.16.0", "3.11"),  # tf_keras
        ("2.17.1", "3.6.0", "3.11"),
        ("2.18.1", "3.9.0", "3.12"),
        ("2.20.0", "3.11.3", "3.11"),
        ("2.21.0", "3.13.2", "3.13"),
    )
)


def lint(catalogue: Catalogue, seen: Mapping[str, Case], strategies: Iterable[str]) -> list[str]:
    """Every problem in words; ``seen`` are failures by name, ``strategies`` all that a remedy may be."""
    known = set(strategies)
    exercised = {catalogue.classify(case) for case in seen.values()}
    return [
        *(problem for cause in catalogue.causes for problem in _of_examples(catalogue, cause)),
        *(problem for cause in catalogue.causes for problem in _of_remedies(cause, known)),
        *(
            f"{cause.place}: {cause.id}: no example and no observation exercises it"
            for cause in catalogue.causes
            if not cause.examples and cause.id not in exercised
        ),
        *ambiguities(catalogue, seen),
    ]


def ambiguities(catalogue: Catalogue, seen: Mapping[str, Case]) -> list[str]:
    """Failures that more than one entry explains: one line a combination, with one of them."""
    found: dict[tuple[str, ...], str] = {}
    for name, case in seen.items():
        fitting = tuple(cause.id for cause in catalogue.matching(case))
        if len(fitting) > 1:
            found.setdefault(fitting, name)
    return [f"{' and '.join(ids)} both explain {name}" for ids, name in found.items()]


def example_cases(cause: Cause, text: str) -> Iterator[Case]:
    """The example at every place, and in every release, where the entry says that it belongs."""
    kind, _, message = text.partition(": ")
    conditions = cause.conditions
    for outcome, stage, form, strategy in product(
        sorted(conditions.outcomes),
        sorted(conditions.stages),
        sorted(conditions.formats or {""}),
        sorted(conditions.strategies or {"plain"}),
    ):
        saving = outcome is Outcome.BLOCKED  # nobody loads what could not be saved
        cells = conditions.producers if saving else conditions.consumers
        for release in filter(cells.fit, RELEASES):
            yield Case(
                outcome=outcome,
                stage=stage,
                said=((kind, message),),
                format=form,
                strategy=strategy,
                producer=release if saving else _a_release(conditions.producers),
                consumer=None if saving else release,
                changed=conditions.changed,
                described="" if conditions.holds is None else conditions.holds.pattern.split("|")[0].replace("\\b", ""),
            )


def _a_release(wanted: Versions) -> CellFacts | None:
    """The oldest release that fits; None, a file of unknown origin, where all do."""
    return None if wanted == Versions() else next(filter(wanted.fit, RELEASES), None)


def _of_examples(catalogue: Catalogue, cause: Cause) -> Iterator[str]:
    for text in cause.examples:
        cases = list(example_cases(cause, text))
        if not cases:
            yield f"{cause.place}: {cause.id}: no release is among its versions"
        explained = {other for case in cases for other in _ids(catalogue, case)}
        if cases and explained != {cause.id}:
            others = ", ".join(sorted(explained - {cause.id}))
            yield f"{cause.place}: {cause.id}: its example '{text[:60]}' is explained by {others}"


def _ids(catalogue: Catalogue, case: Case) -> set[str]:
    return {cause.id for cause in catalogue.matching(case)} or {"nothing"}


def _of_remedies(cause: Cause, known: set[str]) -> Iterator[str]:
    for remedy in cause.remedies:
        if remedy not in known:
            yield f"{cause.place}: {cause.id}: there is no strategy '{remedy}'"
