"""Import TensorFlow once, fork a child for each batch of jobs, and write down what became of each.

The parent never creates an eager context: it imports, forks, watches and records. A child reports every step
through a pipe; when it crashes, hangs or outgrows its memory, the step it was in gets that as its observation
and the rest goes on in a new child. A step that died in a child which had run others before it is first
tried again alone, so that no job pays for what another one left behind.
"""

from __future__ import annotations

import errno
import gc
import io
import json
import os
import select
import shutil
import signal
import sys
import time
from collections import deque
from typing import Any, Deque, Dict, List, NamedTuple, Optional

from probe import evidence, facts, tasks
from probe.lifeline import die_with_parent, no_core_dumps
from probe.requests import Job, Request

POLL_S = 0.05
EXIT_GRACE_S = 5.0
LOG_TAIL_BYTES = 4000
NEVER_BEGAN = {"type": "ProbeError", "message": "the child ended before its first step", "chain": [], "frames": []}


class Step(NamedTuple):
    """The part of a job that runs now: a save, or a load by one strategy."""

    id: str
    strategy: Optional[str]


class Death(NamedTuple):
    """How a child ended before it had answered."""

    exit_code: Optional[int]
    signal: Optional[int]
    timed_out: bool
    out_of_memory: bool


class Course:
    """How far a child has come: the step at hand, what is behind it."""

    def __init__(self) -> None:
        self.step = None  # type: Optional[Step]
        self.jobs_done = 0
        self.steps_of_job = 0
        self.any_answer = False

    def answered(self) -> None:
        """The step at hand has its observation."""
        self.step = None
        self.steps_of_job += 1
        self.any_answer = True

    def finished(self) -> None:
        """The job at hand has all of its observations."""
        self.jobs_done += 1
        self.steps_of_job = 0


class Journal:
    """The results file: one JSON line an event, flushed at once."""

    def __init__(self, path: str) -> None:
        self._stream = io.open(path, "a", encoding="utf-8")  # noqa: SIM115 - open as long as the process lives

    def write(self, event: Dict[str, Any]) -> None:
        """Append an event."""
        self._stream.write(json.dumps(event, allow_nan=False, sort_keys=True) + "\n")
        self._stream.flush()


def serve(request: Request) -> int:
    """Run all jobs of a request; 0 when every one has an observation in the results file."""
    no_core_dumps()
    journal = Journal(request.results)
    started = time.monotonic()
    try:
        tensorflow = facts.import_tensorflow()
    except Exception as error:  # noqa: BLE001 - whatever the import raises is the answer of this cell
        failure = evidence.describe(error)
        journal.write({"kind": "cell", "import_error": failure, "facts": facts.without_tensorflow()})
        for job in request.jobs:
            journal.write(_unimportable(request, job, failure))
            journal.write({"kind": "finished", "id": job.id})
        journal.write({"kind": "end"})
        return 0
    journal.write({"kind": "imported", "seconds": time.monotonic() - started})
    gc.collect()
    gc.freeze()  # what TensorFlow brought is never garbage: children need not look through it again
    Zygote(request, journal, tensorflow).run()
    journal.write({"kind": "end"})
    return 0


def _unimportable(request: Request, job: Job, failure: Dict[str, Any]) -> Dict[str, Any]:
    step = Step(job.id, job.strategies[0] if job.strategies else None)
    return dict(_unanswered(request, step), reached=None, failed_at="import", exception=failure)


def _unanswered(request: Request, step: Step) -> Dict[str, Any]:
    """An observation in which nothing has been seen yet."""
    return {
        "kind": request.role,
        "id": step.id,
        "strategy": step.strategy,
        "reached": "import",
        "failed_at": None,
        "exception": None,
        "probe_error": None,
        "death": None,
        "differences": [],
        "seconds": 0.0,
        "stage_seconds": {},
        "rss_bytes": 0,
        "log_tail": "",
    }


