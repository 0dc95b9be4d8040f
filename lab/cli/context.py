"""What every command needs: the matrix, the selection, the locks, the keys, and the evidence of a store."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import platformdirs

from lab.assessing import Assessor
from lab.causes import read_catalogue
from lab.declare import Rules, Selection, pairs, read_matrix, rescues, select
from lab.engines import processor
from lab.engines.choosing import AUTO, ChosenEngine, Room, choose
from lab.engines.locking import LockFolder
from lab.engines.protocol import Engine
from lab.engines.uv import find_uv
from lab.errors import LabError
from lab.evidence import Evidence, Seen, Verdicts
from lab.explaining import Knowledge
from lab.identity import KeyMaker, ProbeCode
from lab.planning import Known, Plan, Scope, plan
from lab.promises import read_rules
from lab.running import canaries
from lab.running.cells import LockedCell, lock_cells
from lab.running.run import IMPORT_ERROR
from lab.running.workplace import Workplace, read_probe_code
from lab.sharding import Shard, consumers_of
from lab.store import FILE, SeenTrial, Store, open_store
from lab.strategies import Strategies
from lab.versions import facts_of
from lab.words import Cell, CellFacts, EngineName, Format, Matrix, Model, Result

ROOT = Path(__file__).parents[2]
DEFAULT_OUT = ROOT / "reports" / "out"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the arguments of a command select."""

    matrix: Path
    out: Path
    cells: str | None = None
    models: str | None = None
    formats: str | None = None
    selection: str | None = None
    engine: str | ChosenEngine = AUTO
    onednn: str = processor.AUTO
    jobs: int = 0
    keep_images: int = 0
    every_cell: bool = False
    planning: bool = False  # what would be run, and nothing is
    as_stored: bool = False  # of the processor of the last run, wherever it was, and not of this machine's
    shard: Shard | None = None


