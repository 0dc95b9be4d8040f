"""``model.save_weights(prefix)``: the TensorFlow checkpoint that Keras 2 writes for weights."""

from __future__ import annotations

import os
from typing import Any

from probe.recipes import load_weights as PLAIN  # noqa: N812 - a constant of every format

__all__ = ["FILE", "PLAIN", "save"]

FILE = "weights"


def save(tensorflow: Any, reference: Any, directory: str) -> None:
    """Save under a path without a suffix (Keras 3 refuses it)."""
    reference.model.save_weights(os.path.join(directory, FILE))
