"""Find the lines of a TOML text on which a key stands; the text need not be valid as a whole."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass

Path = tuple[str | int, ...]

_PART = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
_DOTTED = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER = re.compile(rf"^\s*(?P<brackets>\[\[?)\s*(?P<name>{_DOTTED})\s*\]")
_ASSIGNMENT = re.compile(rf"^\s*(?P<name>{_DOTTED})\s*=(?P<value>.*)$")


@dataclass(frozen=True, kw_only=True)
class Span:
    """The first and the last line of an entry, counted from 1."""

    first: int
    last: int


class Locations:
    """The place of every table header and key of a TOML text."""

    def __init__(self, text: str) -> None:
        self._spans: dict[Path, Span] = {}
        self.repeated: list[tuple[Path, int]] = []
        for path, span in _entries(text.splitlines()):
            if path in self._spans:
                self._repeat(path, span.first)
            else:
                self._spans[path] = span

    def _repeat(self, path: Path, line: int) -> None:
        """Note a second writing; the keys of a table that is written twice say nothing new."""
        if not any(path[: len(table)] == table for table, _ in self.repeated):
            self.repeated.append((path, line))

    def line(self, path: Path) -> int | None:
        """The line of a path, or of the nearest entry around it; ``None`` where nothing around it is written."""
        for length in range(len(path), 0, -1):
            around = path[:length]
            lines = [span.first for found, span in self._spans.items() if found[:length] == around]
            if lines:
                return min(lines)
        return None

    def end(self, path: Path) -> int | None:
        """The last line of a table and of all its keys; ``None`` where there is no such table."""
        lines = [span.last for found, span in self._spans.items() if found[: len(path)] == path]
        return max(lines, default=None)


def _entries(lines: list[str]) -> Iterator[tuple[Path, Span]]:
    table: Path = ()
    counts: dict[Path, int] = {}
    number = 0
    while number < len(lines):
        line = lines[number]
        number += 1
        if header := _HEADER.match(line):
            table = _table(header, counts)
            yield table, Span(first=number, last=number)
        elif assignment := _ASSIGNMENT.match(line):
            last = number + _lines_below(assignment["value"], lines[number:])
            yield (*table, *_parts(assignment["name"])), Span(first=number, last=last)
            number = last


def _table(header: re.Match[str], counts: dict[Path, int]) -> Path:
    """The path of a header; the tables of an array are counted from 0."""
    name = _parts(header["name"])
    if header["brackets"] == "[":
        return name
    position = counts.get(name, 0)
    counts[name] = position + 1
    return (*name, position)


def _parts(name: str) -> Path:
    """Split a dotted key as TOML does."""
    found: list[str] = []
    try:
        inner = tomllib.loads(f"{name} = 0")
    except tomllib.TOMLDecodeError:  # a wrong escape in quotes: the reader of the whole file says so
        return (name,)
    while True:
        part, value = next(iter(inner.items()))
        found.append(part)
        if not isinstance(value, dict):
            return tuple(found)
        inner = value


def _lines_below(value: str, below: list[str]) -> int:
    """How many more lines a value takes: arrays and multi-line strings end where they first make sense."""
    for taken in range(len(below) + 1):
        try:
            tomllib.loads("\n".join(["value =" + value, *below[:taken]]))
        except tomllib.TOMLDecodeError:
            continue
        return taken
    return 0
