"""Load a copy of the SavedModel without its optimizer and its saver, and call its signatures."""

import tensorflow as tf

from probe.recipes.parts.trimming import trim_copy

GIVES = "signatures"


def load(path):
    return tf.saved_model.load(trim_copy(path))
