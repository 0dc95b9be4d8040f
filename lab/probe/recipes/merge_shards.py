"""Put the shards of the weights together in memory, and give each weight to the layer that its path names."""

import json
import os

import h5py

from probe.recipes.parts.described import layers_in
from probe.recipes.parts.weights import place_weights

GIVES = "model"


def load(path, build_model):
    model = build_model()
    place_weights(merged_copy(path), model, {"config": layers_in(model)})
    return model


def merged_copy(path):
    with open(path, encoding="utf-8") as stream:
        mapped = json.load(stream)["weight_map"].values()
    shards = {name for names in mapped for name in ([names] if isinstance(names, str) else names)}
    merged = h5py.File("merged", "w", driver="core", backing_store=False)
    for shard in sorted(shards):
        with h5py.File(os.path.join(os.path.dirname(path), shard), "r") as source:
            merge(source, merged)
    return merged


def merge(source, target):
    """Everything of a group that is not there yet; a layer may be cut between two shards."""
    for name, value in source.attrs.items():
        target.attrs[name] = value
    for name, item in source.items():
        if hasattr(item, "keys"):
            merge(item, target.require_group(name))
        else:
            source.copy(name, target)
