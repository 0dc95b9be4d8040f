"""Build a reference model, train it a step, and save it in one format after the other."""

from __future__ import annotations

import os
import shutil
import time
from typing import Any, Dict

from probe import containers, evidence, golden, signatures
from probe.answers import is_fault_of_the_probe, ours
from probe.foreseeing import foresee
from probe.reference import Reference, seed_everything
from probe.requests import Job, Request
from probe.ways import way_of

PART = "saving"  # relative, so that messages are the same whatever the machine and its folders


class Workshop:
    """One model of one producer; built at the first save and used for all of them."""

    def __init__(self, request: Request, tensorflow: Any) -> None:
        self._request = request
        self._tensorflow = tensorflow
        self._reference = None  # type: Optional[Reference]
        self._calls = []  # type: List[golden.Call]
        self._failure = None  # type: Optional[BaseException]

    def save(self, job: Job) -> Dict[str, Any]:
        """Save in the format of the job; returns the fields of an observation."""
        started = time.monotonic()
        seen = {"reached": "import"}  # type: Dict[str, Any]
        try:
            self._build_once(job)
            seen["reached"] = "build"
            manifest = self._save(job)
            seen.update(reached="save", manifest=manifest)
        except Exception as error:  # noqa: BLE001 - sorted below into an answer or a fault
            key = "probe_error" if is_fault_of_the_probe(error) else "exception"
            seen[key] = evidence.describe(error)
            seen["failed_at"] = "build" if seen["reached"] == "import" else "save"
        seen["seconds"] = time.monotonic() - started
        return seen

    def _build_once(self, job: Job) -> None:
        if self._failure is not None:
            raise self._failure
        if self._reference is not None:
            return
        try:
            seed_everything(self._tensorflow, self._request.seed)
            reference = Reference(job.model, self._tensorflow)
            reference.train(self._request.seed)
            calls = reference.ask(self._request.seed)
            self._calls = foresee(self._tensorflow, reference, calls)
            self._reference = reference
        except Exception as error:
            self._failure = error
            raise

    def _save(self, job: Job) -> Any:
        way = way_of(job.format)
        model_directory = os.path.join(PART, "model")
        shutil.rmtree(PART, ignore_errors=True)
        ours(os.makedirs, model_directory)
        way.save(self._tensorflow, self._reference, model_directory)
        return ours(self._deliver, job, model_directory)

    def _deliver(self, job: Job, model_directory: str) -> Dict[str, Any]:
        golden.write(PART, self._calls)
        manifest = {
            "container": containers.recognise(model_directory),
            "signature": signatures.describe(self._calls),
            "files": containers.files(PART),
        }
        _move_into_place(job.directory)
        return manifest


def _move_into_place(directory: str) -> None:
    """Put the finished artifact into its place in one step, so that a half artifact is never there."""
    arriving = directory + ".part"
    shutil.rmtree(arriving, ignore_errors=True)
    shutil.move(PART, arriving)
    shutil.rmtree(directory, ignore_errors=True)
    os.rename(arriving, directory)
