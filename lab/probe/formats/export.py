"""``model.export(folder)``: a SavedModel for inference, from Keras 2.13 on."""

from __future__ import annotations

from typing import Any

from probe.answers import api
from probe.formats.savedmodel import STRATEGIES

__all__ = ["STRATEGIES", "save"]


def save(tensorflow: Any, reference: Any, directory: str) -> None:
    """Export with the default endpoint."""
    api(reference.model, "export")(directory)
