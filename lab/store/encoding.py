"""Observations as JSON and back, and from the probe's events. A malformed event is a fault of the lab."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from lab.words import Death, Difference, Observation, Raised, Stage

# The folders that a file of Python, of a package or of the probe lies below.
INSTALLED = re.compile(r"""(?:/[^\s/"'`:,()\[\]]+)+/(?:(?:site|dist)-packages|lib/python3\.\d+|probe/[0-9a-f]{20})/""")


def observation_from_event(event: dict[str, Any]) -> Observation:
    """Read an event of the probe; one that cannot be read becomes an observation with a ``lab_fault``."""
    try:
        raised = (_raised(event.get("exception")), _raised(event.get("probe_error")))
        return _observation(event, (event.get("manifest") or {}).get("container"), *raised)
    except (KeyError, TypeError, ValueError) as error:
        return Observation(lab_fault=f"the probe sent what cannot be read: {type(error).__name__}: {error}")


def encode(observation: Observation) -> tuple[str, str]:
    """The observation without its exception, and the exception: exceptions repeat, so they are stored once each."""
    fields = asdict(observation)
    raised = {"exception": fields.pop("exception"), "probe_error": fields.pop("probe_error")}
    slim = {key: value for key, value in fields.items() if value not in (None, (), [], "", 0, 0.0)}
    return _dump(slim), _dump(raised) if any(raised.values()) else ""


def decode(slim: str, raised: str | None) -> Observation:
    """What ``encode`` wrote, as an observation again."""
    fields = json.loads(slim)
    return _observation(fields, fields.get("container"), *(_both_raised(raised) if raised else (None, None)))


@lru_cache(maxsize=4096)  # the same few hundred exceptions explain tens of thousands of trials
def _both_raised(text: str) -> tuple[Raised | None, Raised | None]:
    fields = json.loads(text)
    return _raised(fields.get("exception")), _raised(fields.get("probe_error"))


def _observation(
    fields: dict[str, Any], container: str | None, exception: Raised | None, probe_error: Raised | None
) -> Observation:
    return Observation(
        reached=_stage(fields.get("reached")),
        failed_at=_stage(fields.get("failed_at")),
        exception=exception,
        probe_error=probe_error,
        death=Death(**fields["death"]) if fields.get("death") else None,
        lab_fault=fields.get("lab_fault"),
        differences=tuple(Difference(**entry) for entry in fields.get("differences") or ()),
        container=container,
        seconds=float(fields.get("seconds") or 0.0),
        stage_seconds=_pairs(fields.get("stage_seconds")),
        rss_bytes=int(fields.get("rss_bytes") or 0),
        log_tail=of_any_machine(str(fields.get("log_tail") or "")),
        training=_pairs(fields.get("training")),
        resumed=tuple(Difference(**entry) for entry in fields.get("resumed") or ()),
        notes=_pairs(fields.get("notes")),
    )


def _raised(fields: dict[str, Any] | None) -> Raised | None:
    if fields is None:
        return None
    links = ((link["type"], link["message"]) if isinstance(link, dict) else link for link in fields["chain"])
    return Raised(
        type=fields["type"],
        message=of_any_machine(fields["message"]),
        chain=tuple((kind, of_any_machine(message)) for kind, message in links),
        frames=tuple(fields["frames"]),
    )


def of_any_machine(text: str) -> str:
    """A text that names files from their package on, as frames do: the same wherever the environment lies."""
    return INSTALLED.sub("", text) if text else ""


def _pairs(value: Any) -> tuple[tuple[str, Any], ...]:  # noqa: ANN401 - JSON: a dict or a list of pairs
    if not value:
        return ()
    items = value.items() if isinstance(value, dict) else value
    return tuple((str(key), entry) for key, entry in items)


def _stage(value: str | None) -> Stage | None:
    return None if value is None else Stage(value)


def _dump(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True)
