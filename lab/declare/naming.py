"""Match names by globs, and suggest the nearest name where nothing matches."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase


def matching(pattern: str, names: Iterable[str]) -> tuple[str, ...]:
    """The names that a glob stands for, in the order of the names; upper and lower case differ."""
    return tuple(name for name in names if fnmatchcase(name, pattern))


def suggestion(name: str, names: Iterable[str]) -> str:
    """``; did you mean 'tf2.15'?``, or nothing where no name is near."""
    near = difflib.get_close_matches(name.strip("*?").lower(), list(names), n=1, cutoff=0.5)
    return f"; did you mean '{near[0]}'?" if near else ""


def unknown(kind: str, name: str, names: Sequence[str]) -> str:
    """Say that there is no such cell, model or format, or none that a glob matches."""
    is_glob = any(sign in name for sign in "*?[")
    said = f"no {kind} matches '{name}'" if is_glob else f"unknown {kind} '{name}'"
    return said + (suggestion(name, names) or f"; there are: {' '.join(names)}")
