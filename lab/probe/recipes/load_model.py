"""Load the whole model, as a person would type it."""

import tensorflow as tf

GIVES = "model"


def load(path):
    return tf.keras.models.load_model(path)
