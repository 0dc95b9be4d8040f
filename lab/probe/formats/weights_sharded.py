"""``model.save_weights("model.weights.json", max_shard_size=…)``: weights in several files and a map of them."""

from __future__ import annotations

import os
from typing import Any

import numpy as np

from probe.recipes import load_weights as PLAIN  # noqa: N812 - a constant of every format

__all__ = ["FILE", "PLAIN", "save"]

FILE = "model.weights.json"
GIB = 1024**3


def save(tensorflow: Any, reference: Any, directory: str) -> None:
    """Save in shards that are as small as the largest weight allows, for the models here are small."""
    model = reference.model
    largest = max(np.asarray(weight).nbytes for weight in model.weights)
    model.save_weights(os.path.join(directory, FILE), max_shard_size=largest / GIB)
