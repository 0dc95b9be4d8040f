"""Build the model from code and give it the stored weights in their order, if number, names and shapes all fit."""

import os

import h5py
import numpy as np

from probe.recipes.parts.checkpoint_reading import Checkpoint, finish, name_of, put, weights_of

GIVES = "model"


def load(path, build_model):
    model = build_model()
    if os.path.isfile(path):
        with h5py.File(path, "r") as stored:
            give(list(arrays_in(stored.get("model_weights", stored))), ordered_weights(model))
    else:
        give(list(arrays_in_list(Checkpoint(path))), weights_of(model))
    finish(model)
    return model


def give(stored, weights):
    names = [name for name, _ in stored]
    if len(stored) != len(weights):
        wanted = [name_of(weight) for weight in weights]
        said = "{} weights are stored, {} are wanted: {} for {}"
        raise ValueError(said.format(len(stored), len(weights), names, wanted))
    for (name, array), weight in zip(stored, weights):
        if last(name) != last(name_of(weight)):
            raise ValueError("{} is stored where {} is wanted".format(name, name_of(weight)))
        put(weight, array, name)


def last(name):
    """``kernel`` of ``dense_1/kernel:0`` and ``dense/kernel``."""
    return name.split(":")[0].split("/")[-1]


def arrays_in(layers):
    """Names and arrays of an HDF5 file, layer by layer, those to train before the others."""
    for layer in [*listed(layers, "layer_names"), "top_level_model_weights"]:
        if layer in layers:
            for name in listed(layers[layer], "weight_names"):
                yield name, np.asarray(layers[layer][name])


def listed(group, key):
    """A list in the attributes; long ones are cut into numbered pieces, for HDF5 has a limit."""
    if key not in group.attrs and key + "0" not in group.attrs:
        raise ValueError("no {}: the weights are stored by path, without an order".format(key))
    pieces = [group.attrs[key]] if key in group.attrs else []
    while key + str(len(pieces)) in group.attrs:
        pieces.append(group.attrs[key + str(len(pieces))])
    return [name.decode("utf-8") if hasattr(name, "decode") else name for piece in pieces for name in piece]


def ordered_weights(model):
    """The weights in the order in which Keras writes them to HDF5: layer by layer, those to train first."""
    wanted = {id(weight) for weight in weights_of(model)}
    layers = [weight for layer in model.layers for weight in [*layer.trainable_weights, *layer.non_trainable_weights]]
    known = {id(weight) for weight in layers}
    own = [weight for weight in model.weights if id(weight) not in known]
    return [weight for weight in [*layers, *own] if id(weight) in wanted]


def arrays_in_list(checkpoint):
    """Names and arrays of a SavedModel that lists the variables of its model."""
    lists = dict(checkpoint.children(0)) if checkpoint.model() == 0 else {}
    if "variables" not in lists:
        raise ValueError("the checkpoint lists no variables in their order")
    for _, node in sorted(checkpoint.children(lists["variables"]), key=lambda child: int(child[0])):
        key, name = checkpoint.stored(node)
        if "seed_generator" not in name and "StateVar" not in name:
            yield name, checkpoint.array(key)
