"""Hand over the model's own classes and functions by name."""

import tensorflow as tf

GIVES = "model"


def load(path, custom_objects):
    return tf.keras.models.load_model(path, custom_objects=custom_objects)
