"""``model.save("model.keras")``: the zip archive of Keras v3, where the producer writes one.

TensorFlow 2.0 to 2.12 write HDF5 (2.0 to 2.12) under this suffix; what was written shows in the manifest.
"""

from __future__ import annotations

import os
from typing import Any

from probe.recipes import load_model as PLAIN  # noqa: N812 - a constant of every format

__all__ = ["FILE", "PLAIN", "save"]

FILE = "model.keras"


def save(tensorflow: Any, reference: Any, directory: str) -> None:
    """Save as a person would type it; the suffix alone asks for the format."""
    reference.model.save(os.path.join(directory, FILE))
