"""The Docker engine: build the image of a cell, run units of work in locked-down containers."""

from __future__ import annotations

import json
import os
import queue
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event
from typing import Any

from docker.errors import APIError, DockerException, ImageNotFound, NotFound
from requests.exceptions import RequestException

from lab.engines import processor
from lab.engines.docker.daemon import Daemon, comes_back, explained, gpu_devices, gpu_request
from lab.engines.docker.deliveries import Inbox, Outbox
from lab.engines.docker.images import LABEL, Images, Watch
from lab.engines.docker.recipe import CUDA_LIBRARIES, ENVIRONMENT, USER
from lab.engines.docker.sandbox import CODE, INBOX, OUTBOX, REQUEST, SCRATCH, Sandbox, Shared, container
from lab.engines.docker.shelf import Shelf
from lab.engines.docker.stream import Stream
from lab.engines.environment import variables, wheel_libraries
from lab.engines.protocol import NEVER, BuiltCell, OnEvent, ProbeEnd, ProbeRun
from lab.errors import CellFault
from lab.words import Cell, EngineName, Role

PROCESS = f"{LABEL}.process"
POLL_S = 0.2
ARRIVAL_S = 30.0
LOG_TAIL_CHARS = 2000
GONE = -1


class DockerEngine:
    """Images and containers at one daemon. ``keep_images`` bounds how many images of cells are there at once."""

    name = EngineName.DOCKER

    def __init__(
        self,
        daemon: Daemon,
        images: Images,
        *,
        build_timeout_s: float,
        memory_mib: int,
        keep_images: int = 0,
        processor_trait: str | None = None,
    ) -> None:
        self.daemon = daemon
        self._images = images
        self._build_timeout_s = build_timeout_s
        self._memory_mib = memory_mib
        self._processor_trait = processor_trait
        self._shelf = Shelf(images, keep_images)
        self._devices: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._has_device = False
        for device in gpu_devices():
            self._devices.put(device)
            self._has_device = True

    def build(self, cell: Cell, lock_text: str, fingerprint: str, log: Path, stop: Event = NEVER) -> BuiltCell:
        """Find the image with the fingerprint or build it; raises CellFault with the last lines of the build."""
        started = time.monotonic()
        self._shelf.take(fingerprint)
        try:
            image = self._images.find(fingerprint)
            reused = image is not None
            if image is None:
                image = self._images.build(
                    cell, lock_text, fingerprint, Watch(log=log, timeout_s=self._build_timeout_s, stop=stop)
                )
        except BaseException:
            self._shelf.put_back(fingerprint, None)
            raise
        libraries = wheel_libraries(cell, lock_text, ENVIRONMENT)
        return BuiltCell(
            cell=cell,
            fingerprint=fingerprint,
            environment=Path(ENVIRONMENT),
            python=f"{ENVIRONMENT}/bin/python",
            reused=reused,
            seconds=time.monotonic() - started,
            libraries=(CUDA_LIBRARIES,) if cell.cuda_image else libraries,
            settings=processor.settings(cell, self._processor_trait, processor.trait()),
            image=image,
        )

    def release(self, built: BuiltCell) -> None:
        """Keep the image, or make room where only so many may be kept."""
        self._shelf.put_back(built.fingerprint, built.image)

    def run_probe(self, built: BuiltCell, run: ProbeRun, on_event: OnEvent, stop: Event) -> ProbeEnd:
        """Run ``python -m probe`` in a container of its own and pass on its events as they come."""
        visit = _Visit(self.daemon, built, run, self._memory_mib)
        with self._device(built.cell) as device:
            return visit.go(device, on_event, stop)

    def clean_up(self) -> int:
        """Remove containers whose lab is gone (killed, or cut off from its daemon); returns how many there were."""
        removed = 0
        with explained("cannot look for containers left behind"):
            for left in self.daemon.client.containers.list(all=True, filters={"label": PROCESS}):
                if not _is_alive(left.labels[PROCESS]):
                    with suppress(NotFound, APIError):
                        left.remove(force=True)
                        removed += 1
        return removed

    @contextmanager
    def _device(self, cell: Cell) -> Iterator[str | None]:
        """One job a GPU at a time; None for cells without CUDA and on hosts without a GPU."""
        if cell.cuda is None or not self._has_device:
            yield None
            return
        device = self._devices.get()
        try:
            yield device
        finally:
            self._devices.put(device)


