"""Load the SavedModel without Keras and call its signatures."""

import tensorflow as tf

GIVES = "signatures"


def load(path):
    return tf.saved_model.load(path)
