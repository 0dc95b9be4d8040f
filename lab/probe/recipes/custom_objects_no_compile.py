"""Hand over the model's own classes and functions, and do not compile."""

import tensorflow as tf

GIVES = "model"


def load(path, custom_objects):
    return tf.keras.models.load_model(path, custom_objects=custom_objects, compile=False)
