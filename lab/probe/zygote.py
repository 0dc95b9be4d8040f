"""Import TensorFlow once, fork a child for each batch of jobs, and write down what became of each.

The parent never creates an eager context: it imports, forks, watches and records. A child reports every step
through a pipe; when it crashes, hangs or outgrows its memory, the step it was in gets that as its observation
and the rest goes on in a new child. A step that died in a child which had run others before it is first
tried again alone, so that no job pays for what another one left behind.
"""

from __future__ import annotations

import gc
import io
import json
import os
import time
from collections import deque
from typing import Any, Deque, Dict, List, NamedTuple, Optional

from probe import evidence, facts, tasks
from probe.child import Child, Death, Work
from probe.lifeline import inherit_orphans, keep_out, no_core_dumps
from probe.requests import Job, Request
from probe.ways import spoils_the_model

DISK_FULL = {"type": "ProbeError", "message": "the disk is full", "chain": [], "frames": []}
NEVER_BEGAN = {"type": "ProbeError", "message": "the child ended before its first step", "chain": [], "frames": []}


# A step that will be tried again alone if it takes too long is given up sooner.
IMPATIENCE = 0.4


class Step(NamedTuple):
    """The part of a job that runs now: a save, or a load by one strategy."""

    id: str
    strategy: Optional[str]


class Course:
    """How far a child has come: the step at hand, what is behind it."""

    def __init__(self) -> None:
        self.step = None  # type: Optional[Step]
        self.jobs_done = 0
        self.steps_of_job = 0
        self.any_answer = False
        self.meanwhile = None  # type: Optional[Dict[str, Any]]
        self.fault = None  # type: Optional[Dict[str, Any]]

    def answered(self) -> None:
        """The step at hand has its observation."""
        self.step = None
        self.meanwhile = None
        self.steps_of_job += 1
        self.any_answer = True

    def finished(self) -> None:
        """The job at hand has all of its observations."""
        self.jobs_done += 1
        self.steps_of_job = 0


class Journal:
    """The results: one JSON line an event, flushed at once."""

    def __init__(self, path: str) -> None:
        target = _own_standard_output() if path == "-" else path  # type: Union[str, int]
        self._stream = io.open(target, "a", encoding="utf-8")  # noqa: SIM115 - open as long as the process lives

    @property
    def descriptor(self) -> int:
        """The file descriptor; no child may hold it."""
        return self._stream.fileno()

    def write(self, event: Dict[str, Any]) -> None:
        """Append an event."""
        self._stream.write(json.dumps(event, allow_nan=False, sort_keys=True) + "\n")
        self._stream.flush()


def _own_standard_output() -> int:
    """Take the standard output for the results alone; what others print goes where errors go."""
    own = os.dup(1)
    os.dup2(2, 1)
    return own


def serve(request: Request) -> int:
    """Run all jobs of a request; 0 when every one has an observation in the results file."""
    no_core_dumps()
    inherit_orphans()
    keep_out()
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
        """Work the queue off, model by model: a child never holds two models' custom objects.

        Models come in the order in which the request first names them: the canaries' own comes first, so that what
        is seen before an interruption is believed.
        """
        self._inspect()
        models = [job.model for job in self._request.jobs]
        queue = deque(sorted(self._request.jobs, key=lambda job: (models.index(job.model), self._comes_last(job))))
        alone = False
        while queue:
            batch = self._next_batch(queue, alone=alone)
            left, alone = self._run_child(batch)
            queue.extendleft(reversed(left))

    def _comes_last(self, job: Job) -> bool:
        return self._request.role == "save" and spoils_the_model(job.format)

    def _fork(self, work: Work) -> Child:
        child = Child(self._request, self._count, work, private=self._journal.descriptor)
        self._count += 1
        return child

    def _inspect(self) -> None:
        """Ask the facts that need devices in a child of their own, so that the parent stays clean."""
        inspector = self._fork(lambda send: send({"facts": facts.gather(self._tensorflow)}))
        told = None
        while True:
            message = inspector.receive()
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
        child = self._fork(lambda send: tasks.work(self._request, batch, self._tensorflow, send))
        course = Course()
        while True:
            message = child.receive()
            if message is None:
                break
            if "begin" in message:
                course.step = Step(message["begin"], message["strategy"])
                child.patience = IMPATIENCE if course.any_answer else 1.0
                if self._request.arrival_s:
                    self._journal.write({"kind": "begin", "id": course.step.id})
            elif "observation" in message and course.step is not None:
                self._journal.write(self._complete(course.step, message["observation"], child))
                course.answered()
            elif "meanwhile" in message:
                course.meanwhile = message["meanwhile"]
            elif "fault" in message:
                course.fault = message["fault"]
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
        step = course.step
        if course.meanwhile is not None and step is not None and course.fault is None and not child.disk_is_full:
            self._journal.write(self._complete(step, course.meanwhile, child))
            self._finish(job)
            return others, False
        seen = {"death": death._asdict(), "seconds": child.step_s()}  # type: Dict[str, Any]
        if step is None:
            step = Step(job.id, remaining[0] if remaining else None)
            seen["probe_error"] = NEVER_BEGAN
        if child.disk_is_full:
            seen["probe_error"] = DISK_FULL
        if course.fault is not None:
            seen["probe_error"] = course.fault
        self._journal.write(self._complete(step, seen, child))
        later = remaining[1:]
        if death.timed_out:
            later.sort(key=lambda strategy: strategy in self._request.last_after_timeout)
        if later:
            return [job._replace(strategies=later), *others], True
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
