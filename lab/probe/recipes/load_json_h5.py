"""Rebuild the architecture from its JSON, then load the weights that lie beside it as weights.h5."""

import os

import tensorflow as tf

GIVES = "model"


def load(path):
    with open(os.path.join(path, "architecture.json"), encoding="utf-8") as stream:
        model = tf.keras.models.model_from_json(stream.read())
    model.load_weights(os.path.join(path, "weights.h5"))
    return model
