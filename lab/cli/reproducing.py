"""``lab repro``: run one trial again, its log on the terminal."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from threading import Event
from typing import Any

from lab.cli.context import Context
from lab.cli.matrix import wanted
from lab.cli.progress import say
from lab.cli.reading import FRAMES_SHOWN
from lab.errors import ExitCode, LabError
from lab.judging import judge
from lab.running.units import Unit, run_unit
from lab.store import observation_from_event, open_store
from lab.words import Outcome, Role, Trial


def register(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse's own type is private
    """Add ``repro``."""
    repro = commands.add_parser(
        "repro",
        parents=[common],
        help="run one trial again, its log on the terminal",
        description="Run one trial again in its cell and show what happens; nothing is written to the store.",
        epilog="example: python -m lab repro tf2.16/tf2.10/dense-sequential/h5/plain",
    )
    repro.add_argument("trial", metavar="TRIAL", help="a key, or PRODUCER/CONSUMER/MODEL/FORMAT/STRATEGY")
    repro.set_defaults(command=_repro)


def _repro(arguments: argparse.Namespace) -> int:
    context = Context(wanted(arguments), say)
    with open_store(context.workplace.directory, writing=False) as store:
        trial = _find(arguments.trial, [seen.trial for seen in store.trials().values()])
    if trial.consumer not in context.locked:
        message = f"{trial.consumer} is no cell of {arguments.matrix} any more"
        raise LabError(message)
    events = _run(context, trial)
    for event in events:
        if event["kind"] == "load":
            return _tell(context, trial, event)
    message = "the probe gave no answer; its log is above"
    raise LabError(message, ExitCode.INFRA_ERROR)


def _find(name: str, trials: list[Trial]) -> Trial:
    for trial in trials:
        if name in (trial.key, trial.name):
            return trial
    message = f"no trial '{name}' in the store: 'python -m lab results' lists them with their keys"
    raise LabError(message)


def _run(context: Context, trial: Trial) -> list[dict[str, Any]]:
    locked = context.locked[trial.consumer]
    directory = context.workplace.artifact(trial.artifact.key)
    if not directory.exists():
        message = f"the artifact of {trial.name} is gone: run 'nox -s matrix' to save it anew"
        raise LabError(message)
    events: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="lab-repro-") as scratch:
        log = Path(scratch) / "log"
        built = context.engine().build(locked.cell, locked.lock_text, locked.fingerprint, log)
        job = {
            "id": trial.artifact.key,
            "model": trial.artifact.model,
            "format": trial.artifact.format,
            "directory": str(directory),
            "strategies": [trial.strategy],
        }
        code = context.workplace.snapshot_probe(context.code)
        unit = Unit(role=Role.LOAD, cell=trial.consumer, jobs=[job], directory=Path(scratch), log=log, code=code)
        say(f"{trial.name} in {trial.consumer}: {built.python}")
        run_unit(context.engine(), built, unit, context.matrix, events.append, Event())
        say(log.read_text(encoding="utf-8", errors="replace"))
    return events


def _tell(context: Context, trial: Trial, event: dict[str, Any]) -> int:
    seen = observation_from_event(event)
    judgement = judge(seen, context.matrix.tolerance)
    print(f"{trial.name}: {judgement.outcome}" + (f" at {judgement.stage}" if judgement.stage else ""))
    print(f"  {judgement.reason}")
    raised = seen.exception or seen.probe_error
    if raised is not None:
        print(f"  {raised.type}: {raised.message}")
        print("\n".join(f"    {frame}" for frame in raised.frames[-FRAMES_SHOWN:]))
    if seen.log_tail:
        print(seen.log_tail)
    return ExitCode.INFRA_ERROR if judgement.outcome is Outcome.INFRA_ERROR else ExitCode.DONE
