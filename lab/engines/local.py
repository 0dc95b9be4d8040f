"""The local engine: one uv environment per lock and Python, processes on this machine. It is no sandbox."""

from __future__ import annotations

import contextlib
import fcntl
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

from lab.engines import processor
from lab.engines.environment import variables, wheel_libraries
from lab.engines.interpreters import find_python
from lab.engines.processes import end_group
from lab.engines.protocol import NEVER, BuiltCell, OnEvent, ProbeEnd, ProbeRun
from lab.engines.uv import Uv
from lab.errors import CellFault
from lab.identity import environment_key
from lab.words import Cell, EngineName

MARKER = "complete"
POLL_S = 0.05
LOG_TAIL_CHARS = 2000
END_GRACE_S = 2.0


class LocalEngine:
    """Environments below ``directory``, made with uv."""

    name = EngineName.LOCAL

    def __init__(self, directory: Path, uv: Uv, build_timeout_s: float, processor_trait: str | None = None) -> None:
        self._directory = directory
        self._processor_trait = processor_trait
        self._uv = uv
        self._build_timeout_s = build_timeout_s

    def build(self, cell: Cell, lock_text: str, fingerprint: str, log: Path, stop: Event = NEVER) -> BuiltCell:
        """Make the environment or reuse it; raises CellFault with the installer's last words."""
        started = time.monotonic()
        if cell.cuda_image:
            message = f"the CUDA libraries of {cell.id} come out of an image: run it with --engine docker"
            raise CellFault(message)
        environment = self._directory / environment_key(cell, lock_text)
        try:
            with _locked(environment):
                reused = (environment / MARKER).exists()
                if not reused:
                    self._make(cell, lock_text, environment, log, stop)
        except OSError as error:
            message = f"cannot write the environment of {cell.id}: {error}; free or name another folder (LAB_CACHE)"
            raise CellFault(message) from error
        return BuiltCell(
            cell=cell,
            fingerprint=fingerprint,
            environment=environment,
            python=str(environment / "bin" / "python"),
            reused=reused,
            seconds=time.monotonic() - started,
            libraries=wheel_libraries(cell, lock_text, str(environment)),
            settings=processor.settings(cell, self._processor_trait, processor.trait()),
        )

    def release(self, built: BuiltCell) -> None:
        """Environments stay: the next run reuses them, and ``lab prune`` removes them."""

    def run_probe(self, built: BuiltCell, run: ProbeRun, on_event: OnEvent, stop: Event) -> ProbeEnd:
        """Run ``python -m probe`` and tail its results file."""
        run.scratch.mkdir(parents=True, exist_ok=True)
        with run.log.open("ab") as log:
            process = subprocess.Popen(  # noqa: S603 - a list, never a shell
                [built.python, "-m", "probe", str(run.request)],
                stdin=subprocess.PIPE,  # held open: when the lab is gone the probe sees it and ends
                stdout=log,
                stderr=log,
                env=variables(built, str(run.scratch), str(run.code)),
                cwd=run.scratch,
                start_new_session=True,
            )
        tail = _Tail(run.results, on_event)
        idle = stopped = False
        try:
            while process.poll() is None:
                tail.read()
                stopped, idle = stop.is_set(), tail.idle_s() > run.idle_timeout_s
                if stopped or idle:
                    break
                time.sleep(POLL_S)
        finally:
            _end(process)
        tail.read()
        shutil.rmtree(run.scratch, ignore_errors=True)
        return ProbeEnd(
            exit_code=process.returncode,
            finished=tail.finished,
            stopped=stopped,
            idle=idle,
            log_tail=run.log.read_text(encoding="utf-8", errors="replace")[-LOG_TAIL_CHARS:],
        )

    def environments(self) -> list[Path]:
        """Every environment on disk, complete or not."""
        return sorted(path for path in self._directory.glob("*") if path.is_dir())

    def _make(self, cell: Cell, lock_text: str, environment: Path, log: Path, stop: Event) -> None:
        python = find_python(cell.python, self._uv)
        shutil.rmtree(environment, ignore_errors=True)
        environment.parent.mkdir(parents=True, exist_ok=True)
        lock = environment.with_suffix(".lock.txt")
        lock.write_text(lock_text, encoding="utf-8")
        for completed in (
            self._uv.create_environment(environment, python, log),
            self._uv.install(environment, lock, self._build_timeout_s, log, stop),
        ):
            if not completed.ok:
                shutil.rmtree(environment, ignore_errors=True)
                message = f"{cell.id} cannot be installed:\n  {completed.explain()}\n  the whole log: {log}"
                raise CellFault(message)
        (environment / MARKER).write_text(cell.id, encoding="utf-8")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a probe: it ends what it started when its standard input closes; after a moment it is ended as it stands."""
    if process.stdin is not None:
        process.stdin.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=END_GRACE_S)
    end_group(process.pid)
    process.wait()


class _Tail:
    """Read the lines of a growing file, whole lines only."""

    def __init__(self, path: Path, on_event: OnEvent) -> None:
        self._path = path
        self._on_event = on_event
        self._offset = 0
        self._rest = b""
        self._last = time.monotonic()
        self.finished = False

    def idle_s(self) -> float:
        return time.monotonic() - self._last

    def read(self) -> None:
        if not self._path.exists():
            return
        with self._path.open("rb") as stream:
            stream.seek(self._offset)
            data = stream.read()
        if not data:
            return
        self._offset += len(data)
        self._last = time.monotonic()
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            event: dict[str, Any] = json.loads(line)
            self.finished = self.finished or event.get("kind") == "end"
            self._on_event(event)


@contextmanager
def _locked(environment: Path) -> Iterator[None]:
    """One builder an environment, also across processes."""
    environment.parent.mkdir(parents=True, exist_ok=True)
    with environment.with_suffix(".flock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield
