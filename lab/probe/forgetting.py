"""Leave nothing of one trial to the next in the same process: layer names, graphs, random state.

One thing is kept on purpose: the kernels that TensorFlow has made of its operations. It drops all of them whenever a
seed is set or a Keras session is cleared, and making them anew is a quarter of the time of a load. A kernel is made for
an operation with its attributes, and nothing else goes into it. Random operations carry their seed among those, and
count on from call to call: so every trial has a seed of its own, and thereby random kernels of its own.
"""

from __future__ import annotations

import gc
import importlib
import inspect
import zlib
from typing import Any, Optional

from probe.reference import seed_everything
from probe.requests import Job, Request


class Doubtful(BaseException):
    """What has been seen may be the doing of another trial in this process, which ends: it is tried again alone.

    No ``Exception``, so that nothing takes it for an answer.
    """


class _Process:
    """How many trials this process has begun."""

    trials = 0


def trust(*, is_right: bool) -> None:
    """Take other numbers than the golden ones for an answer only from a process that has loaded nothing before.

    TensorFlow keeps more than can be forgotten: oneDNN's pooling takes what it prepared for one order of dimensions
    for another one of the same sizes.
    """
    if not is_right and _Process.trials > 1:
        raise Doubtful


def trial_seed(request: Request, job: Job, strategy: Optional[str]) -> int:
    """The seed of a trial: the same in every order of trials, another one for every other trial."""
    return zlib.crc32("{} {} {}".format(request.seed, job.id, strategy).encode("utf-8")) & 0x7FFFFFFF


def forget(tensorflow: Any, seed: int) -> None:
    """Begin as if nothing had been loaded before."""
    _Process.trials += 1
    clear = tensorflow.keras.backend.clear_session
    clear()
    if "free_memory" not in inspect.signature(clear).parameters:  # where it is, the garbage has just been collected
        gc.collect()
    seed_everything(tensorflow, seed)


def keep_kernels() -> None:
    """Have this process keep the kernels of its operations; without effect where TensorFlow has no such call."""
    context = importlib.import_module("tensorflow.python.eager.context")
    for name in ("pywrap_tfe", "pywrap_tensorflow"):  # since 2.2, before
        calls = getattr(context, name, None)
        if hasattr(calls, "TFE_ContextClearCaches"):
            calls.TFE_ContextClearCaches = _keep


def _keep(_context: Any) -> None:
    """In the place of the call that drops all kernels."""
