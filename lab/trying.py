"""Bring a file through the cells: where it loads, what it answers there, why not elsewhere, and what makes it load.

Nobody recorded what the model of such a file answers. So it is first loaded where it most likely loads, and what it
answers there to made-up inputs is what all other cells are compared with.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event, Lock
from typing import Any

from packaging.version import Version

from lab.causes import Catalogue, case_of
from lab.engines.protocol import BuiltCell, Engine
from lab.errors import CellFault
from lab.identity import PLAIN, ProbeCode
from lab.judging import judge
from lab.recipes import RecipeBook
from lab.running import checkpoints
from lab.running.cells import LockedCell
from lab.running.foreign import Foreign, place, record
from lab.running.units import Unit, run_unit
from lab.running.user_code import UserCode
from lab.store import observation_from_event
from lab.strategies import Strategies
from lab.words import FAILURES, Cell, CellFacts, Format, Judgement, Matrix, Observation, Outcome, Role, Stage

MODEL = "brought"
# The strategy that needs no recorded answers, and what it is told as: for weights alone it is the plain way.
UNASKED, UNASKED_CHECKPOINT, BUILT = "build-unasked", "build-unasked-checkpoint", "build-and-load-weights"
OF_FILES = frozenset({"h5", "keras", "keras-suffix-h5"})
OF_WEIGHTS = frozenset({"weights-h5", "weights-v3"}) | checkpoints.FORMATS
# A model that somebody trained is larger than those of the zoo.
CPU_S, TIMEOUT_S, MEMORY_MIB, BATCH = 120.0, 600.0, 8192, 4


@dataclass(frozen=True, kw_only=True)
class Bench:
    """What files are tried with: the cells with their locks and contents, the engine, the probe and its recipes."""

    matrix: Matrix
    cells: Sequence[Cell]
    locked: Mapping[str, LockedCell]
    facts: Mapping[str, CellFacts]
    catalogue: Catalogue
    engine: Engine
    code: ProbeCode
    probe: Path
    jobs: int
    say: Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One load of one file in one cell; ``training`` is how the process ended when the model was trained there."""

    file: str
    consumer: str
    strategy: str
    judgement: Judgement
    observation: Observation
    cause: str | None
    training: str | None = None


@dataclass
class Brought:
    """One file on its way through the cells."""

    foreign: Foreign
    directory: Path
    form: Format
    candidates: list[str]
    reference: str | None = None
    attempts: list[Attempt] = field(default_factory=list)

    def at(self, cell: str) -> list[Attempt]:
        """What was tried in one cell."""
        return [one for one in self.attempts if one.consumer == cell]


