"""``model.export(folder)``: a SavedModel for inference, from Keras 2.13 on."""

from __future__ import annotations

from typing import Any

from probe.answers import api
from probe.recipes import saved_model_load as PLAIN  # noqa: N812 - a constant of every format

__all__ = ["FILE", "PLAIN", "save"]

FILE = "."


def save(tensorflow: Any, reference: Any, directory: str) -> None:
    """Export with the default endpoint."""
    api(reference.model, "export")(directory)
