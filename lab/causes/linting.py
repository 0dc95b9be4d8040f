"""Check the catalogue against its own examples and against what was seen: nothing idle, nothing ambiguous. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product

from lab.causes.classifying import Case, Catalogue
from lab.causes.entries import Cause


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


def _of_examples(catalogue: Catalogue, cause: Cause) -> Iterator[str]:
    for text in cause.examples:
        explained = {other.id for case in _cases(cause, text) for other in catalogue.matching(case)}
        if explained != {cause.id}:
            others = ", ".join(sorted(explained - {cause.id})) or "nothing"
            yield f"{cause.place}: {cause.id}: its example '{text[:60]}' is explained by {others}"


def _cases(cause: Cause, text: str) -> Iterator[Case]:
    """The example at every place where the entry says that it belongs."""
    kind, _, message = text.partition(": ")
    conditions = cause.conditions
    for outcome, stage, form, strategy in product(
        sorted(conditions.outcomes),
        sorted(conditions.stages),
        sorted(conditions.formats or {""}),
        sorted(conditions.strategies or {"plain"}),
    ):
        yield Case(
            outcome=outcome,
            stage=stage,
            said=((kind, message),),
            format=form,
            strategy=strategy,
            changed=conditions.changed,
        )


def _of_remedies(cause: Cause, known: set[str]) -> Iterator[str]:
    for remedy in cause.remedies:
        if remedy not in known:
            yield f"{cause.place}: {cause.id}: there is no strategy '{remedy}'"
