"""Rebuild the architecture from its JSON with leave to run the Python code in it, then load the weights beside it."""

import json
import os

import tensorflow as tf

GIVES = "model"


def load(path, custom_objects):
    with open(os.path.join(path, "architecture.json"), encoding="utf-8") as stream:
        config = json.load(stream)
    model = tf.keras.utils.deserialize_keras_object(config, custom_objects=custom_objects, safe_mode=False)
    model.load_weights(os.path.join(path, "model.weights.h5"))
    return model
