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
    """The change of every result by its name; one that vanished or was not judged has not regressed.

    What neither run has judged is left out: of that nothing is known.
    """
    changes = ((name, _change(baseline.get(name), now.get(name))) for name in sorted(baseline.keys() | now.keys()))
    return {name: change for name, change in changes if change is not None}


def _change(before: Outcome | None, after: Outcome | None) -> Change | None:
    was_judged, is_judged = (outcome is not None and outcome not in UNJUDGED for outcome in (before, after))
    if not was_judged:
        return Change.NEW if is_judged else None
    if not is_judged:
        return Change.GONE
    if (before is Outcome.PASS) == (after is Outcome.PASS):
        return Change.SAME
    return Change.FIXED if after is Outcome.PASS else Change.REGRESSED
