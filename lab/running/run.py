"""The run: lock, plan, build, save, load; one thread writes the store, the others run cells."""

from __future__ import annotations

import contextlib
import queue
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Lock
from typing import Any, Protocol

from lab.cuda_check import check, state_reason
from lab.engines.protocol import BuiltCell, Engine
from lab.errors import CellFault
from lab.identity import KeyMaker
from lab.planning import Known, LoadJob, Plan, Scope, plan
from lab.running import canaries
from lab.running.cells import LockedCell
from lab.running.interrupts import held_back
from lab.running.parts import Part, Work, cut
from lab.running.units import Unit, run_unit
from lab.running.workplace import Workplace
from lab.store import SeenCell, Store, observation_from_event
from lab.words import Artifact, Matrix, Role, Trial

COMMIT_EVERY_S = 0.5

READY = "ready"
ON_CPU = "on-cpu"
IMPORT_ERROR = "import-error"
INFRA_ERROR = "infra-error"


class Progress(Protocol):
    """What a run tells while it goes on."""

    def phase(self, name: str, total: int) -> None:
        """A phase begins; ``total`` steps are expected."""
        ...

    def step(self, text: str, *, advance: int = 1) -> None:
        """A step is done; an empty text only counts."""
        ...


@dataclass(frozen=True, kw_only=True)
class Order:
    """Everything a run needs that does not change while it runs."""

    matrix: Matrix
    scope: Scope
    keys: KeyMaker
    locked: Mapping[str, LockedCell]
    engine: Engine
    workplace: Workplace
    code: Path
    jobs: int
    cell_by_cell: bool
    known: Callable[[], Known]


@dataclass
class Tally:
    """What a run has done so far."""

    saved: int = 0
    trials: int = 0
    faults: dict[str, str] = field(default_factory=dict)


