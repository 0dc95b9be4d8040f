"""Check the table of rules against the matrix: no rule idle, no name that means nothing. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase

from lab.declare import Rules, pairs
from lab.promises.judging import Rulebook
from lab.promises.reading import Parsed
from lab.promises.rules import Rule, Subject
from lab.words import CellFacts, Matrix


def lint(parsed: Parsed, matrix: Matrix, cells: Mapping[str, CellFacts]) -> list[str]:
    """Every problem in words, with its place; ``cells`` are the facts of each cell by its id."""
    fitting, speaking = _heard(parsed.rules, matrix, cells)
    return [
        *parsed.problems,
        *(problem for rule in parsed.rules if not rule.pending for problem in _of_names(rule, matrix)),
        *(problem for rule in parsed.rules for problem in _of_hearing(rule, fitting, speaking)),
    ]


def unspoken(rules: Iterable[Rule], matrix: Matrix) -> list[str]:
    """The formats that no rule names: everything in them is silent."""
    patterns = {pattern for rule in rules if not rule.pending for pattern in rule.formats} - {"*"}
    return [form.id for form in matrix.formats if not any(fnmatchcase(form.id, pattern) for pattern in patterns)]


def _of_names(rule: Rule, matrix: Matrix) -> Iterator[str]:
    """Names that the matrix does not have."""
    tags = {tag for model in matrix.models for tag in model.tags}
    known = {
        "format": (rule.formats, {form.id for form in matrix.formats}),
        "strategy": (rule.strategies, {strategy for form in matrix.formats for strategy in form.strategies}),
        "tag": (sorted({*(rule.tags or ()), *rule.without}), tags),
    }
    for kind, (patterns, names) in known.items():
        for pattern in patterns:
            if not any(fnmatchcase(name, pattern) for name in names):
                yield f"{rule.place}: {rule.id}: unknown {kind} '{pattern}'"


def _of_hearing(rule: Rule, fitting: frozenset[str], speaking: frozenset[str]) -> Iterator[str]:
    if rule.pending:
        if rule.id in fitting:
            yield f"{rule.place}: {rule.id}: fits trials of the matrix by now: take 'pending' away"
    elif rule.id not in fitting:
        yield f"{rule.place}: {rule.id}: fits no trial of the matrix"
    elif rule.id not in speaking:
        yield f"{rule.place}: {rule.id}: never speaks: for every trial that it fits an earlier rule counts"


def _heard(
    rules: tuple[Rule, ...], matrix: Matrix, cells: Mapping[str, CellFacts]
) -> tuple[frozenset[str], frozenset[str]]:
    """The ids of the rules that fit some trial of the matrix, and of those that are the first to fit one."""
    book = Rulebook(rules)
    fitting: set[str] = set()
    speaking: set[str] = set()
    for pair, subjects in _trials(rules, matrix, cells):
        for subject in subjects:
            found = [rule.id for rule in book.fitting(pair, subject)]
            fitting.update(found)
            speaking.update(found[:1])
    return frozenset(fitting), frozenset(speaking)


def _trials(
    rules: tuple[Rule, ...], matrix: Matrix, cells: Mapping[str, CellFacts]
) -> Iterator[tuple[tuple[CellFacts, CellFacts], set[Subject]]]:
    """Every pair with its trials that the matrix does not declare impossible, as far as rules tell trials apart."""
    declared = Rules(matrix).declared_unsupported
    subjects = _subjects(rules, matrix)
    for producer, consumer in pairs(matrix, [cell for cell in matrix.cells if cell.id in cells]):
        possible = [
            found for (model, form), found in subjects.items() if not declared(producer.id, consumer.id, model, form)
        ]
        yield (cells[producer.id], cells[consumer.id]), set().union(*possible)


def _subjects(rules: tuple[Rule, ...], matrix: Matrix) -> dict[tuple[str, str], set[Subject]]:
    """Of each model and format; tags that no rule asks for are left out, so that most models are alike."""
    asked_for = {tag for rule in rules for tag in {*(rule.tags or ()), *rule.without}}
    return {
        (model.id, form.id): {
            Subject(tags=frozenset(asked_for.intersection(model.tags)), format=form.id, strategy=strategy)
            for strategy in form.strategies
        }
        for model in matrix.models
        for form in matrix.formats
        if form.id in model.formats
    }
