"""Build the model from code and load the weights of the HDF5 file into the layers of the same names."""

import h5py

GIVES = "model"


def load(path, build_model):
    model = build_model()
    stored = names_in(path)
    wanted = {layer.name for layer in model.layers if layer.weights}
    if stored != wanted:  # layers without a namesake are passed over in silence
        raise ValueError("in the file and not used: {}; not in the file: {}".format(stored - wanted, wanted - stored))
    model.load_weights(path, by_name=True)
    return model


def names_in(path):
    """The layers that have weights in the file: a whole model, or its weights alone."""
    with h5py.File(path, "r") as stored:
        layers = stored.get("model_weights", stored)
        return {name for name in layers if len(layers[name].attrs.get("weight_names", ()))}
