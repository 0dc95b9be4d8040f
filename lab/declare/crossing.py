"""Find rules that never apply and known failures that are never tried: a dead line in the file misleads its reader."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from lab.declare.pairing import Rules, is_pair, keys
from lab.words import KnownFailure, Matrix, Unsupported


def dead_rules(matrix: Matrix) -> list[tuple[int, str]]:
    """The positions of rules that change nothing, each with the reason."""
    partners = {
        producer.id: frozenset(consumer.id for consumer in matrix.cells if is_pair(producer, consumer))
        for producer in matrix.cells
    }
    claimed: defaultdict[tuple[str, str, str], set[str]] = defaultdict(set)
    return [
        (position, reason)
        for position, rule in enumerate(matrix.unsupported)
        if (reason := _claim(matrix, rule, partners, claimed))
    ]


def _claim(
    matrix: Matrix,
    rule: Unsupported,
    partners: dict[str, frozenset[str]],
    claimed: defaultdict[tuple[str, str, str], set[str]],
) -> str:
    """Take what a rule is the first to declare; returns why it is dead, or nothing."""
    matched = effective = False
    for key in keys(matrix, rule):
        consumers = partners[key[0]]
        if rule.consumers is not None:
            consumers = consumers.intersection(rule.consumers)
        matched = matched or bool(consumers)
        effective = effective or not consumers <= claimed[key]
        claimed[key] |= consumers
    if not matched:
        return "this rule can never apply: nothing that it speaks of is scheduled"
    return "" if effective else "this rule can never apply: earlier rules cover all that it speaks of"


def never_tried(matrix: Matrix, failures: Mapping[int, KnownFailure]) -> list[tuple[int, str]]:
    """The positions of known failures whose trial is not scheduled, each with the reason; their names must exist."""
    rules = Rules(matrix)
    return [
        (position, f"the trial is not scheduled: {reason}")
        for position, failure in failures.items()
        if (reason := _obstacle(matrix, rules, failure))
    ]


def _obstacle(matrix: Matrix, rules: Rules, failure: KnownFailure) -> str:
    producer, consumer, model, form, _ = failure.trial.split("/")
    cells = {cell.id: cell for cell in matrix.cells}
    formats = {each.id: each.formats for each in matrix.models}
    if form not in formats[model]:
        return f"model '{model}' is not saved as '{form}'"
    if not is_pair(cells[producer], cells[consumer]):
        return f"'{producer}' and '{consumer}' are not paired"
    if rules.declared_unsupported(producer, consumer, model, form):
        return "it is declared unsupported"
    return ""
