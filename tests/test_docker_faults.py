"""Claims about faults around containers: grey reasons that can be read, nothing counted twice, and a re-run that works.

The daemon of these tests is their own, on a small file system of its own.
"""

from __future__ import annotations

import gc
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from conftest import ROOT, Seen, Shelf, cannot_run
from docker import DockerClient

from lab.engines.docker import engine as engine_module
from lab.engines.docker.daemon import Daemon, connect
from lab.engines.docker.engine import PROCESS, DockerEngine
from lab.engines.docker.images import Images
from lab.engines.locking import LockFolder
from lab.engines.protocol import BuiltCell
from lab.errors import CellFault
from lab.running.units import Unit, run_unit
from lab.running.workplace import Workplace, read_probe_code
from lab.words import Matrix, Outcome, Role

pytestmark = [
    pytest.mark.docker,
    pytest.mark.cells,
    pytest.mark.slow,
    # The SDK leaves its sockets to the garbage where a daemon goes away or a pull fails.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

CELL = "tf2.4"
BASE = "python:3.8-slim-bookworm"
NOBODY = "http://127.0.0.1:9/simple"  # in a container's own loopback nobody listens
DISK_BYTES = 6 << 30
SPARE_BYTES = 64 << 20
SCRIPT = ROOT / ".ci" / "docker"
GONE_WITHIN_S = 60.0

# A lab that runs one load which never ends, to be killed.
LAB = """
import json, sys
from threading import Event
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from test_docker_faults import daemon_at, engine_at
from lab.engines.protocol import BuiltCell, ProbeRun
from lab.declare import read_matrix
root, folder, address, image = Path(sys.argv[1]).parent, Path(sys.argv[2]), sys.argv[3], sys.argv[4]
cell = next(cell for cell in read_matrix(root / "matrix.toml").cells if cell.id == "tf2.4")
built = BuiltCell(cell=cell, fingerprint="f", environment=Path("/opt/cell"), python="/opt/cell/bin/python",
                  reused=True, seconds=0.0, image=image)
run = ProbeRun(request=folder / "request.json", results=folder / "r", scratch=folder / "s", log=folder / "log",
               code=folder / "code", idle_timeout_s=600.0)
engine_at(daemon_at(address)).run_probe(built, run, lambda event: print(event["kind"], flush=True), Event())
"""
SLEEPY_PROBE = """
import sys, time
print('{"kind": "imported", "seconds": 0.0}', flush=True)
sys.stdin.read()
"""


@dataclass(frozen=True, kw_only=True)
class Place:
    """A daemon that may be harmed."""

    directory: Path
    address: str
    daemon: Daemon | None = None

    def start(self) -> None:
        subprocess.run([SCRIPT, "start", self.directory], check=True, stdout=subprocess.DEVNULL)

    def stop(self) -> None:
        subprocess.run([SCRIPT, "stop", self.directory], check=True)

    @property
    def client(self) -> DockerClient:
        assert self.daemon is not None
        return self.daemon.client


@dataclass(frozen=True, kw_only=True)
class Bench:
    """Everything that the tests of one daemon use."""

    place: Place
    matrix: Matrix
    built: BuiltCell
    jobs: Sequence[dict[str, Any]]
    code: Path
    new_folder: Callable[[], Path]

    def engine(self) -> DockerEngine:
        assert self.place.daemon is not None
        return engine_at(self.place.daemon)

    def run(self, on_event: Callable[[dict[str, Any]], None], built: BuiltCell | None = None) -> Seen:
        folder = self.new_folder()
        events: list[dict[str, Any]] = []

        def note(event: dict[str, Any]) -> None:
            events.append(event)
            on_event(event)

        unit = Unit(role=Role.LOAD, cell=CELL, jobs=self.jobs, directory=folder, log=folder / "log", code=self.code)
        run_unit(self.engine(), built or self.built, unit, self.matrix, note, Event())
        return Seen(events=tuple(events), tolerance=self.matrix.tolerance)


def daemon_at(address: str) -> Daemon:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("DOCKER_HOST", address)
        daemon = connect()
    assert daemon is not None
    return daemon


def engine_at(daemon: Daemon) -> DockerEngine:
    return DockerEngine(daemon, Images(daemon.client, "", ""), build_timeout_s=300.0, memory_mib=2048)


@pytest.fixture(autouse=True)
def swept() -> Iterator[None]:
    """What the SDK leaves to the garbage is collected here, where its warnings are not counted."""
    yield
    gc.collect()


@pytest.fixture(scope="module")
def place(docker_engine: DockerEngine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A daemon on a small file system, with the images that the session's own one has."""
    if os.getuid() != 0:
        cannot_run("a daemon of the tests' own needs root", "LAB_REQUIRE_DOCKER")
    folder = tmp_path_factory.mktemp("docker")
    disk, directory = folder / "disk", folder / "d"
    directory.mkdir()
    with disk.open("wb") as stream:
        stream.truncate(DISK_BYTES)
    subprocess.run(["mkfs.ext4", "-q", disk], check=True)
    subprocess.run(["mount", "-o", "loop", disk, directory], check=True)
    place = Place(directory=directory, address=f"unix://{directory}/docker.sock")
    try:
        place.start()
        daemon = daemon_at(place.address)
        yield replace(place, daemon=daemon)
        daemon.client.close()
    finally:
        place.stop()
        gc.collect()
        subprocess.run(["umount", "--recursive", directory], check=True)


@pytest.fixture(scope="module")
def bench(
    place: Place,
    docker_engine: DockerEngine,
    docker_cell: Callable[[str], BuiltCell],
    shelf: Callable[[str], Shelf],
    matrix: Matrix,
    tmp_path_factory: pytest.TempPathFactory,
) -> Bench:
    built = docker_cell(CELL)
    source, target = docker_engine.daemon.client, place.client
    for name in (BASE, source.images.get(built.image).tags[0]):
        target.images.load(source.api.get_image(name))
    shelved = shelf(CELL)
    return Bench(
        place=place,
        matrix=matrix,
        built=built,
        jobs=[shelved.load_job(model, form) for model, form in shelved.kept if model != "custom-layer"],
        code=Workplace(directory=tmp_path_factory.mktemp("code")).snapshot_probe(read_probe_code()),
        new_folder=lambda: tmp_path_factory.mktemp("unit"),
    )


def once(deed: Callable[[], None], kind: str = "finished") -> Callable[[dict[str, Any]], None]:
    """Do something when the first event of a kind comes."""
    done: list[None] = []

    def note(event: dict[str, Any]) -> None:
        if event["kind"] == kind and not done:
            done.append(None)
            deed()

    return note


def remove_containers(place: Place) -> None:
    for one in place.client.containers.list(all=True, filters={"label": PROCESS}):
        one.remove(force=True)


def outcomes(seen: Seen) -> Counter[Outcome]:
    return Counter(judgement.outcome for judgement in seen.loads().values())


def answered_twice(seen: Seen) -> list[str]:
    counted = Counter(event["id"] for event in seen.events if event["kind"] == "finished")
    return [job for job, count in counted.items() if count > 1]


def test_a_restart_of_the_daemon_in_mid_run_costs_no_trial(bench: Bench) -> None:
    def restart() -> None:
        bench.place.stop()
        bench.place.start()

    seen = bench.run(once(restart))

    assert outcomes(seen) == {Outcome.PASS: len(bench.jobs)}
    assert answered_twice(seen) == []


def test_a_container_removed_from_outside_costs_no_trial(bench: Bench) -> None:
    seen = bench.run(once(lambda: remove_containers(bench.place)))

    assert outcomes(seen) == {Outcome.PASS: len(bench.jobs)}
    assert answered_twice(seen) == []


def test_what_is_removed_again_and_again_is_grey_and_says_why(bench: Bench) -> None:
    def remove(event: dict[str, Any]) -> None:
        if event["kind"] == "imported":
            remove_containers(bench.place)

    seen = bench.run(remove)

    assert Outcome.PASS not in outcomes(seen) or outcomes(seen)[Outcome.INFRA_ERROR] > 0
    reasons = {judgement.reason for judgement in seen.loads().values() if judgement.outcome is Outcome.INFRA_ERROR}
    assert all("removed from outside" in reason for reason in reasons)


def test_a_daemon_that_does_not_come_back_is_named(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "comes_back", lambda client: False)
    try:
        with pytest.raises(CellFault, match="the Docker daemon went away and did not come back"):
            bench.run(once(bench.place.stop))
    finally:
        bench.place.start()
        remove_containers(bench.place)


def test_an_image_removed_between_build_and_run_is_named(bench: Bench) -> None:
    gone = replace(bench.built, image="sha256:" + "0" * 64)

    with pytest.raises(CellFault, match=r"the image of tf2\.4 was removed while the lab was using it"):
        bench.run(lambda event: None, built=gone)


def test_a_gpu_job_at_a_daemon_without_nvidias_runtime_says_what_is_missing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "gpu_devices", lambda: ("0",))
    gpu = replace(bench.built, cell=replace(bench.built.cell, cuda="11.0", cudnn="8.0"))

    with pytest.raises(CellFault, match=r'cannot run a container of tf2\.4: .*device driver "nvidia"'):
        bench.run(lambda event: None, built=gpu)


def test_a_build_whose_index_cannot_be_reached_is_that_cells_fault_alone(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", NOBODY)
    with pytest.raises(CellFault, match=r"tf2\.4 cannot be built") as raised:
        build(bench, "unreachable", tmp_path)

    assert "Connection refused" in str(raised.value)
    assert str(tmp_path / "log") in str(raised.value)


def test_a_base_that_is_not_here_and_cannot_be_pulled_says_so(bench: Bench, tmp_path: Path) -> None:
    cell = replace(bench.built.cell, base_image="nowhere.invalid/python:3.8")

    with pytest.raises(CellFault, match=r"nowhere\.invalid/python:3\.8 is neither here nor can it be pulled"):
        bench.engine().build(cell, "", "print", tmp_path / "log")


def test_a_full_disk_under_the_daemon_is_a_reason(bench: Bench, tmp_path: Path) -> None:
    filler = bench.place.directory / "filler"
    free = shutil.disk_usage(bench.place.directory).free
    subprocess.run(["fallocate", "-l", str(free - SPARE_BYTES), filler], check=True)
    lock = "".join(f"# {'x' * 1000}\n" for _ in range(SPARE_BYTES // 1000 * 2))
    try:
        with pytest.raises(CellFault, match="no space left on device"):
            bench.engine().build(bench.built.cell, lock, "full", tmp_path / "log")
    finally:
        filler.unlink()


def test_a_run_that_is_stopped_leaves_no_container(bench: Bench) -> None:
    stop = Event()
    folder = bench.new_folder()
    unit = Unit(role=Role.LOAD, cell=CELL, jobs=bench.jobs, directory=folder, log=folder / "log", code=bench.code)

    run_unit(bench.engine(), bench.built, unit, bench.matrix, once(stop.set), stop)

    assert bench.place.client.containers.list(all=True, filters={"label": PROCESS}) == []


def test_what_a_killed_lab_leaves_ends_by_itself_and_is_removed_at_the_next_start(bench: Bench, tmp_path: Path) -> None:
    code = tmp_path / "code" / "probe"
    code.mkdir(parents=True)
    (code / "__main__.py").write_text(SLEEPY_PROBE)
    (tmp_path / "request.json").write_text('{"role": "load", "jobs": []}')
    image = bench.place.client.images.get(bench.built.image).id
    lab = subprocess.Popen(
        [sys.executable, "-c", LAB, str(ROOT / "tests"), str(tmp_path), bench.place.address, image],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert lab.stdout is not None
    assert lab.stdout.readline() == b"imported\n"

    lab.send_signal(signal.SIGKILL)
    lab.wait()
    lab.stdout.close()

    assert ended(bench.place)
    assert bench.engine().clean_up() == 1
    assert bench.place.client.containers.list(all=True) == []


def ended(place: Place) -> bool:
    """Whether no container of the lab runs any more, within a while."""
    deadline = time.monotonic() + GONE_WITHIN_S
    while time.monotonic() < deadline:
        if not place.client.containers.list(filters={"label": PROCESS}):
            return True
        time.sleep(0.2)
    return False


def build(bench: Bench, fingerprint: str, folder: Path) -> BuiltCell:
    cell = bench.built.cell
    lock = LockFolder(directory=ROOT / "images" / "locks").read(cell)
    assert lock is not None
    return bench.engine().build(cell, lock, fingerprint, folder / "log")
