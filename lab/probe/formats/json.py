"""``model.to_json()`` beside a weights file: the architecture as text, the weights as HDF5."""

from __future__ import annotations

import io
import os
from typing import Any

from probe.recipes import load_json as PLAIN  # noqa: N812 - a constant of every format

__all__ = ["FILE", "PLAIN", "save"]

FILE = "."
ARCHITECTURE = "architecture.json"
WEIGHTS = "model.weights.h5"  # the one name that every Keras takes


def save(tensorflow: Any, reference: Any, directory: str) -> None:
    """Write architecture and weights side by side."""
    text = reference.model.to_json()
    with io.open(os.path.join(directory, ARCHITECTURE), "w", encoding="utf-8") as stream:
        stream.write(text)
    reference.model.save_weights(os.path.join(directory, WEIGHTS))
