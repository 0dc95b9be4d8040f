"""What a documented rule of TensorFlow or Keras is: of which trials it speaks, and what it promises of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from lab.words import CellFacts


class Verdict(StrEnum):
    """What the documentation says of a trial: that it loads, that nobody may count on it, or nothing."""

    PROMISED = "promised"
    NOT_PROMISED = "not-promised"
    SILENT = "silent"


class Step(StrEnum):
    """Where the consumer's release stands, seen from the producer's: which part of the version differs first."""

    SAME = "same"
    NEWER_PATCH = "newer-patch"
    NEWER_MINOR = "newer-minor"
    NEWER_MAJOR = "newer-major"
    OLDER_PATCH = "older-patch"
    OLDER_MINOR = "older-minor"
    OLDER_MAJOR = "older-major"


@dataclass(frozen=True, kw_only=True)
class Releases:
    """Which cells a rule is about, by what is in them; a package that a cell does not have fits no range."""

    tensorflow: SpecifierSet | None = None
    keras: SpecifierSet | None = None
    python: SpecifierSet | None = None
    packages: tuple[tuple[str, SpecifierSet], ...] = ()

    def fit(self, cell: CellFacts) -> bool:
        """Whether a cell is among them."""
        installed = dict(cell.packages)
        wanted = (
            (self.tensorflow, cell.tensorflow),
            (self.keras, cell.keras),
            (self.python, cell.python),
            *((specifier, installed.get(name)) for name, specifier in self.packages),
        )
        return all(specifier is None or (found is not None and _holds(specifier, found)) for specifier, found in wanted)


@lru_cache(maxsize=4096)  # the same few ranges and releases in every pair of cells
def _holds(specifier: SpecifierSet, found: str) -> bool:
    return specifier.contains(Version(found), prereleases=True)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One entry of the table; a condition that is None is none.

    ``formats`` and ``strategies`` may be globs. A model must have one of ``tags`` and none of ``without``.
    ``tensorflow`` and ``keras`` say where the consumer's release may stand. ``caveat`` is what weakens the
    statement, ``pending`` why nothing of the matrix can fit yet, ``place`` the file and the line.
    """

    id: str
    title: str
    verdict: Verdict
    says: str
    sources: tuple[str, ...]
    formats: tuple[str, ...]
    strategies: tuple[str, ...]
    place: str
    caveat: str = ""
    pending: str = ""
    tags: frozenset[str] | None = None
    without: frozenset[str] = frozenset()
    producer: Releases = field(default_factory=Releases)
    consumer: Releases = field(default_factory=Releases)
    tensorflow: frozenset[Step] | None = None
    keras: frozenset[Step] | None = None
    same_environment: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What is saved and how it is loaded: the tags of the model, the format, the strategy."""

    tags: frozenset[str]
    format: str
    strategy: str


@dataclass(frozen=True, kw_only=True)
class Promise:
    """What the documentation says of one trial, by which rule, and where it says so."""

    verdict: Verdict
    rule: str
    title: str
    says: str
    caveat: str = ""
    sources: tuple[str, ...] = ()