class Context:
    """Everything up to the plan; nothing is run here but uv for missing locks, where cells are to run."""

    def __init__(self, wanted: Wanted, say: Callable[[str], None]) -> None:
        self.wanted = wanted
        self.matrix = read_matrix(wanted.matrix)
        self.selection: Selection = select(
            self.matrix,
            cells=wanted.cells,
            models=wanted.models,
            formats=wanted.formats,
            selection=wanted.selection,
        )
        jobs = wanted.jobs or max(1, os.cpu_count() or 1)
        self.jobs = min(jobs, wanted.keep_images) if wanted.keep_images else jobs
        self.uv = find_uv()
        self.chosen_engine = choose(wanted.engine) if isinstance(wanted.engine, str) else wanted.engine
        self.chosen_engine = replace(self.chosen_engine, processor=_processor(wanted))
        self.engine_name = self.chosen_engine.name
        self.gpu_cells_left_out = self._leave_out_gpu_cells()
        self.locks = LockFolder(directory=wanted.matrix.parent / "images" / "locks")
        self.code: ProbeCode = read_probe_code()
        self.locked: dict[str, LockedCell] = lock_cells(
            self.selection.cells,
            self.locks,
            None if wanted.planning or wanted.as_stored else self.uv,
            self.chosen_engine.identify,
            say,
            self.jobs,
        )
        self.workplace = Workplace(directory=wanted.out)
        self.keys = KeyMaker(
            self.code,
            {cell: locked.fingerprint for cell, locked in self.locked.items()},
            seed=self.matrix.seed,
            depth=self.matrix.depth,
            tolerances=self.matrix.own_tolerances,
        )
        self.scope = self._scope(self.selection.models, self.selection.formats)

    def engine(self) -> Engine:
        """The engine to run cells with."""
        return self.chosen_engine.open(
            self.matrix, self.uv, Room(cells=cells_directory(), keep_images=self.wanted.keep_images)
        )

    def all_fingerprints(self) -> set[str]:
        """Of every cell of the matrix that has a lock, selected or not."""
        texts = ((cell, self.locks.read(cell)) for cell in self.matrix.cells)
        return {self.chosen_engine.identify(cell, text) for cell, text in texts if text is not None}

    def plan(self, known: Known) -> Plan:
        """What is to be run, given what is known."""
        return plan(self.scope, self.keys, known, (canaries.MODEL, canaries.FORMAT))

    def knowledge(self) -> Knowledge:
        """What explains results: the catalogue, the promises, and what locks and code say is in cells and models."""
        described = {model.id: self.code.of_model(model.id) for model in self.matrix.models}
        return Knowledge(catalogue=read_catalogue(), rules=read_rules(), cells=self._facts, described=described)

    @cached_property
    def _facts(self) -> dict[str, CellFacts]:
        """What the locks say is in each cell."""
        texts = ((cell, self.locks.read(cell)) for cell in self.matrix.cells)
        return {cell.id: facts_of(cell, text) for cell, text in texts if text is not None}

    def results(self, store: Store) -> list[Result]:
        """Every result of the selection, judged now."""
        assessor = Assessor(self.matrix, self._evidence(store), self.knowledge(), self.scope, self.keys)
        return list(assessor.results(self.engine_name))

    def known(self, store: Store, *, since_run: int = 0, damaged: frozenset[str] = frozenset()) -> Known:
        """What is settled: by runs from ``since_run`` on, and without the damaged artifacts."""
        known = Verdicts(self.matrix, self._evidence(store)).known()
        saves, trials = store.saves(), self._trials(store) if since_run else {}
        return Known(
            saves={
                key: outcome
                for key, outcome in known.saves.items()
                if key not in damaged and saves[key].run >= since_run
            },
            trials={key: out for key, out in known.trials.items() if not since_run or trials[key].run >= since_run},
        )

    def damaged(self, store: Store, planned: Plan) -> frozenset[str]:
        """The artifacts that are to be loaded and whose files are not what was saved."""
        saves = store.saves()
        wanted = {job.artifact.key for jobs in planned.loads.values() for job in jobs}
        wanted |= {self.keys.artifact(cell, canaries.MODEL, canaries.FORMAT).key for cell in planned.loads}
        return frozenset(key for key in wanted & saves.keys() if not self.workplace.is_whole(key, saves[key].manifest))

    def _leave_out_gpu_cells(self) -> int:
        """Cells with CUDA take some 5 GB each and most need an image: without Docker they run when they are named."""
        named = self.wanted.cells or self.wanted.selection or self.wanted.every_cell
        if named or self.engine_name is EngineName.DOCKER:
            return 0
        left = tuple(cell for cell in self.selection.cells if cell.cuda is None)
        left_out = len(self.selection.cells) - len(left)
        self.selection = replace(self.selection, cells=left)
        return left_out

    def _scope(self, models: tuple[Model, ...], formats: tuple[Format, ...]) -> Scope:
        every = pairs(self.matrix, self.selection.cells)
        mine = consumers_of(self.wanted.shard or Shard(number=1, count=1), every)
        return Scope(
            pairs=[(producer, consumer) for producer, consumer in every if consumer.id in mine],
            models=models,
            formats=formats,
            declared=Rules(self.matrix).declared_unsupported,
            strategies=Strategies(self.matrix.strategies, self._facts),
            rescues=[rescue for rescue in rescues(self.matrix, self.selection.cells) if rescue.consumer.id in mine],
        )

    def _trials(self, store: Store) -> dict[str, SeenTrial]:
        """What was seen of the selected models; what is left of a store is most of it, and takes time to read."""
        return store.trials(model.id for model in self.scope.models)

    def _evidence(self, store: Store) -> Evidence:
        fingerprints = {cell: locked.fingerprint for cell, locked in self.locked.items()}
        saves = store.saves()
        return Evidence(
            saves={
                key: Seen(
                    observation=saved.observation,
                    model=saved.artifact.model,
                    run=saved.run,
                    fingerprint=fingerprints.get(saved.artifact.producer, ""),
                    engine=self.engine_name,
                    seen_at=saved.seen_at,
                )
                for key, saved in saves.items()
            },
            formats={key: saved.artifact.format for key, saved in saves.items()},
            trials={
                key: Seen(
                    observation=seen.observation,
                    model=seen.trial.artifact.model,
                    run=seen.run,
                    fingerprint=seen.fingerprint,
                    engine=seen.engine,
                    seen_at=seen.seen_at,
                )
                for key, seen in self._trials(store).items()
            },
            canaries=store.canaries(),
            import_errors=frozenset(
                fingerprint for fingerprint, cell in store.cells().items() if cell["state"] == IMPORT_ERROR
            ),
        )


def existing(matrix: Path) -> Path:
    """The matrix file; raises LabError where there is none."""
    if not matrix.is_file():
        message = f"{matrix} does not exist; name the matrix with --matrix FILE"
        raise LabError(message)
    return matrix


def cells_directory() -> Path:
    """Where environments are kept: ``LAB_CACHE``, else the user's cache folder."""
    base = os.environ.get("LAB_CACHE") or platformdirs.user_cache_dir("tensorflow-version-lab")
    return Path(base) / "cells"


def find_cell(matrix: Matrix, cell_id: str) -> Cell:
    """A cell by its id; raises LabError with the nearest name."""
    return select(matrix, cells=cell_id).cells[0]


def _processor(wanted: Wanted) -> str | None:
    """The trait that is asked for, or that the last run was made with where it is only read; None is this machine's."""
    if wanted.onednn in processor.ASKED:
        return processor.ASKED[wanted.onednn]
    return stored_processor(wanted.out) if wanted.as_stored else None


def stored_processor(out: Path) -> str | None:
    """The trait of the processor that the last run computed as on; None where nothing has been run."""
    if not (out / FILE).exists():
        return None
    with open_store(out, writing=False) as store:
        runs = store.runs()
    return processor.trait_of(runs[-1]["host"]) if runs else None
