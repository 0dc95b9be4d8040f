"""Build the model from code and give it the stored weights by their paths: .weights.h5, or the one in a .keras file."""

import io
import zipfile

import h5py

from probe.recipes.parts.weights import place_weights

GIVES = "model"


def load(path, build_model):
    model = build_model()
    with h5py.File(weights_file(path), "r") as stored:
        place_weights(stored, model, {"config": layers_in(model)})
    return model


def weights_file(path):
    if not zipfile.is_zipfile(path):
        return path
    with zipfile.ZipFile(path) as archive:
        return io.BytesIO(archive.read("model.weights.h5"))


def layers_in(holder):
    """What a stored config would say of the layers of a model: their classes and names, in their order."""
    layers = getattr(holder, "layers", None)
    if not isinstance(layers, (list, tuple)):
        return {}
    return {
        "layers": [
            {"class_name": type(layer).__name__, "name": layer.name, "config": layers_in(layer)} for layer in layers
        ]
    }
