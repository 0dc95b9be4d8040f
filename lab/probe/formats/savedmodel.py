"""``tf.saved_model.save``: a SavedModel folder of anything that TensorFlow can track."""

from __future__ import annotations

from typing import Any

from probe.recipes import saved_model_load as PLAIN  # noqa: N812 - a constant of every format

__all__ = ["FILE", "PLAIN", "save"]

FILE = "."


def save(tensorflow: Any, reference: Any, directory: str) -> None:
    """Save with the signatures that the model has, or with those that Keras gives."""
    signatures = None if reference.is_keras else reference.signatures()
    tensorflow.saved_model.save(reference.model, directory, signatures=signatures)
