"""Attribute a failure to the smallest change of the environment that flips it; name where releases flip it. Pure.

An axis is one thing that can be changed by itself: TensorFlow, Keras, Python, NumPy, h5py, protobuf, an environment
variable. Two cells that differ in one axis alone tell whether it is to blame.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from lab.words import JUDGED, Cell, CellFacts, Outcome, Result

TENSORFLOW, KERAS, PYTHON, VARIABLES = "TensorFlow", "Keras", "Python", "variables"
PACKAGES = {"NumPy": "numpy", "h5py": "h5py", "protobuf": "protobuf"}
KERAS_PACKAGES = ("keras", "tf-keras")
NONE = "-"


@dataclass(frozen=True, kw_only=True)
class Swap:
    """A change of one or more axes: from what the failing cell has to what another one has."""

    changes: tuple[tuple[str, str, str], ...]  # axis, from, to
    cell: str  # where it was tried
    outcome: Outcome

    @property
    def text(self) -> str:
        """``NumPy 2.0.2 → 1.26.4``, joined by commas."""
        return ", ".join(f"{axis} {old} → {new}" for axis, old, new in self.changes) or "nothing"


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Consecutive releases with one outcome and one cause."""

    first: str
    last: str
    outcome: Outcome
    cause: str | None


def axes(cell: Cell, facts: CellFacts) -> dict[str, str]:
    """What a cell has on each axis."""
    packages = dict(facts.packages)
    return {
        TENSORFLOW: facts.tensorflow,
        KERAS: facts.keras,
        PYTHON: facts.python,
        **{axis: packages.get(package, NONE) for axis, package in PACKAGES.items()},
        VARIABLES: " ".join(f"{name}={value}" for name, value in sorted(cell.env)) or NONE,
    }


def changes(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    """The axes on which two cells differ."""
    return tuple((axis, old[axis], new[axis]) for axis in old if old[axis] != new[axis])


def swaps(consumer: str, outcomes: Mapping[str, Outcome], found: Mapping[str, Mapping[str, str]]) -> tuple[Swap, ...]:
    """Every judged cell as a change of the failing one, the smallest changes first.

    ``outcomes`` are by cell, for one artifact and one strategy; ``found`` are the axes of the cells.
    """
    others = [cell for cell, outcome in outcomes.items() if cell != consumer and outcome in JUDGED and cell in found]
    made = [Swap(changes=changes(found[consumer], found[cell]), cell=cell, outcome=outcomes[cell]) for cell in others]
    return tuple(sorted(made, key=lambda swap: (len(swap.changes), swap.cell)))


def smallest_flips(tried: Sequence[Swap]) -> tuple[Swap, ...]:
    """The passing changes of the fewest axes; more than one where several do."""
    passing = [swap for swap in tried if swap.outcome is Outcome.PASS and swap.changes]
    fewest = min((len(swap.changes) for swap in passing), default=0)
    return tuple(swap for swap in passing if len(swap.changes) == fewest)


def throwaway_cells(failing: Cell, working: Cell, facts: Mapping[str, CellFacts]) -> tuple[Cell, ...]:
    """The failing cell with one axis taken from the working one, for every axis on which they differ.

    An axis that cannot be changed by itself is left out: a Keras that is a part of TensorFlow, a package that the
    working cell does not have.
    """
    old, new = facts[failing.id], facts[working.id]
    made = []
    for axis, had, value in changes(axes(failing, old), axes(working, new)):
        package = _package(axis, had, value, dict(old.packages), dict(new.packages))
        if axis in {TENSORFLOW, PYTHON, VARIABLES}:
            made.append(_swapped(failing, working, axis, value))
        elif package is not None:
            overrides = (*_without(failing.overrides, package), f"{package}=={value}")
            made.append(replace(_throwaway(failing, working, axis, value), overrides=overrides))
    return tuple(made)


def _package(axis: str, had: str, value: str, old: Mapping[str, str], new: Mapping[str, str]) -> str | None:
    """The package that is the axis in both cells."""
    candidates = KERAS_PACKAGES if axis == KERAS else (PACKAGES.get(axis, ""),)
    same = (name for name in candidates if old.get(name) == had and new.get(name) == value)
    return next(same, None)


def _without(requirements: Iterable[str], package: str) -> tuple[str, ...]:
    """The requirements that are not of this package."""
    return tuple(each for each in requirements if canonicalize_name(Requirement(each).name) != package)


def _throwaway(failing: Cell, working: Cell, axis: str, value: str) -> Cell:
    return replace(
        failing,
        id=f"{failing.id}-with-{axis.lower()}-{value.replace('=', '-').replace(' ', '-').lower()}",
        as_of=max(failing.as_of, working.as_of),
        anchors=(),
        mends=(),
        imports=True,
    )


def _swapped(failing: Cell, working: Cell, axis: str, value: str) -> Cell:
    made = _throwaway(failing, working, axis, value)
    if axis == TENSORFLOW:
        return replace(made, tensorflow=working.tensorflow, package=working.package)
    if axis == PYTHON:
        return replace(made, python=working.python)
    extra = tuple(each for each in working.requires if each not in failing.requires)
    return replace(made, env=working.env, requires=(*failing.requires, *extra))


def stretches(releases: Sequence[str], results: Iterable[Result]) -> tuple[Stretch, ...]:
    """One producer's outcomes along the releases that load: where they or their cause change, a new stretch begins."""
    by_consumer = {result.consumer: result for result in results}
    known = [by_consumer[cell] for cell in releases if cell in by_consumer]
    found = []
    for (outcome, cause), group in groupby(known, key=lambda result: (result.outcome, result.cause)):
        same = list(group)
        found.append(Stretch(first=same[0].consumer, last=same[-1].consumer, outcome=outcome, cause=cause))
    return tuple(found)
