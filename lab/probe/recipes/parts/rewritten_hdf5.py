"""Load a copy of an HDF5 file in which the config is as the Keras here understands it."""

import json

import h5py

from probe.recipes.parts.compiling import compile_as_stored
from probe.recipes.parts.config import translate_config
from probe.recipes.parts.keras_1 import is_of_keras_1
from probe.recipes.parts.old_weights import modernise_weights
from probe.recipes.parts.rebuilding import as_text, rebuild_model
from probe.recipes.parts.running_keras import ask_running_keras
from probe.recipes.parts.stand_ins import known_objects
from probe.recipes.parts.weights import place_weights, stored_arrays


def load_hdf5_rewritten(path, custom_objects, mend=None):
    """``mend``: a function of config, running Keras and known objects that gives both config and objects."""
    with h5py.File(path, "r") as stored:
        original = json.loads(as_text(stored.attrs["model_config"]))
        known = known_objects(original, custom_objects)
        running = ask_running_keras(known)
        config, _ = translate_config(original, running)
        if mend is not None:
            config, known = mend(config, running, known)
        model = rebuild_model(config, known)
        weights = modernise_weights(stored["model_weights"], original, is_of_keras_1(original))
        place_weights(weights, model, original)
        training = json.loads(as_text(stored.attrs.get("training_config", "null")))
        return compile_as_stored(model, training, stored_arrays(stored, "optimizer_weights"), running, known)
