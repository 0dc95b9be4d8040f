"""``tf.train.Checkpoint``: model and optimizer, matched by object."""

from __future__ import annotations

import os
from typing import Any, Dict

from probe.subjects import Given, KerasSubject, ModuleSubject

PREFIX = "ckpt"


def save(tensorflow: Any, reference: Any, directory: str) -> None:
    """Save the model and, where it has one, its optimizer."""
    tensorflow.train.Checkpoint(**_tracked(reference.model)).save(os.path.join(directory, PREFIX))


def load_plain(given: Given) -> Any:
    """Build the model from code and ``Checkpoint(...).restore(path)``."""
    given.enter("rebuild")
    reference = given.rebuilt()
    given.enter("weights")
    checkpoint = given.tensorflow.train.Checkpoint(**_tracked(reference.model))
    checkpoint.restore(given.tensorflow.train.latest_checkpoint(given.directory)).expect_partial()
    if reference.is_keras:
        return KerasSubject(given.tensorflow, reference.model)
    return ModuleSubject(given.tensorflow, reference)


def _tracked(model: Any) -> Dict[str, Any]:
    optimizer = getattr(model, "optimizer", None)
    return {"model": model} if optimizer is None else {"model": model, "optimizer": optimizer}


STRATEGIES = {"plain": load_plain}
