"""Run commands as lists, with a deadline, a log and a clean end."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from lab.engines.protocol import NEVER

TAIL_CHARS = 3000
POLL_S = 0.25


@dataclass(frozen=True, kw_only=True)
class Completed:
    """A command that has ended; ``output`` is stdout alone, ``log`` is stderr."""

    command: tuple[str, ...]
    exit_code: int
    output: str
    log: str
    timed_out: bool = False

    @property
    def ok(self) -> bool:
        """Whether it ended well."""
        return self.exit_code == 0 and not self.timed_out

    def explain(self) -> str:
        """What was run and what it said last."""
        ending = "ran out of time" if self.timed_out else f"ended with {self.exit_code}"
        return f"{' '.join(self.command)}\n  {ending}: {self.log.strip()[-TAIL_CHARS:]}"


def run(
    command: Sequence[str],
    *,
    timeout_s: float,
    stdin: str = "",
    env: Mapping[str, str] | None = None,
    log: Path | None = None,
    stop: Event = NEVER,
) -> Completed:
    """Run a command to its end; never raises for a failing command.

    It is ended with its children at the deadline, and when ``stop`` is set.
    """
    with tempfile.TemporaryFile() as given:  # a pipe would have to be filled beside the looks at deadline and stop
        given.write(stdin.encode("utf-8"))
        given.seek(0)
        try:
            process = subprocess.Popen(  # noqa: S603 - a list, never a shell
                list(command),
                stdin=given,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                env=None if env is None else dict(env),
                start_new_session=True,
            )
        except OSError as error:
            return Completed(command=tuple(command), exit_code=127, output="", log=str(error))
    deadline = time.monotonic() + timeout_s
    said = None
    try:
        while said is None and time.monotonic() < deadline and not stop.is_set():
            with suppress(subprocess.TimeoutExpired):
                said = process.communicate(timeout=min(POLL_S, max(0.0, deadline - time.monotonic())))
        timed_out = said is None and not stop.is_set()
        if said is None:
            end_group(process.pid)
            said = process.communicate()
    except BaseException:
        end_group(process.pid)
        process.wait()
        raise
    output, errors = said
    completed = Completed(
        command=tuple(command), exit_code=process.returncode, output=output, log=errors, timed_out=timed_out
    )
    if log is not None:
        with log.open("a", encoding="utf-8") as stream:
            stream.write(f"$ {' '.join(command)}\n{output}{errors}")
    return completed


def end_group(pid: int) -> None:
    """End a process that leads its own group, with all that belongs to the group."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
