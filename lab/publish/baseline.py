"""Another run that a page compares with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lab.words import Outcome


@dataclass(frozen=True, kw_only=True)
class Baseline:
    """Outcomes by the names of results, and what the run is called on the page."""

    title: str
    outcomes: Mapping[str, Outcome]
