"""``tf.train.Checkpoint``: model and optimizer, matched by object."""

from __future__ import annotations

import os
from typing import Any

from probe.recipes import restore_checkpoint as PLAIN  # noqa: N812 - a constant of every format

__all__ = ["FILE", "PLAIN", "save"]

FILE = "."
PREFIX = "ckpt"


def save(tensorflow: Any, reference: Any, directory: str) -> None:
    """Save the model and, where it has one, its optimizer."""
    tracked = {"model": reference.model}
    optimizer = getattr(reference.model, "optimizer", None)
    if optimizer is not None:
        tracked["optimizer"] = optimizer
    tensorflow.train.Checkpoint(**tracked).save(os.path.join(directory, PREFIX))
