"""Load artifacts in this one process, without forks; runs in a cell (Python 3.7 on) and is never imported.

Called as ``python driver.py REQUEST ANSWER`` where ``probe`` can be imported. It climbs the same ladder with the
same strategies as the lab, one after the other, and forgets nothing in between: the least that the loads can cost.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from pathlib import Path
from typing import Any


def main(request_path: str, answer_path: str) -> None:
    """Run the jobs of a request of the probe; write what each trial took."""
    # By name: within a cell the probe is a package of its own, which the lab itself never imports.
    request = importlib.import_module("probe.requests").read_request(request_path)
    began = time.monotonic()
    tensorflow = importlib.import_module("probe.facts").import_tensorflow()
    import_s = time.monotonic() - began
    importlib.import_module("probe.tasks")  # what every child of the lab has as well
    # As in the lab: one thread a pool.
    tensorflow.config.threading.set_intra_op_parallelism_threads(1)
    tensorflow.config.threading.set_inter_op_parallelism_threads(1)
    trials = [trial for job in request.jobs for trial in _load(request, job, tensorflow)]
    Path(answer_path).write_text(json.dumps({"import_s": import_s, "trials": trials}), encoding="utf-8")


def _pass_over(_so_far: Any) -> None:  # noqa: ANN401 - as below
    """Nobody watches this process, so nobody need know how far it has come."""


def _load(request: Any, job: Any, tensorflow: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - records of the probe
    """The strategies of a job until one answers rightly, as ``probe.tasks`` does it."""
    ladder = importlib.import_module("probe.ladder")
    golden = importlib.import_module("probe.golden")
    trials: list[dict[str, Any]] = []
    for strategy in job.strategies:
        seen = ladder.climb(request, job, strategy, tensorflow, _pass_over)
        right = golden.within(seen["differences"], request.atol, request.rtol)
        trials.append({"id": job.id, "strategy": strategy, "right": right, "seconds": seen["seconds"]})
        if right:
            break
    return trials


if __name__ == "__main__":
    main(*sys.argv[1:])
