"""``model.save_weights("weights.h5")``: the HDF5 weights of Keras 2, by layer order."""

from __future__ import annotations

import os
from typing import Any

from probe.recipes import load_weights as PLAIN  # noqa: N812 - a constant of every format

__all__ = ["FILE", "PLAIN", "save"]

FILE = "weights.h5"


def save(tensorflow: Any, reference: Any, directory: str) -> None:
    """Save under a suffix that Keras 3 refuses."""
    reference.model.save_weights(os.path.join(directory, FILE))
