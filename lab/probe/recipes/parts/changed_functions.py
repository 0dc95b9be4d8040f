"""Replace names of functions that mean another function in the other generation of Keras."""

import json

# Keras 2: 0.2 x + 0.5, Keras 3: x / 6 + 0.5, both clipped: https://github.com/keras-team/keras/issues/19206.
CHANGED = {"hard_sigmoid": ("hard_sigmoid_of_keras_2", "hard_sigmoid_of_keras_3")}

# What only configs of Keras 3 hold.
ONLY_IN_KERAS_3 = ('"batch_shape"', '"keras_history"', '"DTypePolicy"', '"keras.src.models.')


def name_stored_functions(config, running, changes):
    """A copy in which such a name says of which generation it is, where that is not the one that runs here."""
    stored_by_3 = any(sign in json.dumps(config) for sign in ONLY_IN_KERAS_3)
    return config if stored_by_3 == running.modules else name_in(config, int(stored_by_3), changes)


def name_in(value, generation, changes):
    if isinstance(value, list):
        return [name_in(item, generation, changes) for item in value]
    if not isinstance(value, dict):
        return value
    named = {}
    for key, item in value.items():
        if key.endswith("activation") and isinstance(item, str) and item in CHANGED:
            named[key] = CHANGED[item][generation]
            changes.append("{} is another function here: {} stands for it".format(item, named[key]))
        else:
            named[key] = name_in(item, generation, changes)
    return named