class Course:
    """Files on their way: first to a cell that answers, then, with its answers, to all."""

    def __init__(self, bench: Bench, scratch: Path, given: UserCode | None) -> None:
        self._bench = bench
        self._scratch = scratch
        self._given = given
        self._matrix = replace(
            bench.matrix,
            limits=replace(
                bench.matrix.limits, trial_cpu_s=CPU_S, trial_timeout_s=TIMEOUT_S, memory_mib=MEMORY_MIB, batch=BATCH
            ),
        )
        self._book = RecipeBook(bench.code)
        self._strategies = Strategies(bench.matrix.strategies, bench.facts)
        self._code = self._copy_code()
        self._built: dict[str, BuiltCell] = {}
        self._building = {cell.id: Lock() for cell in bench.cells}

    def run(self, files: Sequence[Foreign]) -> list[Brought]:
        """Everything that was tried, file by file."""
        brought = [self._bring(number, each) for number, each in enumerate(files)]
        while waiting := [each for each in brought if each.reference is None and each.candidates]:
            self._round(waiting)
        self._compare([each for each in brought if each.reference is not None])
        return brought

    def _bring(self, number: int, foreign: Foreign) -> Brought:
        form = next(each for each in self._matrix.formats if each.id == foreign.format)
        directory = self._scratch / "files" / str(number)
        place(foreign, self._book.recipe(form.id, PLAIN).file, directory)
        return Brought(foreign=foreign, directory=directory, form=form, candidates=self._nearest(foreign))

    def _nearest(self, foreign: Foreign) -> list[str]:
        """Cells in the order in which they are asked for answers: what saved it, then later ones, then earlier ones.

        Up to 2.15 TensorFlow and its Keras have the same number.
        """
        facts = self._bench.facts
        cells = sorted((cell.id for cell in self._bench.cells), key=lambda cell: Version(facts[cell].keras))
        release = ".".join((foreign.tensorflow or "0").split(".")[:2])
        saved = Version(foreign.keras or release)
        later = [cell for cell in cells if Version(facts[cell].keras) >= saved]
        return later + [cell for cell in reversed(cells) if cell not in later]

    def _round(self, waiting: Sequence[Brought]) -> None:
        """Ask the next candidate of every file that has no answers yet."""
        by_cell: dict[str, list[Brought]] = {}
        for each in waiting:
            by_cell.setdefault(each.candidates.pop(0), []).append(each)
        for cell, of_cell in by_cell.items():
            self._bench.say(f"{cell}: asking for answers, {len(of_cell)} of {len(waiting)} files")
            for each, event in self._load(cell, of_cell, ask=True):
                if event.get("golden") and each.reference is None:
                    record(each.directory, event["golden"])
                    each.reference = cell
                elif each.reference is None:
                    each.attempts.append(self._attempt(each, cell, event))

    def _compare(self, answered: Sequence[Brought]) -> None:
        """Load in every cell what has answers; what was tried on the way is tried again with them."""
        for each in answered:
            each.attempts.clear()
        with ThreadPoolExecutor(self._bench.jobs) as pool:
            loads = {cell.id: pool.submit(self._load, cell.id, answered, ask=False) for cell in self._bench.cells}
        for cell, load in loads.items():
            for each, event in load.result():
                each.attempts.append(self._attempt(each, cell, event))
        for cell_ in self._bench.cells:
            self._spare_training(cell_.id, answered)

    def _spare_training(self, cell: str, answered: Sequence[Brought]) -> None:
        """Load again without training what died: where training is what ends the process, the load itself is well."""
        died = [each for each in answered if any(one.judgement.outcome is Outcome.CRASH for one in each.at(cell))]
        loads = self._load(cell, died, ask=False, depth=Stage.COMPARE)
        for each in died:
            spared = [self._attempt(each, cell, event) for loaded, event in loads if loaded is each]
            if spared and spared[-1].judgement.outcome is Outcome.PASS:
                ends = next(one.judgement.reason for one in each.at(cell) if one.judgement.outcome is Outcome.CRASH)
                spared[-1] = replace(spared[-1], training=ends)
                each.attempts[:] = [one for one in each.attempts if one.consumer != cell] + spared

    def _load(
        self, cell: str, files: Sequence[Brought], *, ask: bool, depth: str = ""
    ) -> list[tuple[Brought, dict[str, Any]]]:
        if not files:
            return []
        events: list[dict[str, Any]] = []
        jobs = {str(number): each for number, each in enumerate(files)}
        unit = Unit(
            role=Role.LOAD,
            cell=cell,
            jobs=[self._job(number, each, cell, ask=ask) for number, each in jobs.items()],
            directory=Path(tempfile.mkdtemp(dir=self._scratch)),
            log=self._scratch / f"{cell}.log",
            code=self._code,
            ask=ask,
        )
        matrix = replace(self._matrix, depth=depth) if depth else self._matrix
        try:
            run_unit(self._bench.engine, self._build(cell), unit, matrix, events.append, Event())
        except CellFault as error:
            fault = {"kind": "load", "strategy": PLAIN, "lab_fault": str(error)}
            return [(each, fault) for each in files]
        self._bench.say(f"{cell}: done")
        return [(jobs[event["id"]], event) for event in events if event["kind"] == "load"]

    def _job(self, number: str, each: Brought, cell: str, *, ask: bool) -> dict[str, Any]:
        return {
            "id": number,
            "model": MODEL,
            "format": each.form.id,
            "directory": str(each.directory),
            "strategies": list(self._strategies_for(each.form, cell, ask=ask)),
        }

    def _strategies_for(self, form: Format, cell: str, *, ask: bool) -> Iterable[str]:
        """Those that this cell can have, and that need no more than the file, or than the code that was given.

        Who builds a model from code calls it with the recorded inputs; before there are any, one strategy does without.
        """
        for strategy in form.strategies:
            if not self._strategies.suits_cell(strategy, cell):
                continue
            needs = set(self._book.recipe(form.id, strategy).parameters)
            if "build_model" in needs and (ask or self._given is None or not self._given.builds):
                continue
            if strategy.startswith("custom-objects") and self._given is None:
                continue
            yield strategy
        if ask and self._given is not None and self._given.builds and form.id in OF_FILES | OF_WEIGHTS:
            yield UNASKED_CHECKPOINT if form.id in checkpoints.FORMATS else UNASKED

    def _attempt(self, each: Brought, cell: str, event: dict[str, Any]) -> Attempt:
        seen = observation_from_event(event)
        judgement = judge(seen, self._matrix.tolerance)
        strategy = event["strategy"]
        if strategy in {UNASKED, UNASKED_CHECKPOINT}:
            strategy = PLAIN if each.form.id in OF_WEIGHTS else BUILT
        saved = CellFacts(tensorflow=each.foreign.tensorflow or "", keras=each.foreign.keras or "", python="")
        cells = (saved, self._bench.facts.get(cell))
        case = case_of(
            seen,
            (judgement.outcome, judgement.stage),
            (each.form.id, strategy),
            cells,
            each.foreign.described,
        )
        cause = self._bench.catalogue.classify(case) if judgement.outcome in FAILURES else None
        return Attempt(
            file=str(each.foreign.path),
            consumer=cell,
            strategy=strategy,
            judgement=judgement,
            observation=seen,
            cause=cause,
        )

    def _build(self, cell: str) -> BuiltCell:
        with self._building[cell]:
            if cell not in self._built:
                locked = self._bench.locked[cell]
                log = self._scratch / f"{cell}-build.log"
                if locked.fault:
                    raise CellFault(locked.fault)
                self._built[cell] = self._bench.engine.build(locked.cell, locked.lock_text, locked.fingerprint, log)
            return self._built[cell]

    def _copy_code(self) -> Path:
        """The probe with the user's code in the place of a reference model."""
        snapshot = self._scratch / "code"
        shutil.copytree(self._bench.probe, snapshot)
        target = snapshot / "probe" / "zoo" / f"{MODEL}.py"
        target.write_text(self._given.text if self._given else "", encoding="utf-8")
        return snapshot
