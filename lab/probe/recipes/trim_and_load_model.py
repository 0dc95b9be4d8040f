"""Load a copy of the SavedModel without its optimizer and its saver as a Keras model, and do not compile."""

import tensorflow as tf

from probe.recipes.parts.trimming import trim_copy

GIVES = "model"


def load(path, custom_objects):
    return tf.keras.models.load_model(trim_copy(path), custom_objects=custom_objects, compile=False)
