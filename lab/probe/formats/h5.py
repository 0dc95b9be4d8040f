"""``model.save("model.h5")``: architecture, weights and optimizer in one HDF5 file."""

from __future__ import annotations

import os
from typing import Any

from probe.formats import whole_model

FILE = "model.h5"


def save(tensorflow: Any, reference: Any, directory: str) -> None:
    """Save under a suffix that means HDF5 to every Keras."""
    reference.model.save(os.path.join(directory, FILE))


STRATEGIES = whole_model.strategies(FILE)
