"""The fields of a result that the outside may rely on: one line of ``--json``, one row of a table. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lab.words import CellFacts, Result

SCHEMA = 1
NAME = ("producer", "consumer", "model", "format", "strategy")
ROLES = ("producer", "consumer")
VERSIONS = ("tensorflow", "keras", "python")


def result_fields(result: Result) -> dict[str, Any]:
    """The public contract of one result."""
    return {
        "schema": SCHEMA,
        "producer": result.producer,
        "consumer": result.consumer,
        "model": result.model,
        "format": result.format,
        "strategy": result.strategy,
        "outcome": result.outcome,
        "stage": result.stage,
        "cause": result.cause,
        "signature": result.signature,
        "grade": result.grade,
        "promise": result.promise,
        "rule": result.rule,
        "max_abs_diff": result.max_abs_diff,
        "seconds": round(result.seconds, 4),
        "engine": result.engine,
        "reason": result.reason,
        "key": result.key,
        "seen_at": result.seen_at,
        "known_failure": result.known_failure,
        "none_helps": result.none_helps,
    }


def row_fields(result: Result, cells: Mapping[str, CellFacts]) -> dict[str, Any]:
    """The same with the exception, and the versions on both sides, for a table that stands by itself."""
    seen = result.observation
    raised = (seen.exception or seen.probe_error) if seen else None
    row = result_fields(result) | {
        "ran_in": result.ran_in or None,
        "exception": raised.type if raised else None,
        "message": next(iter(raised.message.splitlines()), "") if raised else None,
    }
    for role in ROLES:
        facts = cells.get(getattr(result, role))
        row |= {f"{role}_{name}": getattr(facts, name) if facts else None for name in VERSIONS}
    return row
