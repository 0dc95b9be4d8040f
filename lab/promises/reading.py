"""Read the table of rules from TOML, one ``[[rules]]`` each; everything that is wrong is said at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from lab.errors import LabError
from lab.promises.judging import NO_RULE, PLAIN, Rulebook
from lab.promises.rules import Releases, Rule, Step, Verdict

FILE = Path(__file__).parent / "promises.toml"
HEADER = re.compile(r"^\[\[rules\]\]", re.MULTILINE)
ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LINK = re.compile(r"https://\S+")


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """The rules that can be read, in the order of the file, and what is wrong with the others: place and words."""

    rules: tuple[Rule, ...]
    problems: tuple[str, ...]


def _specifier(text: str) -> str:
    try:
        SpecifierSet(text)
    except InvalidSpecifier as error:
        raise ValueError(f"'{text}' is no version specifier like '>=2.16,<2.18'") from error
    return text


def _link(text: str) -> str:
    if not LINK.fullmatch(text):
        raise ValueError(f"'{text}' is no link that starts with https://")
    return text


def _id(text: str) -> str:
    if not ID.fullmatch(text) or text == NO_RULE:
        raise ValueError(f"'{text}' is no id like 'saved-model-newer'")
    return text


def _verdict(text: str) -> str:
    return _one_of(text, [verdict.value for verdict in Verdict])


def _step(text: str) -> str:
    return _one_of(text, [step.value for step in Step])


def _one_of(text: str, known: list[str]) -> str:
    if text not in known:
        raise ValueError(f"'{text}' is none of {', '.join(known)}")
    return text


Text = Annotated[str, Field(min_length=1)]
Texts = Annotated[list[Text], Field(min_length=1)]
Specifier = Annotated[Text, AfterValidator(_specifier)]
Steps = Annotated[list[Annotated[str, AfterValidator(_step)]], Field(min_length=1)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ReleasesTable(_Table):
    """``{tensorflow = ">=2.16", keras = ">=3", packages = {h5py = "<3"}}``."""

    tensorflow: Specifier | None = None
    keras: Specifier | None = None
    python: Specifier | None = None
    packages: dict[str, Specifier] = {}


class RuleTable(_Table):
    """One ``[[rules]]`` of the file."""

    id: Annotated[str, AfterValidator(_id)]
    title: Text
    formats: Texts
    strategies: Texts = [PLAIN]
    tags: Texts | None = None
    without: list[Text] = []
    producer: ReleasesTable = ReleasesTable()
    consumer: ReleasesTable = ReleasesTable()
    tensorflow: Steps | None = None
    keras: Steps | None = None
    same_environment: bool | None = None
    verdict: Annotated[str, AfterValidator(_verdict)]
    says: Text
    caveat: str = ""
    pending: str = ""
    sources: Annotated[list[Annotated[str, AfterValidator(_link)]], Field(min_length=1)]


def read_rules(path: Path = FILE) -> Rulebook:
    """Read the table; raises LabError that lists every problem with its file and line."""
    parsed = parse(path.read_text(encoding="utf-8"), path.name)
    if parsed.problems:
        count = f"{len(parsed.problems)} problem" + ("s" if len(parsed.problems) > 1 else "")
        raise LabError("\n".join([f"{path.name} has {count}:", *(f"  {problem}" for problem in parsed.problems)]))
    return Rulebook(parsed.rules)


def parse(text: str, name: str) -> Parsed:
    """The rules in a text; a rule with a problem is left out, and the problem is said."""
    try:
        file = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return Parsed(rules=(), problems=(f"{name}: not valid TOML: {error}",))
    found = list(_rules(file, name, [text.count("\n", 0, match.start()) + 1 for match in HEADER.finditer(text)]))
    rules = tuple(rule for rule in found if isinstance(rule, Rule))
    problems = [problem for problem in found if isinstance(problem, str)]
    return Parsed(rules=rules, problems=(*problems, *_twice(rules)))


def _rules(file: dict[str, Any], name: str, lines: list[int]) -> Iterator[Rule | str]:
    for key in file.keys() - {"rules"}:
        yield f"{name}: unknown key '{key}': all of it is [[rules]]"
    tables = file.get("rules", [])
    if not isinstance(tables, list) or len(tables) != len(lines):
        yield f"{name}: every rule starts with a line [[rules]]"
        return
    for table, line in zip(tables, lines, strict=True):
        yield from _rule(table, f"{name}:{line}")


def _rule(table: dict[str, Any], place: str) -> Iterator[Rule | str]:
    try:
        yield _in_words(RuleTable.model_validate(table), place)
    except ValidationError as error:
        for detail in error.errors():
            yield f"{place}: {table.get('id', 'a rule without an id')}: {_said(detail)}"


def _said(detail: ErrorDetails) -> str:
    """What pydantic found, in the words of the file."""
    key = ".".join(str(part) for part in detail["loc"])
    if detail["type"] == "missing":
        return f"'{key}' is missing"
    if detail["type"] == "extra_forbidden":
        return f"unknown key '{key}'"
    if detail["type"] in {"too_short", "string_too_short"}:
        return f"'{key}' is empty"
    return f"'{key}': {detail['msg'].removeprefix('Value error, ')}"


def _in_words(table: RuleTable, place: str) -> Rule:
    return Rule(
        id=table.id,
        title=table.title,
        verdict=Verdict(table.verdict),
        says=_one_line(table.says),
        sources=tuple(table.sources),
        formats=tuple(table.formats),
        strategies=tuple(table.strategies),
        place=place,
        caveat=_one_line(table.caveat),
        pending=table.pending,
        tags=None if table.tags is None else frozenset(table.tags),
        without=frozenset(table.without),
        producer=_releases(table.producer),
        consumer=_releases(table.consumer),
        tensorflow=_steps(table.tensorflow),
        keras=_steps(table.keras),
        same_environment=table.same_environment,
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _steps(names: list[str] | None) -> frozenset[Step] | None:
    return None if names is None else frozenset(Step(name) for name in names)


def _releases(table: ReleasesTable) -> Releases:
    return Releases(
        tensorflow=None if table.tensorflow is None else SpecifierSet(table.tensorflow),
        keras=None if table.keras is None else SpecifierSet(table.keras),
        python=None if table.python is None else SpecifierSet(table.python),
        packages=tuple((name, SpecifierSet(specifier)) for name, specifier in table.packages.items()),
    )


def _twice(rules: tuple[Rule, ...]) -> Iterator[str]:
    first: dict[str, str] = {}
    for rule in rules:
        if rule.id in first:
            yield f"{rule.place}: '{rule.id}' stands in {first[rule.id]} already"
        first.setdefault(rule.id, rule.place)
