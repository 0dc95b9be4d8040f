"""An entry of the catalogue: what it explains, and by what an observation is recognised as its own."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from lab.words import CellFacts, Outcome, Stage


class Family(StrEnum):
    """The five kinds of causes."""

    VERSION = "version"
    FORMAT = "format"
    SIGNATURE = "signature"
    CUSTOM_OBJECT = "custom-object"
    ENVIRONMENT = "environment"


class Tier(IntEnum):
    """Which entries speak first: a wrapper only says that something in it failed."""

    SPECIFIC = 1
    GENERAL = 2
    WRAPPER = 3


@dataclass(frozen=True, kw_only=True)
class Versions:
    """Which cells an entry is about, by what is in them; what is not known of a cell is taken to fit."""

    tensorflow: SpecifierSet | None = None
    keras: SpecifierSet | None = None
    python: SpecifierSet | None = None

    def fit(self, cell: CellFacts | None) -> bool:
        """Whether a cell is among them; None is a cell that nothing is known of."""
        return cell is None or all(
            wanted is None or not found or wanted.contains(Version(found), prereleases=True)
            for wanted, found in (
                (self.tensorflow, cell.tensorflow),
                (self.keras, cell.keras),
                (self.python, cell.python),
            )
        )

    def __str__(self) -> str:
        """``TensorFlow >=2.16, Keras >=3``, or ``any``."""
        named = (("TensorFlow", self.tensorflow), ("Keras", self.keras), ("Python", self.python))
        return ", ".join(f"{name} {wanted}" for name, wanted in named if wanted is not None) or "any"


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """What must hold of an observation; a condition that is None is none.

    ``type`` matches the whole name of an exception without its module, ``message`` is searched for in its message,
    both on the same link of the chain. ``changed`` is how many variables the load changed; ``other_python`` asks
    whether producer and consumer run different Python releases; ``holds`` is searched for in what describes the model,
    so that the blame falls on a layer only where there is one.
    """

    outcomes: frozenset[Outcome]
    stages: frozenset[Stage]
    type: re.Pattern[str] | None = None
    message: re.Pattern[str] | None = None
    formats: frozenset[str] | None = None
    strategies: frozenset[str] | None = None
    producers: Versions = field(default_factory=Versions)
    consumers: Versions = field(default_factory=Versions)
    changed: int | None = None
    other_python: bool | None = None
    holds: re.Pattern[str] | None = None


@dataclass(frozen=True, kw_only=True)
class Cause:
    """One entry of the catalogue."""

    id: str
    family: Family
    title: str
    explanation: str
    advice: str
    remedies: tuple[str, ...]
    sources: tuple[str, ...]
    examples: tuple[str, ...]
    tier: Tier
    conditions: Conditions
    place: str  # file and line