class Zygote:
    """The parent: a queue of jobs, at most one child."""

    def __init__(self, request: Request, journal: Journal, tensorflow: Any) -> None:
        self._request = request
        self._journal = journal
        self._tensorflow = tensorflow
        self._count = 0

    def run(self) -> None:
        """Work the queue off, model by model: a child never holds two models' custom objects."""
        self._inspect()
        queue = deque(sorted(self._request.jobs, key=lambda job: job.model))
        alone = False
        while queue:
            batch = self._next_batch(queue, alone=alone)
            left, alone = self._run_child(batch)
            queue.extendleft(reversed(left))

    def _inspect(self) -> None:
        """Ask the facts that need devices in a child of their own, so that the parent stays clean."""
        inspector = Child(self._request, self._count, lambda send: send({"facts": facts.gather(self._tensorflow)}))
        self._count += 1
        told = None
        while True:
            message = inspector.receive(self._request.limits.timeout_s)
            if message is None:
                break
            told = message
        death = inspector.reap()
        if told is None:
            self._journal.write({"kind": "cell", "import_error": None, "facts": {}, "death": death._asdict()})
            return
        self._journal.write(dict(told, kind="cell", import_error=None))

    def _next_batch(self, queue: Deque[Job], *, alone: bool) -> List[Job]:
        batch = [queue.popleft()]
        while queue and not alone and len(batch) < self._request.limits.batch and queue[0].model == batch[0].model:
            batch.append(queue.popleft())
        return batch

    def _run_child(self, batch: List[Job]) -> tuple[List[Job], bool]:
        """Run a batch; returns the jobs that are left and whether the first of them must run alone."""
        child = Child(self._request, self._count, lambda send: tasks.work(self._request, batch, self._tensorflow, send))
        self._count += 1
        course = Course()
        while True:
            message = child.receive(self._request.limits.timeout_s)
            if message is None:
                break
            if "begin" in message:
                course.step = Step(message["begin"], message["strategy"])
            elif "observation" in message and course.step is not None:
                self._journal.write(self._complete(course.step, message["observation"], child))
                course.answered()
            elif "finished" in message:
                self._finish(batch[course.jobs_done])
                course.finished()
        death = child.reap()
        left = batch[course.jobs_done :]
        return self._after_death(left, course, death, child) if left else ([], False)

    def _after_death(self, left: List[Job], course: Course, death: Death, child: Child) -> tuple[List[Job], bool]:
        """Blame the step at hand, or try it once more alone where another one's leavings may be to blame."""
        job, others = left[0], left[1:]
        remaining = job.strategies[course.steps_of_job :]
        if course.any_answer:
            return [job._replace(strategies=remaining), *others], True
        seen = {"death": death._asdict(), "seconds": child.step_s()}  # type: Dict[str, Any]
        step = course.step
        if step is None:
            step = Step(job.id, remaining[0] if remaining else None)
            seen["probe_error"] = NEVER_BEGAN
        self._journal.write(self._complete(step, seen, child))
        if len(remaining) > 1:
            return [job._replace(strategies=remaining[1:]), *others], True
        self._finish(job)
        return others, False

    def _finish(self, job: Job) -> None:
        """Tell the host that nothing more will come of this job."""
        self._journal.write({"kind": "finished", "id": job.id})

    def _complete(self, step: Step, seen: Dict[str, Any], child: Child) -> Dict[str, Any]:
        observation = dict(_unanswered(self._request, step), **seen)
        log = child.new_log()
        if observation["death"] is not None or observation["probe_error"] is not None:
            observation["log_tail"] = log
        return observation


