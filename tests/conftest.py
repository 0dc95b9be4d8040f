"""Real cells for the tests: built from the committed locks, probed unit by unit, with code planted where asked."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event
from typing import Any, NoReturn

import pytest

from lab.cli.context import cells_directory
from lab.declare import Rules, read_matrix
from lab.engines.choosing import AUTO, ChosenEngine, choose, open_images
from lab.engines.docker.engine import DockerEngine
from lab.engines.local import LocalEngine
from lab.engines.locking import LockFolder
from lab.engines.protocol import BuiltCell, Engine
from lab.engines.uv import Uv, find_uv
from lab.errors import CellFault
from lab.identity import ProbeCode
from lab.judging import judge, judge_save
from lab.running.units import Unit, run_unit
from lab.running.workplace import Workplace, read_probe_code
from lab.store import observation_from_event
from lab.words import Cell, EngineName, Judgement, Matrix, Observation, Role, Tolerance

ROOT = Path(__file__).parents[1]

# The tests of Docker use the daemon that the caller names; for all others there is none, so that "auto" is local.
DOCKER_HOST = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
os.environ["DOCKER_HOST"] = "unix:///nowhere/docker.sock"

# What the tests of formats and of order save in a cell: compiled, never compiled, with user code, without Keras.
MODELS = ("dense-sequential", "dense-uncompiled", "custom-layer", "tf-module")


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a probe sent, event by event, in the order in which it came."""

    events: tuple[dict[str, Any], ...]
    tolerance: Tolerance
    containers: Mapping[str, str] = field(default_factory=dict)

    def answers(self) -> dict[tuple[str, str | None], Observation]:
        """The observation of each job and strategy that was tried."""
        return {
            (event["id"], event["strategy"]): observation_from_event(event)
            for event in self.events
            if event["kind"] in tuple(Role)
        }

    def load(self, job: str, strategy: str = "plain") -> Judgement:
        """What one attempt to load means."""
        return judge(self.answers()[job, strategy], self.tolerance)

    def loads(self) -> dict[tuple[str, str | None], Judgement]:
        """What every attempt to load means."""
        return {key: judge(seen, self.tolerance) for key, seen in self.answers().items()}

    def save(self, job: str, container: str) -> Judgement | None:
        """What a save means; None where there is an artifact."""
        return judge_save(self.answers()[job, None], container)


def a_job(job: str, model: str, form: str, directory: Path, *strategies: str) -> dict[str, Any]:
    """A job as the probe reads it."""
    return {"id": job, "model": model, "format": form, "directory": str(directory), "strategies": list(strategies)}


@dataclass(frozen=True, kw_only=True)
class Prober:
    """Run units of work in cells, each in an empty folder of its own."""

    engine: Engine
    matrix: Matrix
    new_folder: Callable[[], Path]

    def __call__(
        self,
        built: BuiltCell,
        role: Role,
        jobs: Sequence[dict[str, Any]],
        *,
        planted: Mapping[str, str] | None = None,
        folder: Path | None = None,
        **limits: float,
    ) -> Seen:
        """Run one unit; ``planted`` adds files to the probe or replaces them, ``limits`` those of the matrix."""
        outside = self.new_folder()
        directory = folder or outside / "unit"
        directory.mkdir(exist_ok=True)
        events: list[dict[str, Any]] = []
        unit = Unit(
            role=role,
            cell=built.cell.id,
            jobs=jobs,
            directory=directory,
            log=outside / "probe.log",
            code=self._code(outside, planted or {}),
        )
        limited = replace(self.matrix, limits=replace(self.matrix.limits, **limits))
        run_unit(self.engine, built, unit, limited, events.append, Event())
        return Seen(events=tuple(events), tolerance=self.matrix.tolerance)

    @staticmethod
    def _code(directory: Path, planted: Mapping[str, str]) -> Path:
        code = ProbeCode.of(dict(read_probe_code().files) | dict(planted))
        return Workplace(directory=directory).snapshot_probe(code)


@dataclass(frozen=True, kw_only=True)
class Shelf:
    """What one cell saved: ``seen`` of every save, and the folders of those that gave an artifact of their format."""

    producer: str
    seen: Seen
    directory: Path
    kept: Mapping[tuple[str, str], Path]

    def load_job(self, model: str, form: str, *strategies: str) -> dict[str, Any]:
        """The job that loads one artifact; its id is ``model/format``."""
        return a_job(f"{model}/{form}", model, form, self.kept[model, form], *(strategies or ("plain",)))


