"""``model.save("model.h5", include_optimizer=False)``: architecture and weights in HDF5, nothing of the training."""

from __future__ import annotations

import os
from typing import Any

from probe.recipes import load_model as PLAIN  # noqa: N812 - a constant of every format

__all__ = ["FILE", "PLAIN", "save"]

FILE = "model.h5"


def save(tensorflow: Any, reference: Any, directory: str) -> None:
    """Save without the optimizer, and with it without losses and metrics."""
    reference.model.save(os.path.join(directory, FILE), include_optimizer=False)
