"""Time one cell's loads in three ways: in one process, by the lab, and with a fresh process for each."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any, TypeAlias

from lab.bench.workload import Workload
from lab.engines.environment import variables
from lab.engines.protocol import BuiltCell
from lab.errors import ExitCode, LabError
from lab.judging import within
from lab.running.units import PROTOCOL, Unit, run_unit
from lab.store import observation_from_event
from lab.words import Role

DRIVER = Path(__file__).with_name("driver.py")
LOG_TAIL_CHARS = 1500

Job: TypeAlias = Mapping[str, Any]
TrialKey: TypeAlias = tuple[str, str, str]  # cell, artifact, strategy


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What some trials took: wall seconds in all, and how many of them went into importing TensorFlow.

    ``answers`` says of each trial, by cell, artifact and strategy, whether it answered rightly.
    """

    wall_s: float
    import_s: float
    answers: Mapping[TrialKey, bool]

    @property
    def trials(self) -> int:
        """How many trials these were."""
        return len(self.answers)

    @property
    def load_s(self) -> float:
        """Wall seconds without the import."""
        return self.wall_s - self.import_s


def in_one_process(load: Workload, built: BuiltCell, jobs: Sequence[Job]) -> Taken:
    """The floor: import once, then load one after the other, in the same process."""
    with tempfile.TemporaryDirectory(prefix="lab-bench-") as scratch:
        directory = Path(scratch)
        request, answer, log = directory / "request.json", directory / "answer.json", directory / "log"
        request.write_text(json.dumps(_request(load, built, jobs, directory)), encoding="utf-8")
        began = time.monotonic()
        with log.open("wb") as stream:
            subprocess.run(  # noqa: S603 - a list, never a shell
                [built.python, str(DRIVER), str(request), str(answer)],
                stdout=stream,
                stderr=stream,
                stdin=subprocess.DEVNULL,
                env=variables(built, str(directory), str(load.code)),
                cwd=directory,
                check=False,
            )
        wall_s = time.monotonic() - began
        if not answer.exists():
            said = log.read_text(encoding="utf-8", errors="replace")[-LOG_TAIL_CHARS:]
            message = f"in one process the loads of {built.cell.id} end early; leave out what ends them:\n{said}"
            raise LabError(message, ExitCode.INFRA_ERROR)
        told = json.loads(answer.read_text(encoding="utf-8"))
    answers = {(built.cell.id, trial["id"], trial["strategy"]): bool(trial["right"]) for trial in told["trials"]}
    return Taken(wall_s=wall_s, import_s=told["import_s"], answers=answers)


def by_the_lab(load: Workload, built: BuiltCell, jobs: Sequence[Job]) -> Taken:
    """The lab's trials: one unit of work, with its zygote, its children and its facts; without the canaries."""
    events: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="lab-bench-") as scratch:
        directory = Path(scratch)
        unit = Unit(
            role=Role.LOAD,
            cell=built.cell.id,
            jobs=[dict(job) for job in jobs],
            directory=directory,
            log=directory / "log",
            code=load.code,
        )
        began = time.monotonic()
        run_unit(load.engine, built, unit, load.matrix, events.append, Event())
        wall_s = time.monotonic() - began
    imported = [event["seconds"] for event in events if event["kind"] == "imported"]
    return Taken(wall_s=wall_s, import_s=sum(imported), answers=_answers(load, built, events))


def in_fresh_processes(load: Workload, built: BuiltCell, trials: Sequence[Job]) -> Taken:
    """What a person would script: a process for each trial, and an import in each."""
    return together([in_one_process(load, built, [trial]) for trial in trials])


def single_trials(taken: Taken, jobs: Sequence[Job], count: int) -> list[Job]:
    """Up to ``count`` of the trials that were tried, spread evenly over them, each as a job of its own."""
    tried = {(artifact, strategy) for _, artifact, strategy in taken.answers}
    steps = [(job, strategy) for job in jobs for strategy in job["strategies"] if (job["id"], strategy) in tried]
    singles = [{**job, "strategies": [strategy]} for job, strategy in steps]
    count = min(count, len(singles))
    return [singles[number * len(singles) // count] for number in range(count)]


def together(taken: Sequence[Taken]) -> Taken:
    """Several as one."""
    return Taken(
        wall_s=sum(one.wall_s for one in taken),
        import_s=sum(one.import_s for one in taken),
        answers={key: right for one in taken for key, right in one.answers.items()},
    )


def _answers(load: Workload, built: BuiltCell, events: Sequence[dict[str, Any]]) -> dict[TrialKey, bool]:
    return {
        (built.cell.id, event["id"], event["strategy"]): within(
            observation_from_event(event).differences, load.matrix.tolerance
        )
        for event in events
        if event["kind"] == "load"
    }


def _request(load: Workload, built: BuiltCell, jobs: Sequence[Job], directory: Path) -> dict[str, Any]:
    matrix, limits = load.matrix, load.matrix.limits
    return {
        "protocol": PROTOCOL,
        "role": Role.LOAD,
        "cell": built.cell.id,
        "results": str(directory / "results.jsonl"),
        "scratch": str(directory),
        "seed": matrix.seed,
        "tolerance": {"atol": matrix.tolerance.atol, "rtol": matrix.tolerance.rtol},
        "depth": matrix.depth,
        "arrival_s": 0.0,
        "ask": False,
        "last_after_timeout": [],
        "limits": {
            "timeout_s": limits.trial_timeout_s,
            "cpu_s": limits.trial_cpu_s,
            "memory_bytes": limits.memory_mib << 20,
            "batch": 1,
        },
        "jobs": [dict(job) for job in jobs],
    }
