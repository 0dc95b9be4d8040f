"""Build a reference model, train it a step, and save it in one format after the other."""

from __future__ import annotations

import importlib
import os
import shutil
import time
from typing import Any, Dict, List, Optional

from probe import containers, evidence, golden, signatures
from probe.answers import is_fault_of_the_probe
from probe.reference import Reference, seed_everything
from probe.requests import Job, Request


class Workshop:
    """One model of one producer; built at the first save and used for all of them."""

    def __init__(self, request: Request, tensorflow: Any) -> None:
        self._request = request
        self._tensorflow = tensorflow
        self._reference = None  # type: Optional[Reference]
        self._calls = []  # type: List[golden.Call]
        self._failure = None  # type: Optional[BaseException]
        self._reached = "import"

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
            self._calls = reference.ask(self._request.seed)
            self._reference = reference
        except Exception as error:
            self._failure = error
            raise

    def _save(self, job: Job) -> Dict[str, Any]:
        way = importlib.import_module("probe.formats." + job.format.replace("-", "_"))
        part = job.directory + ".part"
        shutil.rmtree(part, ignore_errors=True)
        model_directory = os.path.join(part, "model")
        os.makedirs(model_directory)
        way.save(self._tensorflow, self._reference, model_directory)
        golden.write(part, self._calls)
        manifest = {
            "container": containers.recognise(model_directory),
            "signature": signatures.describe(self._calls),
            "files": containers.files(part),
        }
        shutil.rmtree(job.directory, ignore_errors=True)
        os.rename(part, job.directory)
        return manifest
