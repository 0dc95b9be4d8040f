"""``model.save(folder)``: the SavedModel that Keras 2 writes, with its own metadata in it."""

from __future__ import annotations

from typing import Any

from probe.recipes import load_model as PLAIN  # noqa: N812 - a constant of every format

__all__ = ["FILE", "PLAIN", "save"]

FILE = "."


def save(tensorflow: Any, reference: Any, directory: str) -> None:
    """Save as a folder (the default of Keras 2; Keras 3 refuses a path without a suffix)."""
    reference.model.save(directory)
