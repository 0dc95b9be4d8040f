"""Choose an engine and open it: Docker where a daemon answers, else this machine itself."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lab.engines import processes, processor
from lab.engines.local import LocalEngine
from lab.engines.protocol import Engine
from lab.engines.uv import Uv
from lab.errors import ExitCode, LabError
from lab.identity import fingerprint
from lab.words import Cell, EngineName, Matrix

if TYPE_CHECKING:
    from lab.engines.docker.daemon import Daemon
    from lab.engines.docker.images import Images

AUTO = "auto"
DOCKER_HOST = "DOCKER_HOST"
DEFAULT_SOCKETS = (Path("/var/run/docker.sock"), Path(f"/run/user/{os.getuid()}/docker.sock"))
GIT_TIMEOUT_S = 10.0

# The Docker SDK takes a third of a second to import, so it is imported where a daemon may be.


@dataclass(frozen=True, kw_only=True)
class Room:
    """What an engine may use: where environments are kept, and how many images may be (0: all)."""

    cells: Path
    keep_images: int = 0


@dataclass(frozen=True, kw_only=True)
class ChosenEngine:
    """An engine that can be had; nothing is started yet.

    ``processor`` is the trait of the one that it is to compute as on, where that is another than this machine's.
    """

    name: EngineName
    daemon: Daemon | None = None
    processor: str | None = None

    @property
    def trait(self) -> str:
        """The trait of the processor that its cells compute as on."""
        return processor.trait() if self.processor is None else self.processor

    def identify(self, cell: Cell, lock_text: str) -> str:
        """The fingerprint of a cell that this engine makes."""
        if self.daemon is None:
            return fingerprint(cell, lock_text, self.name, processor=self.trait)
        from lab.engines.docker.recipe import dockerfile  # noqa: PLC0415

        return fingerprint(cell, lock_text, self.name, dockerfile(cell), self.trait)

    def open(self, matrix: Matrix, uv: Uv, room: Room) -> Engine:
        """The engine itself; containers that an earlier lab left behind are removed."""
        if self.daemon is None:
            return LocalEngine(room.cells, uv, matrix.limits.build_timeout_s, self.processor)
        from lab.engines.docker.engine import DockerEngine  # noqa: PLC0415

        engine = DockerEngine(
            self.daemon,
            open_images(self, matrix),
            build_timeout_s=matrix.limits.build_timeout_s,
            memory_mib=matrix.limits.memory_mib,
            keep_images=room.keep_images,
            processor_trait=self.processor,
        )
        engine.clean_up()
        return engine


def choose(asked: str) -> ChosenEngine:
    """The engine asked for; ``auto`` is Docker where a daemon answers. Raises LabError where Docker cannot be had."""
    if asked == EngineName.LOCAL or (asked == AUTO and not _may_answer()):
        return ChosenEngine(name=EngineName.LOCAL)
    from lab.engines.docker.daemon import connect  # noqa: PLC0415

    daemon = connect()
    if daemon is not None:
        return ChosenEngine(name=EngineName.DOCKER, daemon=daemon)
    if asked == AUTO:
        return ChosenEngine(name=EngineName.LOCAL)
    where = os.environ.get(DOCKER_HOST) or f"the default socket ({DEFAULT_SOCKETS[0]})"
    message = (
        f"no Docker daemon answers at {where}: start it or set DOCKER_HOST (the matrix runs without: --engine local)"
    )
    raise LabError(message, ExitCode.NO_ENGINE)


def open_images(chosen: ChosenEngine, matrix: Matrix) -> Images:
    """The lab's images at the daemon that was chosen."""
    from lab.engines.docker.images import Images as _Images  # noqa: PLC0415

    if chosen.daemon is None:
        message = "images are Docker's: use --engine docker"
        raise LabError(message, ExitCode.NO_ENGINE)
    return _Images(chosen.daemon.client, matrix.registry, revision())


def revision() -> str:
    """The commit of the lab's own source, or nothing where it is no checkout."""
    completed = processes.run(
        ["git", "-C", str(Path(__file__).parents[2]), "rev-parse", "HEAD"], timeout_s=GIT_TIMEOUT_S
    )
    return completed.output.strip() if completed.ok else ""


def _may_answer() -> bool:
    return DOCKER_HOST in os.environ or any(path.exists() for path in DEFAULT_SOCKETS)
