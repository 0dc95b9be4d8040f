"""Read the catalogue: TOML files of a family each, one table a cause; everything that is wrong is said at once.

A family with many causes has several files: ``version.toml``, ``version.keras3.toml``, ….
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from lab.causes.classifying import UNEXPLAINED, Catalogue
from lab.causes.entries import Cause, Conditions, Family, Tier, Versions
from lab.errors import LabError
from lab.words import Outcome, Stage

DIRECTORY = Path(__file__).parent / "catalogue"
HEADER = re.compile(r"^\[([^\[\]]+)\]", re.MULTILINE)
ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"'{text}' is no regular expression: {error}") from error
    return text


def _specifier(text: str) -> str:
    try:
        SpecifierSet(text)
    except InvalidSpecifier as error:
        raise ValueError(f"'{text}' is no version specifier like '>=2.16,<2.18'") from error
    return text


Text = Annotated[str, Field(min_length=1)]
Pattern = Annotated[str, Field(min_length=1), AfterValidator(_pattern)]
Specifier = Annotated[str, Field(min_length=1), AfterValidator(_specifier)]
Link = Annotated[str, Field(pattern=r"^https://\S+$")]


class VersionsTable(BaseModel):
    """``{tensorflow = ">=2.16", keras = ">=3", python = "<3.11"}``."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    tensorflow: Specifier | None = None
    keras: Specifier | None = None
    python: Specifier | None = None


class CauseTable(BaseModel):
    """One table of the catalogue."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    title: Text
    explanation: Text
    advice: str = ""
    tier: str = "specific"
    outcomes: list[str] = ["load-error"]
    stages: Annotated[list[str], Field(min_length=1)]
    type: Pattern | None = None
    message: Pattern | None = None
    formats: list[str] | None = None
    strategies: list[str] | None = None
    producers: VersionsTable = VersionsTable()
    consumers: VersionsTable = VersionsTable()
    changed: int | None = None
    other_python: bool | None = None
    holds: Pattern | None = None
    remedies: list[str] = []
    sources: Annotated[list[Link], Field(min_length=1)]
    examples: list[str] = []


def read_catalogue(directory: Path = DIRECTORY) -> Catalogue:
    """Read all files of the catalogue; raises LabError that lists every problem with its file and line."""
    causes: list[Cause] = []
    problems: list[str] = []
    for path in sorted(directory.glob("*.toml")):
        for found in _read(path):
            if isinstance(found, Cause):
                causes.append(found)
            else:
                problems.append(found)
    problems += _twice(causes)
    if problems:
        raise LabError("\n".join([f"the catalogue of causes has {len(problems)} problems:", *problems]))
    return Catalogue(causes=tuple(sorted(causes, key=lambda cause: cause.tier)))


def _read(path: Path) -> Iterator[Cause | str]:
    family = path.name.partition(".")[0]
    if family not in set(Family):
        yield f"  {path.name}: a file is named after a family: {', '.join(Family)}"
        return
    text = path.read_text(encoding="utf-8")
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        yield f"  {path.name}: not valid TOML: {error}"
        return
    lines = {match[1].strip('"'): text.count("\n", 0, match.start()) + 1 for match in HEADER.finditer(text)}
    for cause_id, table in tables.items():
        yield from _cause(cause_id, table, Family(family), f"{path.name}:{lines.get(cause_id, 1)}")


def _cause(cause_id: str, table: Any, family: Family, place: str) -> Iterator[Cause | str]:  # noqa: ANN401 - TOML
    if not ID.fullmatch(cause_id) or cause_id == UNEXPLAINED:
        yield f"  {place}: '{cause_id}' is no id like 'layer-argument-unknown'"
        return
    try:
        shaped = CauseTable.model_validate(table)
        yield _in_words(cause_id, shaped, family, place)
    except ValidationError as error:
        for detail in error.errors():
            key = ".".join(str(part) for part in detail["loc"])
            yield f"  {place}: {cause_id}: {key}: {detail['msg']}"
    except (KeyError, ValueError) as error:
        yield f"  {place}: {cause_id}: {error}"


def _in_words(cause_id: str, table: CauseTable, family: Family, place: str) -> Cause:
    return Cause(
        id=cause_id,
        family=family,
        title=table.title,
        explanation=table.explanation.strip(),
        advice=table.advice.strip(),
        remedies=tuple(table.remedies),
        sources=tuple(table.sources),
        examples=tuple(table.examples),
        tier=Tier[table.tier.upper()],
        place=place,
        conditions=Conditions(
            outcomes=frozenset(Outcome(name) for name in table.outcomes),
            stages=frozenset(Stage(name) for name in table.stages),
            type=None if table.type is None else re.compile(table.type),
            message=None if table.message is None else re.compile(table.message),
            formats=None if table.formats is None else frozenset(table.formats),
            strategies=None if table.strategies is None else frozenset(table.strategies),
            producers=_versions(table.producers),
            consumers=_versions(table.consumers),
            changed=table.changed,
            other_python=table.other_python,
            holds=None if table.holds is None else re.compile(table.holds),
        ),
    )


def _versions(table: VersionsTable) -> Versions:
    return Versions(
        tensorflow=None if table.tensorflow is None else SpecifierSet(table.tensorflow),
        keras=None if table.keras is None else SpecifierSet(table.keras),
        python=None if table.python is None else SpecifierSet(table.python),
    )


def _twice(causes: list[Cause]) -> list[str]:
    seen: dict[str, str] = {}
    problems = []
    for cause in causes:
        if cause.id in seen:
            problems.append(f"  {cause.place}: '{cause.id}' stands in {seen[cause.id]} already")
        seen[cause.id] = cause.place
    return problems
