"""Load an architecture in JSON, rewritten so that the Keras here understands it, and the weights beside it."""

import json
import os

import h5py

from probe.recipes.parts.config import translate_config
from probe.recipes.parts.layer_numbers import with_plain_numbering
from probe.recipes.parts.rebuilding import rebuild_model
from probe.recipes.parts.running_keras import ask_running_keras
from probe.recipes.parts.stand_ins import known_objects
from probe.recipes.parts.weights import place_weights


def load_json_rewritten(path, custom_objects, mend=None):
    """``mend``: a function of config, running Keras and known objects that gives both config and objects."""
    with open(os.path.join(path, "architecture.json"), encoding="utf-8") as stream:
        original = json.load(stream)
    known = known_objects(original, custom_objects)
    running = ask_running_keras(known)
    config, _ = translate_config(original, running)
    if mend is not None:
        config, known = mend(config, running, known)
    model = rebuild_model(config, known)
    with h5py.File(os.path.join(path, "model.weights.h5"), "r") as stored:
        place_weights(with_plain_numbering(stored, original["config"]), model, original)
    return model
