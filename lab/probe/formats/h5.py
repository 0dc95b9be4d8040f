"""``model.save("model.h5")``: architecture, weights and optimizer in one HDF5 file."""

from __future__ import annotations

import os
from typing import Any

from probe.recipes import load_model as PLAIN  # noqa: N812 - a constant of every format

__all__ = ["FILE", "PLAIN", "save"]

FILE = "model.h5"
# Keras 3 takes the optimizer out of the model's own compile config while it writes HDF5 (legacy_h5_format,
# training_config.pop); what is saved from the model afterwards has none. Seen in Keras 3.0 to 3.15.
SPOILS_THE_MODEL = True


def save(tensorflow: Any, reference: Any, directory: str) -> None:
    """Save under a suffix that means HDF5 to every Keras."""
    reference.model.save(os.path.join(directory, FILE))
