"""Load a copy of a ``.keras`` archive in which the config is as the Keras here understands it."""

import json
import os
import tempfile
import zipfile

import h5py

from probe.recipes.parts.assets import place_assets
from probe.recipes.parts.compiling import compile_as_stored
from probe.recipes.parts.config import translate_config
from probe.recipes.parts.layer_numbers import with_plain_numbering
from probe.recipes.parts.rebuilding import rebuild_model
from probe.recipes.parts.running_keras import ask_running_keras
from probe.recipes.parts.stand_ins import known_objects
from probe.recipes.parts.weights import place_weights, stored_arrays


def load_archive_rewritten(path, custom_objects, mend=None):
    """``mend``: a function of config, running Keras and known objects that gives both config and objects."""
    with tempfile.TemporaryDirectory() as copy:
        with zipfile.ZipFile(path) as archive:
            archive.extractall(copy)
        with open(os.path.join(copy, "config.json"), encoding="utf-8") as stream:
            original = with_plain_numbers(json.load(stream))
        known = known_objects(original, custom_objects)
        running = ask_running_keras(known)
        config, _ = translate_config(original, running)
        if mend is not None:
            config, known = mend(config, running, known)
        model = rebuild_model(config, known)
        place_assets(copy, model, original)
        with h5py.File(os.path.join(copy, "model.weights.h5"), "r") as stored:
            place_weights(with_plain_numbering(stored, original["config"]), model, original)
            state = stored_arrays(stored, "optimizer")
            return compile_as_stored(model, original.get("compile_config"), state, running, known)


def with_plain_numbers(value):
    """Keras 2.12 stores a number of NumPy as an object with its type, also where a layer reads its config itself."""
    if isinstance(value, list):
        return [with_plain_numbers(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("class_name") == "__numpy__":
        return value["config"]["value"]
    return {key: with_plain_numbers(item) for key, item in value.items()}
