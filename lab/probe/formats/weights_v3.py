"""``model.save_weights("model.weights.h5")``: the v3 weights file; older Keras writes its old layout there."""

from __future__ import annotations

import os
from typing import Any

from probe.recipes import load_weights as PLAIN  # noqa: N812 - a constant of every format

__all__ = ["FILE", "PLAIN", "save"]

FILE = "model.weights.h5"


def save(tensorflow: Any, reference: Any, directory: str) -> None:
    """Save under the suffix that asks for the v3 layout where it exists."""
    reference.model.save_weights(os.path.join(directory, FILE))
