"""``tf.compat.v1.train.Saver(…).save(…)``: a checkpoint as TensorFlow 1 wrote it, arrays by the names of variables."""

from __future__ import annotations

import os
from typing import Any, Dict

from probe.recipes import restore_by_name as PLAIN  # noqa: N812 - a constant of every format

__all__ = ["FILE", "PLAIN", "save"]

FILE = "model.ckpt"


def save(tensorflow: Any, reference: Any, directory: str) -> None:
    """Save the weights of the model and nothing of its objects."""
    saver = tensorflow.compat.v1.train.Saver(_named(reference.model.weights))
    saver.save(None, os.path.join(directory, FILE))


def _named(weights: Any) -> Dict[str, Any]:
    """TensorFlow's variables by their names; those of Keras 3 are wrapped, and only their paths tell them apart."""
    named = {}
    for weight in weights:
        wrapped = hasattr(weight, "path")
        name = weight.path if wrapped else weight.name.split(":")[0]
        if name in named:
            raise ValueError("two variables are called {}".format(name))
        named[name] = weight.value if wrapped else weight
    return named
