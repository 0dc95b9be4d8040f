"""One unit of work: a list of saves or loads in one cell, from a request that can be serialised."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import Any

from lab.engines.protocol import BuiltCell, Engine, ProbeEnd, ProbeRun
from lab.words import Limits, Matrix, Role, Tolerance

PROTOCOL = 1
IMPORT_ALLOWANCE_S = 300.0
TRIES = 2


@dataclass(frozen=True, kw_only=True)
class Unit:
    """What one cell shall do: ``jobs`` as the probe reads them; ``ask`` where no answers are recorded."""

    role: Role
    cell: str
    jobs: Sequence[dict[str, Any]]
    directory: Path
    log: Path
    code: Path
    ask: bool = False


def run_unit(
    engine: Engine,
    built: BuiltCell,
    unit: Unit,
    matrix: Matrix,
    on_event: Callable[[dict[str, Any]], None],
    stop: Event,
) -> None:
    """Run a unit, the jobs of one tolerance at a time, for the probe goes on to training where answers are right.

    When the probe itself ends early, go on once with what is left, then say so for the rest.
    """
    left = {job["id"]: job for job in unit.jobs}

    def note(event: dict[str, Any]) -> None:
        job = left.get(event.get("id", ""))
        if job is not None and event["kind"] == "finished":
            del left[job["id"]]
        elif job is not None:
            left[job["id"]] = _after(job, event)
        on_event(event)

    requests = itertools.count()
    for tolerance, ids in _by_tolerance(unit, matrix):
        alike = replace(matrix, tolerance=tolerance)
        end = None
        for _ in range(TRIES):
            jobs = [left[each] for each in ids if each in left]
            end = engine.run_probe(built, _prepare(unit, jobs, alike, next(requests)), note, stop)
            if end.stopped:
                return
            if end.finished:
                break
        else:
            for job in [left[each] for each in ids if each in left]:
                on_event(_unanswered(unit.role, job, end))


def _by_tolerance(unit: Unit, matrix: Matrix) -> list[tuple[Tolerance, list[str]]]:
    """The ids of jobs that share one; where there is no job, the cell is asked for its facts all the same."""
    groups: dict[Tolerance, list[str]] = {}
    for job in unit.jobs:
        tolerance = matrix.tolerance_of(job["model"]) if unit.role is Role.LOAD else matrix.tolerance
        groups.setdefault(tolerance, []).append(job["id"])
    return list(groups.items()) or [(matrix.tolerance, [])]


def _after(job: dict[str, Any], event: dict[str, Any]) -> dict[str, Any]:
    """The job without the strategy that has been tried."""
    return {**job, "strategies": [strategy for strategy in job["strategies"] if strategy != event.get("strategy")]}


def _prepare(unit: Unit, jobs: list[dict[str, Any]], matrix: Matrix, attempt: int) -> ProbeRun:
    limits = matrix.limits
    is_load = unit.role is Role.LOAD
    timeout_s = limits.trial_timeout_s if is_load else limits.save_timeout_s
    cpu_s = limits.trial_cpu_s if is_load else limits.save_timeout_s
    request = unit.directory / f"request-{attempt}.json"
    results = unit.directory / f"results-{attempt}.jsonl"
    scratch = unit.directory / f"scratch-{attempt}"
    body = {
        "protocol": PROTOCOL,
        "role": unit.role,
        "cell": unit.cell,
        "results": str(results),
        "scratch": str(scratch),
        "seed": matrix.seed,
        "tolerance": {"atol": matrix.tolerance.atol, "rtol": matrix.tolerance.rtol},
        "depth": matrix.depth,
        "arrival_s": 0.0,
        "ask": unit.ask,
        "last_after_timeout": [limits.id for limits in matrix.strategies if limits.last_after_timeout],
        "limits": _limits(limits, timeout_s, cpu_s),
        "jobs": jobs,
    }
    request.write_text(json.dumps(body), encoding="utf-8")
    idle = 2 * timeout_s + IMPORT_ALLOWANCE_S
    return ProbeRun(
        request=request, results=results, scratch=scratch, log=unit.log, code=unit.code, idle_timeout_s=idle
    )


def _limits(limits: Limits, timeout_s: float, cpu_s: float) -> dict[str, Any]:
    return {
        "timeout_s": timeout_s,
        "cpu_s": cpu_s,
        "memory_bytes": limits.memory_mib << 20,
        "batch": limits.batch,
    }


def _unanswered(role: Role, job: dict[str, Any], end: ProbeEnd | None) -> dict[str, Any]:
    said = "" if end is None else f" (exit code {end.exit_code}): {end.log_tail.strip()[-500:]}"
    return {
        "kind": role,
        "id": job["id"],
        "strategy": next(iter(job["strategies"]), None),
        "lab_fault": f"the probe ended early{said}",
    }