class _Visit:
    """One container from its creation to its removal."""

    def __init__(self, daemon: Daemon, built: BuiltCell, run: ProbeRun, memory_mib: int) -> None:
        self._daemon = daemon
        self._built = built
        self._run = run
        self._memory_mib = memory_mib
        request: dict[str, Any] = json.loads(run.request.read_text(encoding="utf-8"))
        self._is_save = request["role"] == Role.SAVE
        self._jobs = {job["id"]: (f"artifact-{n}", Path(job["directory"])) for n, job in enumerate(request["jobs"])}
        self._user = daemon.user(USER)
        self._folder = run.request.with_name(f"{run.request.stem}-container")
        self._inbox = Inbox(self._folder / "in")
        self._outbox = Outbox(self._folder / "out", self._user)
        self._request = self._inside(request)
        self._finished = False

    def go(self, device: str | None, on_event: OnEvent, stop: Event) -> ProbeEnd:
        doing = f"cannot run a container of {self._built.cell.id}"
        with explained(doing):
            container_id = self._create(device)
        stream = None
        stopped = idle = False
        try:
            with explained(doing):
                stream = Stream(self._daemon.client, container_id, self._run.log)
                self._daemon.client.api.start(container_id)
            ended = False
            while not (ended or stopped or idle):
                event, ended = stream.next(POLL_S)
                if event is not None:
                    on_event(self._handle(event))
                stopped, idle = stop.is_set(), stream.idle_s() > self._run.idle_timeout_s
            exit_code, said = (GONE, "") if stopped or idle else self._how_it_ended(container_id)
        finally:
            if stream is not None:
                stream.close()
            self._remove(container_id)
        return ProbeEnd(
            exit_code=exit_code,
            finished=self._finished,
            stopped=stopped,
            idle=idle,
            log_tail=said + self._log_tail(),
        )

    def _inside(self, request: dict[str, Any]) -> Path:
        """The request with the paths that the container knows."""
        place = OUTBOX if self._is_save else INBOX
        jobs = [{**job, "directory": f"{place}/{self._jobs[job['id']][0]}"} for job in request["jobs"]]
        arrival_s = 0.0 if self._is_save else ARRIVAL_S
        changed = {**request, "results": "-", "scratch": SCRATCH, "arrival_s": arrival_s, "jobs": jobs}
        path = self._folder / "request.json"
        path.write_text(json.dumps(changed), encoding="utf-8")
        path.chmod(0o644)
        return path

    def _create(self, device: str | None) -> str:
        shared = [Shared(source=self._run.code, target=CODE), Shared(source=self._request, target=REQUEST)]
        if self._is_save:
            shared.append(Shared(source=self._folder / "out", target=OUTBOX, writable=True))
        else:
            shared.append(Shared(source=self._folder / "in", target=INBOX))
        settings, host = container(
            Sandbox(
                image=self._built.image,
                command=(self._built.python, "-m", "probe", REQUEST),
                variables=variables(self._built, SCRATCH, CODE),
                user=self._user,
                shared=tuple(shared),
                labels={PROCESS: this_process(), f"{LABEL}.cell": self._built.cell.id},
                memory_mib=self._memory_mib,
                gpu=None if device is None else gpu_request(self._daemon, device),
            )
        )
        api = self._daemon.client.api
        try:
            created = api.create_container(
                **settings, host_config=api.create_host_config(**host), use_config_proxy=False
            )
        except ImageNotFound as error:
            message = (
                f"the image of {self._built.cell.id} was removed while the lab was using it; run again to build it"
            )
            raise CellFault(message) from error
        return str(created["Id"])

    def _handle(self, event: dict[str, Any]) -> dict[str, Any]:
        """Do what an event asks of the host before it is passed on."""
        name, directory = self._jobs.get(event.get("id", ""), ("", Path()))
        match event["kind"]:
            case "begin" if name:
                self._inbox.deliver(name, directory)
            case "finished" if not self._is_save:
                self._inbox.clear()
            case "save" if event.get("manifest"):
                wrong = self._outbox.take(name, directory)
                return event if wrong is None else {**event, "lab_fault": wrong}
            case "end":
                self._finished = True
            case _:
                pass
        return event

    def _how_it_ended(self, container_id: str) -> tuple[int, str]:
        """The exit code, and what the daemon says of it where that explains more."""
        client = self._daemon.client
        for _ in range(2):
            try:
                code = int(client.api.wait(container_id, timeout=30)["StatusCode"])
                state = client.api.inspect_container(container_id)["State"]
            except NotFound:
                return GONE, "the container was removed from outside\n"
            except (DockerException, RequestException):
                if not comes_back(client):
                    message = (
                        "the Docker daemon went away and did not come back; start it and run the same command again"
                    )
                    raise CellFault(message) from None
                continue
            if state.get("OOMKilled"):
                return code, f"the container ran out of memory ({self._memory_mib} MiB a trial, limits.memory_mib)\n"
            return code, f"{state['Error']}\n" if state.get("Error") else ""
        return GONE, "the Docker daemon was restarted\n"

    def _remove(self, container_id: str) -> None:
        """Whatever happens here, the next start cleans up."""
        with suppress(DockerException, RequestException):
            self._daemon.client.api.remove_container(container_id, force=True)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _log_tail(self) -> str:
        with suppress(OSError):
            return self._run.log.read_text(encoding="utf-8", errors="replace")[-LOG_TAIL_CHARS:]
        return ""


def this_process() -> str:
    """A name of this process that no later one has: host, number and start."""
    return f"{socket.gethostname()}:{os.getpid()}:{_started(os.getpid())}"


def _is_alive(name: str) -> bool:
    """Whether a lab is still there; one of another host is not ours to judge."""
    host, _, rest = name.partition(":")
    pid, _, started = rest.partition(":")
    return host != socket.gethostname() or _started(int(pid)) == started


def _started(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[19]
    except OSError:
        return ""
