"""``lab repro``: run one trial again, its log on the terminal."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any

from lab.cli.arguments import wanted
from lab.cli.context import Context
from lab.cli.one_load import load_once
from lab.cli.progress import say
from lab.cli.reading import FRAMES_SHOWN
from lab.errors import CellFault, ExitCode, LabError
from lab.judging import judge
from lab.store import open_store
from lab.words import Observation, Outcome, Trial


def register(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse's own type is private
    """Add ``repro``."""
    repro = commands.add_parser(
        "repro",
        parents=[common],
        help="run one trial again, its log on the terminal",
        description="Run one trial again in its cell, computing as the last run did, and show what happens; nothing is "
        "written to the store.",
        epilog="example: python -m lab repro tf2.16/tf2.10/dense-sequential/h5/plain",
    )
    repro.add_argument("trial", metavar="TRIAL", help="a key, or PRODUCER/CONSUMER/MODEL/FORMAT/STRATEGY")
    repro.set_defaults(command=_repro)


def _repro(arguments: argparse.Namespace) -> int:
    context = Context(replace(wanted(arguments), as_stored=True), say)
    with open_store(context.workplace.directory, writing=False) as store:
        trial = store.find_trial(arguments.trial)
    if trial is None:
        message = f"no trial '{arguments.trial}' in the store: 'python -m lab results' lists them with their keys"
        raise LabError(message)
    if trial.consumer not in context.locked:
        message = f"{trial.consumer} is no cell of {arguments.matrix} any more"
        raise LabError(message)
    locked = context.locked[trial.consumer]
    if locked.fault is not None:
        raise CellFault(locked.fault)
    loaded = load_once(context, trial.artifact, trial.strategy, locked.cell, locked.lock_text)
    say(f"{trial.name} in {trial.consumer}: {loaded.python}")
    say(loaded.log)
    if loaded.seen is None:
        message = "the probe gave no answer; its log is above"
        raise LabError(message, ExitCode.INFRA_ERROR)
    return _tell(context, trial, loaded.seen)


def _tell(context: Context, trial: Trial, seen: Observation) -> int:
    judgement = judge(seen, context.matrix.tolerance_of(trial.artifact.model))
    print(f"{trial.name}: {judgement.outcome}" + (f" at {judgement.stage}" if judgement.stage else ""))
    print(f"  {judgement.reason}")
    raised = seen.exception or seen.probe_error
    if raised is not None:
        print(f"  {raised.type}: {raised.message}")
        print("\n".join(f"    {frame}" for frame in raised.frames[-FRAMES_SHOWN:]))
    if seen.log_tail:
        print(seen.log_tail)
    return ExitCode.INFRA_ERROR if judgement.outcome is Outcome.INFRA_ERROR else ExitCode.DONE
