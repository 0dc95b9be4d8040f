"""``model.to_json()`` beside a weights file: the architecture as text, the weights as HDF5."""

from __future__ import annotations

import io
import os
from typing import Any, Dict

from probe.answers import Refused
from probe.subjects import Given, KerasSubject

ARCHITECTURE = "architecture.json"
WEIGHTS = "model.weights.h5"  # the one name that every Keras takes


def save(tensorflow: Any, reference: Any, directory: str) -> None:
    """Write architecture and weights side by side."""
    text = reference.model.to_json()
    with io.open(os.path.join(directory, ARCHITECTURE), "w", encoding="utf-8") as stream:
        stream.write(text)
    reference.model.save_weights(os.path.join(directory, WEIGHTS))


def _load(given: Given, objects: Dict[str, Any]) -> KerasSubject:
    with io.open(os.path.join(given.directory, ARCHITECTURE), encoding="utf-8") as stream:
        text = stream.read()
    given.enter("rebuild")
    model = given.tensorflow.keras.models.model_from_json(text, custom_objects=objects)
    if not hasattr(model, "load_weights"):
        raise Refused("model_from_json gave a {}, not a model".format(type(model).__name__))
    given.enter("weights")
    model.load_weights(os.path.join(given.directory, WEIGHTS))
    return KerasSubject(given.tensorflow, model)


STRATEGIES = {
    "plain": lambda given: _load(given, {}),
    "custom-objects": lambda given: _load(given, given.custom_objects()),
}  # type: Dict[str, Callable[[Given], KerasSubject]]
