"""Rewrite the architecture so that the Keras here understands it, and put the weights that lie beside it into it."""

import json
import os

import h5py

from probe.recipes.parts.config import translate_config
from probe.recipes.parts.rebuilding import rebuild_model
from probe.recipes.parts.running_keras import ask_running_keras
from probe.recipes.parts.stand_ins import stand_ins
from probe.recipes.parts.weights import place_weights

GIVES = "model"


def load(path, custom_objects):
    known = dict(stand_ins(), **custom_objects)
    with open(os.path.join(path, "architecture.json"), encoding="utf-8") as stream:
        original = json.load(stream)
    config, _ = translate_config(original, ask_running_keras(known))
    model = rebuild_model(config, known)
    with h5py.File(os.path.join(path, "model.weights.h5"), "r") as stored:
        place_weights(stored, model, original)
    return model
