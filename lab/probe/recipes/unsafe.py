"""Let the file bring Python code of its own (only for files that are trusted), and do not compile."""

import tensorflow as tf

GIVES = "model"


def load(path, custom_objects):
    return tf.keras.models.load_model(path, custom_objects=custom_objects, compile=False, safe_mode=False)
