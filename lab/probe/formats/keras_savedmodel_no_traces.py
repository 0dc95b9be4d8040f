"""``model.save(folder, save_traces=False)``: the SavedModel of Keras 2 without the functions of its layers (2.4)."""

from __future__ import annotations

from typing import Any

from probe.recipes import load_model as PLAIN  # noqa: N812 - a constant of every format

__all__ = ["FILE", "PLAIN", "save"]

FILE = "."


def save(tensorflow: Any, reference: Any, directory: str) -> None:
    """Save configs and weights; what has no config of its own cannot come back without its class."""
    reference.model.save(directory, save_traces=False)
