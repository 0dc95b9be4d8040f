"""``model.save_weights("weights.h5")``: the HDF5 weights of Keras 2, by layer order."""

from __future__ import annotations

import os
from typing import Any

from probe.formats import weights_only

FILE = "weights.h5"


def save(tensorflow: Any, reference: Any, directory: str) -> None:
    """Save under a suffix that Keras 3 refuses."""
    reference.model.save_weights(os.path.join(directory, FILE))


STRATEGIES = weights_only.strategies(FILE)
