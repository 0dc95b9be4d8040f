"""Build the model from code and give it the weights that lie beside the JSON, by their names or paths."""

import os

import h5py

from probe.recipes.parts.described import layers_in
from probe.recipes.parts.layer_numbers import with_plain_numbering
from probe.recipes.parts.weights import place_weights

GIVES = "model"


def load(path, build_model):
    model = build_model()
    with h5py.File(os.path.join(path, "model.weights.h5"), "r") as stored:
        config = layers_in(model)
        place_weights(with_plain_numbering(stored, config), model, {"config": config})
    return model