class Child:
    """One forked process, its pipe, its log and its limits."""

    def __init__(self, request: Request, number: int, work: Any) -> None:
        self._limits = request.limits
        self._scratch = os.path.join(request.scratch, "child-{}".format(number))
        os.makedirs(self._scratch)
        self._log_path = os.path.join(request.scratch, "child-{}.log".format(number))
        self._log_offset = 0
        self._buffer = b""
        self._last_message = time.monotonic()
        self._cpu_before = 0.0
        self._timed_out = False
        self._out_of_memory = False
        reading, writing = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        self._pid = os.fork()
        if self._pid == 0:
            os.close(reading)
            _become_child(writing, self._scratch, self._log_path, work)
        os.close(writing)
        self._pipe = reading

    def step_s(self) -> float:
        """Seconds since the step at hand began."""
        return time.monotonic() - self._last_message

    def receive(self, timeout_s: float) -> Optional[Dict[str, Any]]:
        """The next message, or None when the child is gone or must be ended."""
        while b"\n" not in self._buffer:
            if self._ready():
                data = os.read(self._pipe, 1 << 16)
                if not data:
                    return None
                self._buffer += data
            elif self._has_ended() or self._must_end(timeout_s):
                return None
        line, _, self._buffer = self._buffer.partition(b"\n")
        message = json.loads(line.decode("utf-8"))  # type: Dict[str, Any]
        self._last_message = time.monotonic()
        self._cpu_before = _cpu_s(self._pid)
        return message

    def reap(self) -> Death:
        """Wait for the end, or bring it about, with everything the child started; then clean up."""
        deadline = time.monotonic() + EXIT_GRACE_S
        while not (self._timed_out or self._out_of_memory or self._has_ended()):
            self._timed_out = time.monotonic() > deadline
            time.sleep(0.002)
        _kill(-self._pid)
        _kill(self._pid)
        _, status = os.waitpid(self._pid, 0)
        os.close(self._pipe)
        shutil.rmtree(self._scratch, ignore_errors=True)
        return Death(
            exit_code=os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
            signal=os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
            timed_out=self._timed_out,
            out_of_memory=self._out_of_memory,
        )

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
            _kill(-self._pid)
            _kill(self._pid)
            os._exit(3)
        return self._pipe in readable

    def _has_ended(self) -> bool:
        """Whether the child is over; its status stays to be collected."""
        return os.waitid(os.P_PID, self._pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None

    def _must_end(self, timeout_s: float) -> bool:
        used = _cpu_s(self._pid) - self._cpu_before
        self._timed_out = self.step_s() > timeout_s or used > self._limits.cpu_s
        self._out_of_memory = _rss_bytes(self._pid) > self._limits.memory_bytes
        return self._timed_out or self._out_of_memory


def _become_child(writing: int, scratch: str, log_path: str, work: Any) -> None:
    """Set the child up, do the work and leave without running anybody's exit handlers."""
    code = 1
    try:
        os.setsid()
        die_with_parent()
        os.chdir(scratch)
        os.environ["TMPDIR"] = scratch
        log = os.open(log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.dup2(log, 1)
        os.dup2(log, 2)

        def send(message: Dict[str, Any]) -> None:
            _write_all(writing, (json.dumps(message, allow_nan=False) + "\n").encode("utf-8"))

        work(send)
        code = 0
    except BaseException:  # noqa: BLE001 - a fork must never return into its parent's stack
        sys.excepthook(*sys.exc_info())
    finally:
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(code)


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _kill(target: int) -> None:
    try:
        os.kill(target, signal.SIGKILL)
    except OSError as error:
        if error.errno != errno.ESRCH:
            raise


def _cpu_s(pid: int) -> float:
    """Processor seconds of a process so far, user and system."""
    try:
        with io.open("/proc/{}/stat".format(pid), encoding="ascii", errors="replace") as stream:
            fields = stream.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / float(os.sysconf("SC_CLK_TCK"))
    except (OSError, IndexError, ValueError):
        return 0.0


def _rss_bytes(pid: int) -> int:
    try:
        with io.open("/proc/{}/statm".format(pid), encoding="ascii") as stream:
            return int(stream.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        return 0
