"""Tell a file of Keras 2.14, which numbers layers as Keras 3 does, from one of 2.12 or 2.13, which both skip numbers.

All three keep layers in a group of the same name, and only the numbers in it say which way they were counted.
"""

import io

import h5py

from probe.recipes.parts.weight_names import LAYERS, keys_of

KERAS_3, KERAS_2 = LAYERS


def with_plain_numbering(stored, config):
    """The file, or a copy in memory in which the layers of Keras 2.14 lie where Keras 3 has them, by the same numbers.

    ``config`` is the one of the model. A group is moved where its layers have all the numbers that Keras 3 gives
    them: one of 2.12 or 2.13 lacks some of these, or has the same.
    """
    if KERAS_2 not in stored:
        return stored
    copy = h5py.File(io.BytesIO(), "w")
    for name in stored:
        stored.copy(name, copy)
    move_layers(copy, config)
    return copy


def move_layers(group, config):
    layers = config.get("layers")
    if KERAS_2 in group and KERAS_3 not in group and isinstance(layers, list):
        found = layers_by_number(group[KERAS_2], layers)
        if found is not None:
            group.move(KERAS_2, KERAS_3)
            for key, inner in found.items():
                move_layers(group[KERAS_3][key], inner)
    for name, part in config.items():
        if name in group and isinstance(part, dict) and isinstance(part.get("config"), dict):
            move_layers(group[name], part["config"])


def layers_by_number(group, layers):
    """Key and config of each layer; None where a layer is missing of whose class there are others.

    Sequential does not list its inputs, and what computes between layers is a layer in some Keras alone.
    """
    classes = [layer["class_name"] for layer in layers]
    spellings = keys_of(classes, [False] * len(layers))
    keys = [next((key for key in spelled if key in group), None) for spelled in spellings]
    listed = {name for name, key in zip(classes, keys) if key is not None}
    if any(key is None and name in listed for name, key in zip(classes, keys)):
        return None
    return {key: layer["config"] for layer, key in zip(layers, keys) if key is not None}