class Run:
    """One execution. Call ``go`` once; KeyboardInterrupt stops it with everything seen so far in the store."""

    def __init__(self, order: Order, store: Store, run_id: int, progress: Progress) -> None:
        self._order = order
        self._store = store
        self._run_id = run_id
        self._progress = progress
        self._stop = Event()
        self._events: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._built: dict[str, BuiltCell] = {}
        self._unbuilt: dict[str, str] = {}
        self._parts_left: Counter[str] = Counter()
        self._building = {cell: Lock() for cell in order.locked}
        self._by_key: dict[str, Artifact] = {}
        self._trials: dict[tuple[str, str], Trial] = {}
        self.tally = Tally()

    def go(self, first: Plan) -> Tally:
        """Build and save, then load; the loads are planned again when it is known what could be saved."""
        self._order.workplace.clear_units()
        try:
            needed = [cell for cell in self._order.locked if cell in first.saves or cell in first.loads]
            saves = {cell: first.saves.get(cell, ()) for cell in needed}
            self._phase("build and save", saves, first.save_count, self._build_and_save)
            second = self._plan()
            self._phase("load", second.loads, second.load_count, self._load)
            self._rescue(second)
        finally:
            self._store.commit()
        if not self._stop.is_set():
            self._order.workplace.clear_units()
        return self.tally

    def _rescue(self, before: Plan) -> None:
        """Load what failed in the cells that may mend it; what has just been tried is left to the next run."""
        if not self._order.scope.rescues:
            return
        tried = {(consumer, job.artifact.key) for consumer, jobs in before.loads.items() for job in jobs}
        rescued = {
            consumer: [job for job in jobs if (consumer, job.artifact.key) not in tried]
            for consumer, jobs in self._plan().loads.items()
        }
        rescued = {consumer: jobs for consumer, jobs in rescued.items() if jobs}
        if rescued:
            self._phase("load in another environment", rescued, sum(map(len, rescued.values())), self._load)

    def _plan(self) -> Plan:
        """What is left when everything that can be saved is saved."""
        canary = (canaries.MODEL, canaries.FORMAT)
        return plan(self._order.scope, self._order.keys, self._order.known(), canary).without_unsaved()

    def _phase(
        self, name: str, work: Mapping[str, Sequence[Work]], total: int, do: Callable[[Part[Work]], None]
    ) -> None:
        """Run one task a part, at most ``jobs`` at once; this thread alone writes the store."""
        self._progress.phase(name, total)
        parts = cut(work, self._order.jobs, cell_by_cell=self._order.cell_by_cell)
        self._parts_left = Counter(part.cell for part in parts)
        with ThreadPoolExecutor(self._order.jobs) as pool:
            tasks = [pool.submit(self._guarded, part, do) for part in parts]
            try:
                self._write_until_done(tasks)
            except BaseException:
                self._stop.set()
                for task in tasks:
                    task.cancel()
                raise
            finally:
                pool.shutdown(wait=True)
                self._drain()
        for task in tasks:
            task.result()

    def _guarded(self, part: Part[Work], do: Callable[[Part[Work]], None]) -> None:
        """A fault of one cell costs that cell alone."""
        if self._stop.is_set():
            return
        try:
            do(part)
        except (CellFault, OSError) as error:
            if self._stop.is_set():  # given up because of the interrupt: nothing is known of the cell
                return
            self._events.put(lambda reason=str(error): self._cell_fault(part.cell, reason))  # type: ignore[misc]
        finally:
            self._release(part.cell)

    def _release(self, cell: str) -> None:
        """After the last part of a cell in a phase its engine may free what it takes."""
        with self._building[cell]:
            self._parts_left[cell] -= 1
            if not self._parts_left[cell] and cell in self._built:
                self._order.engine.release(self._built.pop(cell))

    def _write_until_done(self, tasks: list[Future[None]]) -> None:
        committed = time.monotonic()
        with held_back() as give_way:
            while not all(task.done() for task in tasks):
                with contextlib.suppress(queue.Empty):
                    self._events.get(timeout=COMMIT_EVERY_S)()
                if time.monotonic() - committed >= COMMIT_EVERY_S:
                    self._store.commit()
                    committed = time.monotonic()
                give_way()
            self._drain()

    def _drain(self) -> None:
        while True:
            try:
                self._events.get_nowait()()
            except queue.Empty:
                self._store.commit()
                return

    def _build(self, cell: str) -> BuiltCell:
        """Build a cell once, whichever of its parts comes first; the others wait for it."""
        with self._building[cell]:
            if cell in self._built:
                return self._built[cell]
            locked = self._order.locked[cell]
            fault = locked.fault or self._unbuilt.get(cell)
            if fault is not None:
                raise CellFault(fault)
            log = self._order.workplace.log(cell, "build")
            try:
                built = self._order.engine.build(locked.cell, locked.lock_text, locked.fingerprint, log, self._stop)
            except CellFault as error:
                self._unbuilt[cell] = str(error)
                raise
            self._built[cell] = built
        word = "reused" if built.reused else f"built in {built.seconds:.0f} s"
        self._events.put(lambda: self._progress.step(f"{cell}: {word}", advance=0))
        return built

    def _build_and_save(self, part: Part[Artifact]) -> None:
        built = self._build(part.cell)
        if not part.work:
            return
        self._by_key.update({artifact.key: artifact for artifact in part.work})
        jobs = [_save_job(artifact, self._order.workplace) for artifact in part.work]
        self._run(built, Role.SAVE, part.number, jobs)

    def _load(self, part: Part[LoadJob]) -> None:
        built = self._build(part.cell)
        for job in part.work:
            for trial in job.trials:
                self._trials[trial.artifact.key + part.cell, trial.strategy] = trial
        jobs = [_load_job(job, self._order.workplace) for job in part.work]
        tests = self._canaries(part.cell) if part.number == 0 else []
        self._run(built, Role.LOAD, part.number, tests + jobs)

    def _canaries(self, cell: str) -> list[dict[str, Any]]:
        artifact = self._order.keys.artifact(cell, canaries.MODEL, canaries.FORMAT)
        directory = self._order.workplace.artifact(artifact.key)
        if not directory.exists():
            return []
        return canaries.make(directory, self._order.workplace.unit(self._run_id, cell, "canaries"))

    def _run(self, built: BuiltCell, role: Role, number: int, jobs: list[dict[str, Any]]) -> None:
        cell = built.cell.id
        name = f"{role}-{number}"
        unit = Unit(
            role=role,
            cell=cell,
            jobs=jobs,
            directory=self._order.workplace.unit(self._run_id, cell, name),
            log=self._order.workplace.log(cell, name),
            code=self._order.code,
        )
        run_unit(
            self._order.engine,
            built,
            unit,
            self._order.matrix,
            lambda event: self._events.put(lambda: self._take(built, event)),
            self._stop,
        )
        self._events.put(lambda: self._progress.step(f"{cell}: {role} done, {len(jobs)} artifacts", advance=0))

    def _take(self, built: BuiltCell, event: dict[str, Any]) -> None:
        """Write one event of the probe; runs in the writing thread."""
        match event["kind"]:
            case "cell":
                self._take_cell(built, event)
            case "save":
                self._take_save(event)
            case "load":
                self._take_load(built, event)
            case "finished":
                self._progress.step("", advance=0 if event["id"].startswith(canaries.PREFIX) else 1)
            case _:
                pass

    def _take_cell(self, built: BuiltCell, event: dict[str, Any]) -> None:
        failure = event.get("import_error")
        state, reason = READY, ""
        if failure is not None:
            reason = f"{failure['type']}: {failure['message'].splitlines()[0] if failure['message'] else ''}"
            state = IMPORT_ERROR
            if built.cell.imports:
                state = INFRA_ERROR
                reason = f"TensorFlow does not import: {reason} (if that is the finding, declare imports = false)"
                self.tally.faults[built.cell.id] = reason
        elif not built.cell.imports:
            reason = "imports, though matrix.toml says imports = false"
        else:
            found = check(built.cell, event.get("facts", {}))
            state, reason = ON_CPU if found and found.on_cpu else READY, state_reason(found)
        self._store.add_cell(
            self._run_id,
            SeenCell(
                cell=built.cell.id,
                fingerprint=built.fingerprint,
                state=state,
                reason=reason,
                facts=event.get("facts", {}),
                seconds=built.seconds,
            ),
        )

    def _take_save(self, event: dict[str, Any]) -> None:
        artifact = self._by_key[event["id"]]
        self._store.add_save(self._run_id, artifact, observation_from_event(event), event.get("manifest") or {})
        self.tally.saved += 1

    def _take_load(self, built: BuiltCell, event: dict[str, Any]) -> None:
        observation = observation_from_event(event)
        if event["id"].startswith(canaries.PREFIX):
            name = event["id"].removeprefix(canaries.PREFIX)
            self._store.add_canary(self._run_id, built.fingerprint, name, observation)
            return
        trial = self._trials[event["id"] + built.cell.id, event["strategy"]]
        self._store.add_trial(self._run_id, trial, self._order.engine.name, built.fingerprint, observation)
        self.tally.trials += 1

    def _cell_fault(self, cell: str, reason: str) -> None:
        """Note that a cell cannot be had; what it should have done stays open."""
        if self.tally.faults.get(cell) == reason:
            return
        self.tally.faults[cell] = reason
        fingerprint = self._order.locked[cell].fingerprint
        fault = SeenCell(cell=cell, fingerprint=fingerprint, state=INFRA_ERROR, reason=reason, facts={}, seconds=0.0)
        self._store.add_cell(self._run_id, fault)
        self._progress.step(f"{cell}: infra-error: {reason}", advance=0)


def _save_job(artifact: Artifact, workplace: Workplace) -> dict[str, Any]:
    directory = workplace.artifact(artifact.key)
    directory.parent.mkdir(parents=True, exist_ok=True)
    return {
        "id": artifact.key,
        "model": artifact.model,
        "format": artifact.format,
        "directory": str(directory),
        "strategies": [],
    }


def _load_job(job: LoadJob, workplace: Workplace) -> dict[str, Any]:
    artifact = job.artifact
    return {
        "id": artifact.key,
        "model": artifact.model,
        "format": artifact.format,
        "directory": str(workplace.artifact(artifact.key)),
        "strategies": [trial.strategy for trial in job.trials],
    }
