"""Load one stored artifact once, in any cell, outside of a run: nothing of it is written to the store."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

from lab.cli.context import Context
from lab.errors import LabError
from lab.running.units import Unit, run_unit
from lab.store import observation_from_event
from lab.words import Artifact, Cell, Observation, Role


@dataclass(frozen=True, kw_only=True)
class OneLoad:
    """What came of it: ``None`` where the probe gave no answer; the log tells why."""

    seen: Observation | None
    python: str
    log: str


def load_once(context: Context, artifact: Artifact, strategy: str, cell: Cell, lock: str) -> OneLoad:
    """Build the cell from its lock where it is not there yet, and load the artifact with one strategy.

    Raises LabError when the artifact's files are gone, CellFault when the cell cannot be built.
    """
    directory = context.workplace.artifact(artifact.key)
    if not directory.exists():
        message = (
            f"the artifact {artifact.producer}/{artifact.model}/{artifact.format} is gone: "
            "run 'nox -s matrix' to save it anew"
        )
        raise LabError(message)
    events: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="lab-load-") as scratch:
        log = Path(scratch) / "log"
        engine = context.engine()
        built = engine.build(cell, lock, context.chosen_engine.identify(cell, lock), log)
        job = {
            "id": artifact.key,
            "model": artifact.model,
            "format": artifact.format,
            "directory": str(directory),
            "strategies": [strategy],
        }
        code = context.workplace.snapshot_probe(context.code)
        unit = Unit(role=Role.LOAD, cell=cell.id, jobs=[job], directory=Path(scratch), log=log, code=code)
        run_unit(engine, built, unit, context.matrix, events.append, Event())
        told = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    seen = next((observation_from_event(event) for event in events if event["kind"] == "load"), None)
    return OneLoad(seen=seen, python=built.python, log=told)
