"""A TFLite flatbuffer: what ``tf.lite.TFLiteConverter`` makes of the model, with its weights.

TensorFlow 2.0 to 2.2 convert with a program, ``toco_from_protos``, that they look for on the path.
"""

from __future__ import annotations

import io
import os
from typing import Any

from probe.recipes import tflite_interpreter as PLAIN  # noqa: N812 - a constant of every format

__all__ = ["FILE", "PLAIN", "save"]

FILE = "model.tflite"


def save(tensorflow: Any, reference: Any, directory: str) -> None:
    """Convert the Keras model, as a person would type it."""
    converted = tensorflow.lite.TFLiteConverter.from_keras_model(reference.model).convert()
    with io.open(os.path.join(directory, FILE), "wb") as stream:
        stream.write(converted)
