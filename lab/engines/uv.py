"""Speak to uv: resolve, create an environment, install. uv comes with the lab from the package index."""

from __future__ import annotations

import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Event

from lab.engines import processes
from lab.engines.processes import Completed
from lab.engines.protocol import NEVER
from lab.errors import ExitCode, LabError

RESOLVE_TIMEOUT_S = 300.0
PYTHON_TIMEOUT_S = 300.0


@dataclass(frozen=True, kw_only=True)
class Uv:
    """One uv binary."""

    binary: Path

    def resolve(self, requirements: Sequence[str], overrides: Path | None, python: Path, as_of: date) -> Completed:
        """Resolve as the index stood at the end of a day (UTC); the lock, with hashes, is the output."""
        command = [*self._pip("compile"), "-", "--no-header", "--generate-hashes", "--no-progress"]
        command += ["--exclude-newer", f"{as_of.isoformat()}T00:00:00Z", "--python", str(python)]
        if overrides is not None:
            command += ["--override", str(overrides)]
        return processes.run(command, timeout_s=RESOLVE_TIMEOUT_S, stdin="\n".join(requirements) + "\n")

    def create_environment(self, directory: Path, python: Path, log: Path) -> Completed:
        """Create an empty virtual environment."""
        command = [str(self.binary), "venv", "--no-progress", "--no-project", "--python", str(python), str(directory)]
        return processes.run(command, timeout_s=PYTHON_TIMEOUT_S, log=log)

    def install(self, directory: Path, lock: Path, timeout_s: float, log: Path, stop: Event = NEVER) -> Completed:
        """Install a lock, nothing but it, every file checked against its hash, hardlinked from uv's cache."""
        command = [*self._pip("install"), "--no-deps", "--require-hashes", "--no-progress"]
        command += ["--python", str(directory / "bin" / "python"), "-r", str(lock)]
        return processes.run(command, timeout_s=timeout_s, log=log, stop=stop)

    def find_python(self, version: str) -> Path | None:
        """An interpreter that uv knows of, its own store included."""
        command = [str(self.binary), "python", "find", "--no-project", "--no-python-downloads", version]
        completed = processes.run(command, timeout_s=PYTHON_TIMEOUT_S)
        return Path(completed.output.strip()) if completed.ok and completed.output.strip() else None

    def install_python(self, version: str) -> Completed:
        """Let uv fetch an interpreter into its store."""
        return processes.run(
            [str(self.binary), "python", "install", "--no-progress", version], timeout_s=PYTHON_TIMEOUT_S
        )

    def _pip(self, verb: str) -> list[str]:
        return [str(self.binary), "pip", verb]


def find_uv() -> Uv:
    """The uv beside this Python; raises LabError when it is missing."""
    binary = Path(sysconfig.get_path("scripts")) / "uv"
    if not binary.exists():
        message = f"uv is missing: {binary} does not exist; run the lab through nox, or 'pip install uv' beside it"
        raise LabError(message, ExitCode.NO_ENGINE)
    return Uv(binary=binary)
