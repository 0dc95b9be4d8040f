"""Rebuild a model from a translated config."""

import json

import tensorflow as tf


def rebuild_model(config, custom_objects):
    return tf.keras.models.model_from_json(json.dumps(config), custom_objects=custom_objects)


def as_text(attribute):
    """h5py 2 gives bytes, h5py 3 gives text."""
    return attribute.decode("utf-8") if hasattr(attribute, "decode") else attribute
