"""``model.save(folder)``: the SavedModel that Keras 2 writes, with its own metadata in it."""

from __future__ import annotations

from typing import Any

from probe.formats import whole_model


def save(tensorflow: Any, reference: Any, directory: str) -> None:
    """Save as a folder (the default of Keras 2; Keras 3 refuses a path without a suffix)."""
    reference.model.save(directory)


STRATEGIES = dict(whole_model.strategies("."), **whole_model.through_signatures("."))