def probes_in(out: Path) -> list[str]:
    """The command lines of the probes that work for an output folder."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue  # it has ended meanwhile
        if "probe" in words and any(str(out) in word for word in words):
            found.append(" ".join(words))
    return found


def cannot_run(reason: str, asked_for: str = "LAB_REQUIRE_CELLS") -> NoReturn:
    """Skip with the reason, or fail with it where everything was asked for (LAB_REQUIRE_CELLS=1, as in CI)."""
    if os.environ.get(asked_for) == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def matrix() -> Matrix:
    return read_matrix(ROOT / "matrix.toml")


@pytest.fixture(scope="session")
def uv() -> Uv:
    return find_uv()


@pytest.fixture(scope="session")
def engine(matrix: Matrix, uv: Uv) -> LocalEngine:
    """The engine that the commands use, with the environments that they keep."""
    return LocalEngine(cells_directory(), uv, matrix.limits.build_timeout_s)


@pytest.fixture(scope="session")
def cell(matrix: Matrix, engine: LocalEngine, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], BuiltCell]:
    """Make a cell of the matrix ready from its committed lock; skips where that cannot be done here."""
    chosen = ChosenEngine(name=EngineName.LOCAL)
    return _builder(matrix, engine, chosen.identify, tmp_path_factory)


def _builder(
    matrix: Matrix,
    engine: Engine,
    identify: Callable[[Cell, str], str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[str], BuiltCell]:
    cells = {declared.id: declared for declared in matrix.cells}
    locks = LockFolder(directory=ROOT / "images" / "locks")
    built: dict[str, BuiltCell | CellFault] = {}

    def build(cell_id: str) -> BuiltCell | CellFault:
        declared = cells[cell_id]
        lock = locks.read(declared)
        if lock is None:
            return CellFault(f"{cell_id}: {locks.why_not(declared)}")
        log = tmp_path_factory.mktemp("build") / "build.log"
        try:
            return engine.build(declared, lock, identify(declared, lock), log)
        except CellFault as fault:
            return fault

    def get(cell_id: str) -> BuiltCell:
        if cell_id not in built:
            built[cell_id] = build(cell_id)
        found = built[cell_id]
        if isinstance(found, BuiltCell):
            return found
        cannot_run(f"no cell {cell_id}: {found}")

    return get


@pytest.fixture(scope="session")
def probe(matrix: Matrix, engine: LocalEngine, tmp_path_factory: pytest.TempPathFactory) -> Prober:
    return Prober(engine=engine, matrix=matrix, new_folder=lambda: tmp_path_factory.mktemp("unit"))


@pytest.fixture(scope="session")
def docker_engine(matrix: Matrix) -> Iterator[DockerEngine]:
    """The Docker engine at the daemon that DOCKER_HOST names; skips where none answers."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("DOCKER_HOST", DOCKER_HOST)
        chosen = choose(AUTO)
    if chosen.daemon is None:
        cannot_run(f"no Docker daemon answers at {DOCKER_HOST}", "LAB_REQUIRE_DOCKER")
    yield DockerEngine(
        chosen.daemon,
        open_images(chosen, matrix),
        build_timeout_s=matrix.limits.build_timeout_s,
        memory_mib=matrix.limits.memory_mib,
    )
    chosen.daemon.client.close()


@pytest.fixture(scope="session")
def docker_cell(
    matrix: Matrix, docker_engine: DockerEngine, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], BuiltCell]:
    """Build the image of a cell of the matrix, or find it."""
    chosen = ChosenEngine(name=EngineName.DOCKER, daemon=docker_engine.daemon)
    return _builder(matrix, docker_engine, chosen.identify, tmp_path_factory)


@pytest.fixture(scope="session")
def docker_probe(matrix: Matrix, docker_engine: DockerEngine, tmp_path_factory: pytest.TempPathFactory) -> Prober:
    return Prober(engine=docker_engine, matrix=matrix, new_folder=lambda: tmp_path_factory.mktemp("unit"))


@pytest.fixture(scope="session")
def shelf(
    matrix: Matrix, cell: Callable[[str], BuiltCell], probe: Prober, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Shelf]:
    """What a cell saves: ``MODELS`` in every format that is not declared unsupported there; saved once a session."""
    filled: dict[str, Shelf] = {}

    def get(cell_id: str) -> Shelf:
        if cell_id not in filled:
            filled[cell_id] = _fill(matrix, cell(cell_id), probe, tmp_path_factory.mktemp("shelf"))
        return filled[cell_id]

    return get


def _fill(matrix: Matrix, built: BuiltCell, probe: Prober, directory: Path) -> Shelf:
    producer = built.cell.id
    unsupported = Rules(matrix).declared_unsupported
    wanted = {
        (model.id, form.id): directory / model.id / form.id
        for model in matrix.models
        for form in matrix.formats
        if model.id in MODELS and form.id in model.formats and not unsupported(producer, producer, model.id, form.id)
    }
    for path in wanted.values():
        path.parent.mkdir(exist_ok=True)
    seen = probe(built, Role.SAVE, [a_job("/".join(key), *key, path) for key, path in wanted.items()])
    containers = {form.id: form.container for form in matrix.formats}
    kept = {key: path for key, path in wanted.items() if seen.save("/".join(key), containers[key[1]]) is None}
    return Shelf(producer=producer, seen=seen, directory=directory, kept=kept)
