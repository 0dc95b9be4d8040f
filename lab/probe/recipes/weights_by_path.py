"""Build the model from code and give it the stored weights by their paths: .weights.h5, or the one in a .keras file."""

import io
import zipfile

import h5py

from probe.recipes.parts.described import layers_in
from probe.recipes.parts.layer_numbers import with_plain_numbering
from probe.recipes.parts.weights import place_weights

GIVES = "model"


def load(path, build_model):
    model = build_model()
    with h5py.File(weights_file(path), "r") as stored:
        config = layers_in(model)
        place_weights(with_plain_numbering(stored, config), model, {"config": config})
    return model


def weights_file(path):
    if not zipfile.is_zipfile(path):
        return path
    with zipfile.ZipFile(path) as archive:
        return io.BytesIO(archive.read("model.weights.h5"))
