"""``tf.saved_model.save``: a SavedModel folder of anything that TensorFlow can track."""

from __future__ import annotations

from typing import Any

from probe.subjects import Given, SignatureSubject


def save(tensorflow: Any, reference: Any, directory: str) -> None:
    """Save with the signatures that the model has, or with those that Keras gives."""
    signatures = None if reference.is_keras else reference.signatures()
    tensorflow.saved_model.save(reference.model, directory, signatures=signatures)


def load_plain(given: Given) -> SignatureSubject:
    """``tf.saved_model.load(path)`` and its signatures."""
    return SignatureSubject(given.tensorflow, given.tensorflow.saved_model.load(given.directory))


STRATEGIES = {"plain": load_plain}
