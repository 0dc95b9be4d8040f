"""``model.save(folder, include_optimizer=False)``: the SavedModel of Keras 2 without slots of an optimizer."""

from __future__ import annotations

from typing import Any

from probe.recipes import load_model as PLAIN  # noqa: N812 - a constant of every format

__all__ = ["FILE", "PLAIN", "save"]

FILE = "."


def save(tensorflow: Any, reference: Any, directory: str) -> None:
    """Save as a folder; Keras 3 refuses a path without a suffix."""
    reference.model.save(directory, include_optimizer=False)
