"""``model.save("model.keras", save_format="keras_v3")``: the zip archive in 2.12, where one had to ask for it."""

from __future__ import annotations

import os
from typing import Any

from probe.recipes import load_model as PLAIN  # noqa: N812 - a constant of every format

__all__ = ["FILE", "PLAIN", "save"]

FILE = "model.keras"


def save(tensorflow: Any, reference: Any, directory: str) -> None:
    """Ask for the archive; without the word, 2.12 writes HDF5 under this name."""
    reference.model.save(os.path.join(directory, FILE), save_format="keras_v3")
