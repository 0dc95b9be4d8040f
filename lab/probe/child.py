"""One forked process with its pipe, its log and its limits; what it does is handed in.

The parent learns from here what the child says and how it ended; it decides nothing about what that means.
"""

from __future__ import annotations

import io
import json
import os
import select
import shutil
import signal
import sys
import time
from typing import Any, Callable, Dict, NamedTuple, Optional

from probe import evidence
from probe.lifeline import be_first_to_go, die_with_parent
from probe.processes import cpu_s, descendants, end_descendants, free_bytes, kill, oom_kills, queued_s, rss_bytes
from probe.requests import Request

POLL_S = 0.05
EXIT_GRACE_S = 5.0
LOG_TAIL_BYTES = 4000
DISK_FULL_BYTES = 1 << 20

Send = Callable[[Dict[str, Any]], None]
Work = Callable[[Send], None]


class Death(NamedTuple):
    """How a child ended before it had answered."""

    exit_code: Optional[int]
    signal: Optional[int]
    timed_out: bool
    out_of_memory: bool


class Child:
    """One forked process, its pipe, its log and its limits; the descriptor ``private`` is closed in it."""

    def __init__(self, request: Request, number: int, work: Work, private: int) -> None:
        self._limits = request.limits
        self._root = request.scratch
        self._scratch = os.path.join(self._root, "child-{}".format(number))
        os.makedirs(self._scratch)
        self._log_path = os.path.join(self._root, "child-{}.log".format(number))
        self._log_offset = 0
        self._buffer = b""
        self._last_message = time.monotonic()
        self._cpu_before = 0.0
        self._queued_before = 0.0
        self._timed_out = False
        self._out_of_memory = False
        self._oom_kills_before = oom_kills()
        self.patience = 1.0  # the share of its time limits that the step at hand is given
        self.disk_is_full = False
        reading, writing = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        self._pid = os.fork()
        if self._pid == 0:
            os.close(reading)
            os.close(private)
            _become_child(writing, self._scratch, self._log_path, work)
        os.close(writing)
        self._pipe = reading

    def step_s(self) -> float:
        """Seconds since the step at hand began."""
        return time.monotonic() - self._last_message

    def receive(self) -> Optional[Dict[str, Any]]:
        """The next message, or None when the child is gone or must be ended."""
        while b"\n" not in self._buffer:
            if self._ready():
                data = os.read(self._pipe, 1 << 16)
                if not data:
                    return None
                self._buffer += data
            elif self._has_ended():
                if not self._ready():  # it may have answered and ended since the pipe was last looked at
                    return None
            elif self._must_end():
                return None
        line, _, self._buffer = self._buffer.partition(b"\n")
        message = json.loads(line.decode("utf-8"))  # type: Dict[str, Any]
        self._last_message = time.monotonic()
        self._cpu_before = cpu_s(self._pid)
        self._queued_before = queued_s(self._pid)
        return message

    def reap(self) -> Death:
        """Wait for the end, or bring it about, with everything the child started; then clean up."""
        deadline = time.monotonic() + EXIT_GRACE_S
        while not (self._timed_out or self._out_of_memory or self._has_ended()):
            self._timed_out = time.monotonic() > deadline
            time.sleep(0.002)
        kill(-self._pid)
        kill(self._pid)
        _, status = os.waitpid(self._pid, 0)
        end_descendants()
        os.close(self._pipe)
        self.disk_is_full = free_bytes(self._root) < DISK_FULL_BYTES
        self._clear_scratch()
        ended_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
        if ended_by == signal.SIGKILL and not self._timed_out:
            self._out_of_memory = self._out_of_memory or oom_kills() > self._oom_kills_before
        return Death(
            exit_code=os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
            signal=ended_by,
            timed_out=self._timed_out,
            out_of_memory=self._out_of_memory,
        )

    def _clear_scratch(self) -> None:
        """Leave nothing to the next child, wherever below the scratch folder this one has put it."""
        for name in os.listdir(self._root):
            path = os.path.join(self._root, name)
            if path == self._log_path:
                continue
            if os.path.isdir(path) and not os.path.islink(path):
                shutil.rmtree(path, ignore_errors=True)
            else:
                os.unlink(path)

    def new_log(self) -> str:
        """What the child printed since this was last asked, at most the tail of it."""
        try:
            with io.open(self._log_path, "rb") as stream:
                stream.seek(self._log_offset)
                text = stream.read()
        except OSError:
            return ""
        self._log_offset += len(text)
        return text[-LOG_TAIL_BYTES:].decode("utf-8", "replace")

    def _ready(self) -> bool:
        """Wait a moment for the child; a closed standard input means that the host is gone."""
        readable, _, _ = select.select([self._pipe, 0], [], [], POLL_S)
        if 0 in readable and not os.read(0, 1 << 10):
            kill(-self._pid)
            kill(self._pid)
            end_descendants()
            os._exit(3)
        return self._pipe in readable

    def _has_ended(self) -> bool:
        """Whether the child is over; its status stays to be collected."""
        return os.waitid(os.P_PID, self._pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None

    def _must_end(self) -> bool:
        """Whether the step has used up its time or its memory."""
        used = cpu_s(self._pid) - self._cpu_before
        self._timed_out = used > self.patience * self._limits.cpu_s or self._has_lasted()
        self._out_of_memory = rss_bytes(self._pid) > self._limits.memory_bytes
        return self._timed_out or self._out_of_memory

    def _has_lasted(self) -> bool:
        """Whether the step took too long; waiting for a busy machine does not count, unless it is the child's doing."""
        limit = self.patience * self._limits.timeout_s
        if self.step_s() <= limit:
            return False
        waited = queued_s(self._pid) - self._queued_before
        return self.step_s() - waited > limit or descendants() > 1


def _become_child(writing: int, scratch: str, log_path: str, work: Work) -> None:
    """Set the child up, do the work and leave without running anybody's exit handlers."""
    code = 1
    try:
        os.setsid()
        die_with_parent()
        be_first_to_go()
        _move_in(scratch, log_path)

        def send(message: Dict[str, Any]) -> None:
            _write_all(writing, (json.dumps(message, allow_nan=False) + "\n").encode("utf-8"))

        try:
            work(send)
            code = 0
        except Exception as error:
            send({"fault": evidence.describe(error)})  # user code is guarded where it runs: this is the probe's own
            raise
    except BaseException:  # noqa: BLE001 - a fork must never return into its parent's stack
        sys.excepthook(*sys.exc_info())
    finally:
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(code)


def _move_in(scratch: str, log_path: str) -> None:
    """Work in a folder of one's own, read nothing, print into the log."""
    os.chdir(scratch)
    os.environ["TMPDIR"] = scratch
    log = os.open(log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]
