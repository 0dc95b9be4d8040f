"""Read the request: what this cell shall save or load, and within which limits."""

from __future__ import annotations

import io
import json
from typing import Any, Dict, List, NamedTuple

PROTOCOL = 1


class Limits(NamedTuple):
    """What one step of a child may take: seconds of wall time, seconds of processor time, bytes."""

    timeout_s: float
    cpu_s: float
    memory_bytes: int
    batch: int


class Job(NamedTuple):
    """One artifact to save, or one artifact to load by the first strategy that answers rightly."""

    id: str
    model: str
    format: str
    directory: str
    strategies: List[str]


class Request(NamedTuple):
    """Everything one run of the probe needs to know.

    ``results`` is a file, or ``-`` for the standard output. An artifact may be put into its place as late as
    ``arrival_s`` seconds after its job has begun; 0 where all of them are there. With ``ask`` the artifacts have no
    recorded answers: questions are made up, and what the first load that works answers is recorded. Once a load has
    not ended, the strategies ``last_after_timeout`` are tried after all others: they would hang likewise.
    """

    role: str
    cell: str
    results: str
    scratch: str
    seed: int
    atol: float
    rtol: float
    depth: str
    arrival_s: float
    ask: bool
    last_after_timeout: List[str]
    limits: Limits
    jobs: List[Job]


class BadRequest(Exception):
    """The host and the probe do not speak the same protocol."""


def read_request(path: str) -> Request:
    """Read a request file; raises BadRequest on another protocol version or a missing field."""
    with io.open(path, encoding="utf-8") as stream:
        raw = json.load(stream)  # type: Dict[str, Any]
    if raw.get("protocol") != PROTOCOL:
        raise BadRequest("protocol {} asked for, {} spoken".format(raw.get("protocol"), PROTOCOL))
    try:
        return _request(raw)
    except (KeyError, TypeError) as error:
        raise BadRequest("field missing or misshapen: {}".format(error)) from error


def _request(raw: Dict[str, Any]) -> Request:
    return Request(
        role=raw["role"],
        cell=raw["cell"],
        results=raw["results"],
        scratch=raw["scratch"],
        seed=raw["seed"],
        atol=raw["tolerance"]["atol"],
        rtol=raw["tolerance"]["rtol"],
        depth=raw["depth"],
        arrival_s=raw["arrival_s"],
        ask=raw["ask"],
        last_after_timeout=raw["last_after_timeout"],
        limits=Limits(**raw["limits"]),
        jobs=[Job(**job) for job in raw["jobs"]],
    )
