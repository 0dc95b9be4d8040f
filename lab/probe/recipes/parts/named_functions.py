"""Find functions that a config names and that Keras does not have by that name: those of TensorFlow, and newer ones.

``Dense(3, activation=tf.nn.leaky_relu)`` is stored by the name of the function alone, and a Keras that has no
activation of that name asks for it as a custom object.
"""

import tensorflow as tf


def functions_by_name(config, custom_objects):
    """The functions that have to be handed over beside the user's own objects."""
    found = {}
    for name, is_object in set(function_names(config)):
        here = activation(name)
        function = function_of_tensorflow(name) if here is None else here if is_object else None
        if function is not None and name not in custom_objects:
            found[name] = function
    return found


def function_names(value):
    """Names under keys that end in "activation", and of functions that are stored as objects, and which it is.

    Keras does not look among its own functions for one that is stored as an object.
    """
    if isinstance(value, list):
        for item in value:
            yield from function_names(item)
    elif isinstance(value, dict):
        if value.get("class_name") == "function" and isinstance(value.get("config"), str):
            yield value["config"], True
        for key, item in value.items():
            if key.endswith("activation") and isinstance(item, str):
                yield item, False
            else:
                yield from function_names(item)


def activation(name):
    """The activation that Keras here has by this name, or None."""
    try:
        return tf.keras.activations.get(name)
    except (TypeError, ValueError):
        return None


def function_of_tensorflow(name):
    if name in NEWER:
        return NEWER[name]
    found = (getattr(place, name, None) for place in (tf.nn, tf.math, tf))
    return next((each for each in found if callable(each) and not isinstance(each, type)), None)


def hard_silu(x):
    """Of Keras 3: https://keras.io/api/layers/activations/."""
    return x * tf.clip_by_value(x / 6.0 + 0.5, 0.0, 1.0)


NEWER = {"hard_silu": hard_silu, "hard_swish": hard_silu}
