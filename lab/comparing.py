"""Compare the results of two runs: regressed, fixed, same, new, gone. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from lab.words import Outcome

# Nothing was judged: neither better nor worse than anything.
UNJUDGED = frozenset({Outcome.INFRA_ERROR, Outcome.UNSUPPORTED, Outcome.BLOCKED})


class Change(StrEnum):
    """What became of one result since the baseline."""

    REGRESSED = "regressed"
    FIXED = "fixed"
    SAME = "same"
    NEW = "new"
    GONE = "gone"


def compare(baseline: Mapping[str, Outcome], now: Mapping[str, Outcome]) -> dict[str, Change]:
    """The change of every result by its name; one that vanished or was not judged has not regressed."""
    return {name: _change(baseline.get(name), now.get(name)) for name in sorted(baseline.keys() | now.keys())}


def _change(before: Outcome | None, after: Outcome | None) -> Change:
    if before is None or before in UNJUDGED:
        return Change.SAME if before == after else Change.NEW
    if after is None or after in UNJUDGED:
        return Change.GONE
    if (before is Outcome.PASS) == (after is Outcome.PASS):
        return Change.SAME
    return Change.FIXED if after is Outcome.PASS else Change.REGRESSED
