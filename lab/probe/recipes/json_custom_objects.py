"""Rebuild the architecture from its JSON with the model's own classes, then load the weights that lie beside it."""

import os

import tensorflow as tf

GIVES = "model"


def load(path, custom_objects):
    with open(os.path.join(path, "architecture.json"), encoding="utf-8") as stream:
        model = tf.keras.models.model_from_json(stream.read(), custom_objects=custom_objects)
    model.load_weights(os.path.join(path, "model.weights.h5"))
    return model
