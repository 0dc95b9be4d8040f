"""Climb the ladder with one artifact and one strategy: open, rebuild, weights, infer, compare, train, resave."""

from __future__ import annotations

import os
import shutil
import time
from typing import Any, Callable, Dict, List

from probe import asking, evidence, golden
from probe.answers import is_fault_of_the_probe, ours
from probe.following import follow
from probe.forgetting import trial_seed, trust
from probe.refusing import refusals
from probe.requests import Job, Request
from probe.subjects import Given
from probe.ways import recipe_of, way_of

TRAIN, RESAVE = "train", "resave"  # depths beyond "compare"
ARTIFACT = "artifact"
ARRIVAL_POLL_S = 0.002

Meanwhile = Callable[[Dict[str, Any]], None]


def climb(request: Request, job: Job, strategy: str, tensorflow: Any, meanwhile: Meanwhile) -> Dict[str, Any]:
    """Try to load, answer and go on with one artifact; returns the fields of an observation.

    ``reached`` is the last stage that went well, ``failed_at`` the one that did not. Loading is one call of the
    library under test for most formats: then ``failed_at`` is ``open`` and the frames tell how deep it got.
    ``meanwhile`` is told the fields that hold if the process does not outlive what it is asked next.
    """
    climb_log = ClimbLog()
    try:
        _climb(climb_log, request, job, strategy, tensorflow, meanwhile)
    except Exception as error:  # noqa: BLE001 - sorted here into an answer or a fault
        climb_log.fail(error)
    return climb_log.seen


class ClimbLog:
    """What has been reached so far, and in how many seconds a stage."""

    def __init__(self) -> None:
        self._began = self._stage_began = time.monotonic()
        self._stage = "open"
        self.seen = {
            "reached": "import",
            "failed_at": None,
            "differences": [],
            "stage_seconds": {},
            "seconds": 0.0,
        }  # type: Dict[str, Any]

    def enter(self, stage: str) -> None:
        """Begin a stage."""
        self._stage, self._stage_began = stage, time.monotonic()

    def reach(self, stage: str) -> None:
        """A stage went well."""
        self.seen["reached"] = stage
        self.seen["stage_seconds"][stage] = round(time.monotonic() - self._stage_began, 4)
        self.seen["seconds"] = round(time.monotonic() - self._began, 4)
        self.seen["rss_bytes"] = _rss_bytes()

    def fail(self, error: BaseException) -> None:
        """The stage at hand did not go well."""
        self.seen["failed_at"] = self._stage
        self.seen["probe_error" if is_fault_of_the_probe(error) else "exception"] = evidence.describe(error)
        self.seen["seconds"] = round(time.monotonic() - self._began, 4)
        self.seen["rss_bytes"] = _rss_bytes()


def _climb(log: ClimbLog, request: Request, job: Job, strategy: str, tensorflow: Any, meanwhile: Meanwhile) -> None:
    ours(_place, job.directory, request.arrival_s)
    calls = [] if request.ask else ours(golden.read, ARTIFACT)
    way = way_of(job.format)
    given = Given(
        tensorflow, os.path.join(ARTIFACT, "model"), job.model, trial_seed(request, job, strategy), calls, log.enter
    )
    subject = follow(recipe_of(way, strategy), given, way.FILE)
    log.reach("weights")
    log.seen["notes"] = subject.notes
    log.enter("infer")
    if request.ask:
        calls = asking.questions(subject, request.seed)
    answers = [subject.answer(call) for call in calls]
    log.reach("infer")
    if request.ask:
        recorded = [call._replace(outputs=answer) for call, answer in zip(calls, answers)]
        log.seen["golden"] = ours(golden.pack, recorded)
        return
    log.enter("compare")
    log.seen["differences"] = _compare(calls, answers)
    log.reach("compare")
    is_right = golden.within(log.seen["differences"], request.atol, request.rtol)
    trust(is_right=is_right)
    if not is_right:
        return
    _go_on(log, request, subject, calls)
    if request.depth == RESAVE and subject.can_resave:
        log.enter("resave")
        shutil.rmtree("resaved", ignore_errors=True)
        os.makedirs("resaved")
        subject.resave(way, "resaved")
        log.reach("resave")
    for noted in refusals(subject, calls[0]):
        log.seen["notes"] = dict(subject.notes, **noted)
        meanwhile(log.seen)


def _go_on(log: ClimbLog, request: Request, subject: Any, calls: List[golden.Call]) -> None:
    """Train a step and answer again, where that can be done."""
    if request.depth not in (TRAIN, RESAVE) or not subject.can_train:
        return
    log.enter("train")
    log.seen["training"] = subject.train(calls[0].inputs)
    log.seen["resumed"] = _resume(calls, subject)
    log.reach("train")


def _resume(calls: List[golden.Call], subject: Any) -> List[Dict[str, Any]]:
    """The answers after one more step against the producer's: equal where the optimizer's state came along."""
    return [
        difference
        for call in calls
        if call.resumed
        for difference in golden.differences(call.resumed, subject.answer(call))
    ]


def _place(directory: str, arrival_s: float) -> None:
    """Reach the artifact by a short relative path: the same message, whatever the machine and its folders."""
    deadline = time.monotonic() + arrival_s
    while not os.path.isdir(directory) and time.monotonic() < deadline:
        time.sleep(ARRIVAL_POLL_S)
    if os.path.lexists(ARTIFACT):
        os.unlink(ARTIFACT)
    os.symlink(directory, ARTIFACT)


def _compare(calls: List[golden.Call], answers: List[List[Any]]) -> List[Dict[str, Any]]:
    return [
        difference for call, answer in zip(calls, answers) for difference in golden.differences(call.outputs, answer)
    ]


def _rss_bytes() -> int:
    with open("/proc/self/statm", encoding="ascii") as stream:
        return int(stream.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
