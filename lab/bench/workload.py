"""Find what is to be loaded: real artifacts of a store, cells that are built, and the lab's own list of loads."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

from lab.declare import Rules, pairs, read_matrix, select
from lab.engines.choosing import choose
from lab.engines.local import LocalEngine
from lab.engines.locking import LockFolder
from lab.engines.protocol import BuiltCell
from lab.engines.uv import find_uv
from lab.errors import ExitCode, LabError
from lab.identity import KeyMaker
from lab.judging import judge_save
from lab.planning import Known, LoadJob, Scope, plan
from lab.running import canaries
from lab.running.cells import LockedCell, lock_cells
from lab.running.workplace import Workplace, read_probe_code
from lab.store import open_store
from lab.strategies import Strategies
from lab.versions import facts_of
from lab.words import Cell, EngineName, Matrix, Outcome

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What to time: the globs of the selection, and the folder of the store."""

    cells: str
    models: str
    formats: str
    matrix: Path
    out: Path

    def command(self) -> list[str]:
        """``lab matrix`` over this selection."""
        selection = ["--cells", self.cells, "--models", self.models, "--formats", self.formats]
        folders = ["--matrix", str(self.matrix), "--out", str(self.out)]
        return [sys.executable, "-m", "lab", "matrix", "--engine", "local", *selection, *folders]


@dataclass(frozen=True, kw_only=True)
class Workload:
    """Built cells and what each of them loads: jobs as the probe reads them."""

    matrix: Matrix
    engine: LocalEngine
    code: Path
    cells: tuple[tuple[BuiltCell, tuple[dict[str, Any], ...]], ...]


def run_matrix(chosen: Chosen) -> float:
    """Run ``lab matrix`` to its end; returns wall seconds, raises LabError with its last words where it fails."""
    began = time.monotonic()
    completed = subprocess.run(  # noqa: S603 - a list, never a shell
        chosen.command(), capture_output=True, text=True, check=False, cwd=ROOT
    )
    if completed.returncode != ExitCode.DONE:
        message = f"{' '.join(chosen.command())} ended with {completed.returncode}:\n{completed.stderr[-2000:]}"
        raise LabError(message, ExitCode.INFRA_ERROR)
    return time.monotonic() - began


def find_workload(chosen: Chosen, say: Callable[[str], None]) -> Workload:
    """Everything that ``run_matrix`` has saved and would load, were nothing known of the loads."""
    matrix = read_matrix(chosen.matrix)
    wanted = select(matrix, cells=chosen.cells, models=chosen.models, formats=chosen.formats)
    locks = LockFolder(directory=chosen.matrix.parent / "images" / "locks")
    locked = lock_cells(wanted.cells, locks, find_uv(), choose(EngineName.LOCAL).identify, say, 1)
    code = read_probe_code()
    fingerprints = {cell: found.fingerprint for cell, found in locked.items()}
    keys = KeyMaker(code, fingerprints, seed=matrix.seed, depth=matrix.depth, tolerances=matrix.own_tolerances)
    scope = Scope(
        pairs=pairs(matrix, wanted.cells),
        models=wanted.models,
        formats=wanted.formats,
        declared=Rules(matrix).declared_unsupported,
        strategies=Strategies(
            matrix.strategies, {cell: facts_of(found.cell, found.lock_text) for cell, found in locked.items()}
        ),
    )
    known = Known(saves=_saves(matrix, chosen.out))
    workplace = Workplace(directory=chosen.out)
    loads = plan(scope, keys, known, (canaries.MODEL, canaries.FORMAT)).loads
    if not loads:
        message = "nothing to time: what is selected could not be saved, or is declared unsupported"
        raise LabError(message, ExitCode.NOTHING_SELECTED)
    engine = LocalEngine(_cells_directory(), find_uv(), matrix.limits.build_timeout_s)
    return Workload(
        matrix=matrix,
        engine=engine,
        code=workplace.snapshot_probe(code),
        cells=tuple(
            (_build(engine, locked[cell.id], workplace), _jobs(loads[cell.id], workplace))
            for cell in _consumers(wanted.cells, loads)
        ),
    )


def _saves(matrix: Matrix, out: Path) -> dict[str, Outcome | None]:
    containers = {form.id: form.container for form in matrix.formats}
    with open_store(out, writing=False) as store:
        verdicts = {
            key: judge_save(saved.observation, containers.get(saved.artifact.format, ""))
            for key, saved in store.saves().items()
        }
    return {key: None if verdict is None else verdict.outcome for key, verdict in verdicts.items()}


def _consumers(cells: Sequence[Cell], loads: Mapping[str, object]) -> list[Cell]:
    return [cell for cell in cells if cell.id in loads]


def _build(engine: LocalEngine, locked: LockedCell, workplace: Workplace) -> BuiltCell:
    return engine.build(locked.cell, locked.lock_text, locked.fingerprint, workplace.log(locked.cell.id, "build"))


def _jobs(loads: Sequence[LoadJob], workplace: Workplace) -> tuple[dict[str, Any], ...]:
    return tuple(
        {
            "id": load.artifact.key,
            "model": load.artifact.model,
            "format": load.artifact.format,
            "directory": str(workplace.artifact(load.artifact.key)),
            "strategies": [trial.strategy for trial in load.trials],
        }
        for load in loads
    )


def _cells_directory() -> Path:
    """As the command line does it; the bench stands below it and cannot ask."""
    base = os.environ.get("LAB_CACHE") or platformdirs.user_cache_dir("tensorflow-version-lab")
    return Path(base) / "cells"
