"""Build the model from code and give each variable what the checkpoint has under its name."""

import re

from probe.recipes.parts.checkpoint_reading import Checkpoint, finish, name_of, put, weights_of

GIVES = "model"


def load(path, build_model):
    model = build_model()
    checkpoint = Checkpoint(path)
    stored, weights = named_keys(checkpoint), weights_of(model)
    pairs = [(find(name_of(weight), stored), weight) for weight in weights]
    unused = set(stored) - {name for name, _ in pairs}
    if unused or len(pairs) != len(stored):
        raise ValueError("stored and not used once: {}".format(sorted(unused)))
    for name, weight in pairs:
        put(weight, checkpoint.array(stored[name]), name)
    finish(model)
    return model


def without_cells(name):
    """``/lstm/kernel`` of ``lstm/lstm_cell/kernel``, as it is called from TensorFlow 2.4 on."""
    return "/" + "/".join(part for part in name.split("/") if not re.search(r"_cell(_\d+)?$", part))


def named_keys(checkpoint):
    """Where each weight of the model is stored, by the name that it had; a saver of TensorFlow 1 stores by name."""
    root = checkpoint.model()
    if root is None:
        return {key: key for key in checkpoint.keys}
    named = checkpoint.weights(root)
    if len(set(named.values())) != len(named):
        raise ValueError("several weights were called the same: {}".format(sorted(named.values())))
    return {name: checkpoint.stored(node)[0] for node, name in named.items()}


def find(name, stored):
    """The one stored name that ends as this one does, or is its end: some Keras begin names with that of the model."""
    if name in stored:
        return name
    bare = without_cells(name)
    spelled = {other: without_cells(other) for other in stored}
    found = [other for other, end in spelled.items() if bare.endswith(end) or end.endswith(bare)]
    if len(found) != 1:
        raise ValueError("{} is not in the checkpoint, which has {}".format(name, found or sorted(stored)))
    return found[0]
