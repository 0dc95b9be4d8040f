"""Do the work of a child: go through its batch, job by job, step by step."""

from __future__ import annotations

import gc
from typing import Any, Callable, Dict, List

from probe import golden, ladder, saving
from probe.forgetting import forget, keep_kernels, trial_seed
from probe.requests import Job, Request

Send = Callable[[Dict[str, Any]], None]


def work(request: Request, batch: List[Job], tensorflow: Any, send: Send) -> None:
    """Run a batch; every step is announced before it begins, so that the parent knows where a crash happened."""
    gc.disable()  # between trials everything is collected; within one, looking for garbage is a tenth of its time
    _quieten(tensorflow)
    if request.role == "save":
        _save_all(request, batch, tensorflow, send)
        return
    keep_kernels()
    for job in batch:
        _load(request, job, tensorflow, send)
        send({"finished": job.id})


def _save_all(request: Request, batch: List[Job], tensorflow: Any, send: Send) -> None:
    """Save one model in all its formats; it is built and trained once, within the first step."""
    workshop = saving.Workshop(request, tensorflow)
    for job in batch:
        send({"begin": job.id, "strategy": None})
        send({"observation": workshop.save(job)})
        send({"finished": job.id})


def _load(request: Request, job: Job, tensorflow: Any, send: Send) -> None:
    for strategy in job.strategies:
        send({"begin": job.id, "strategy": strategy})
        forget(tensorflow, trial_seed(request, job, strategy))
        observation = ladder.climb(request, job, strategy, tensorflow, lambda seen: send({"meanwhile": seen}))
        send({"observation": observation})
        if "golden" in observation or golden.within(observation["differences"], request.atol, request.rtol):
            return


def _quieten(tensorflow: Any) -> None:
    """One thread a pool: the models are small, other cells run beside this one, and sums keep their order."""
    tensorflow.config.threading.set_intra_op_parallelism_threads(1)
    tensorflow.config.threading.set_inter_op_parallelism_threads(1)
