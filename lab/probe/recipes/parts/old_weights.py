"""Put weights of Keras 1, and of layers for CuDNN, into the layout that Keras 2 has for the same layers.

Keras 1 keeps the gates of a recurrent layer apart. CuDNN wants its kernels turned and has two biases that are added
up. The reader of Keras 2 knows both: https://github.com/keras-team/keras/blob/v2.10.0/keras/saving/hdf5_format.py
"""

import collections
import re

import h5py
import numpy as np

KERAS_1_NAME = re.compile(
    r"(?P<owner>.+)_(?P<part>W|U|b|gamma|beta|running_mean|running_std|alphas|depthwise_kernel|pointwise_kernel)"
    r"(_(?P<gate>[ifcozrh]))?(_\d+)?(:0)?$"
)
PARTS = {"W": "kernel", "U": "recurrent_kernel", "b": "bias", "alphas": "alpha"}
PARTS.update({"running_mean": "moving_mean", "running_std": "moving_variance"})
GATES = ("ifco", "zrh")  # of an LSTM and of a GRU, in the order of Keras 2
# Kernels of images with their channels first, and of transposed convolutions.
TURNS_TH = {"Convolution2D": (2, 3, 1, 0), "Convolution3D": (2, 3, 4, 1, 0), "Deconvolution2D": (2, 3, 0, 1)}
TURNS_TF = {"Deconvolution2D": (0, 1, 3, 2)}
CUDNN_GATES = {"CuDNNLSTM": 4, "CuDNNGRU": 3}

Stored = collections.namedtuple("Stored", "name array")


def modernise_weights(group, config, of_keras_1):
    """The group of a file, or a copy in memory where any layer in it has another layout now."""
    classes = dict(classes_in(config))
    if not of_keras_1 and not any(class_name in CUDNN_GATES for class_name, _ in classes.values()):
        return group
    memory = h5py.File("weights", "w", driver="core", backing_store=False)
    layers = [as_name(name) for name in group.attrs["layer_names"]]
    memory.attrs["layer_names"] = [name.encode("utf-8") for name in layers]
    for name in layers:
        names = map(as_name, group[name].attrs["weight_names"])
        stored = [Stored(weight, np.asarray(group[name][weight])) for weight in names]
        here = list(weights_of_keras_1(stored, classes) if of_keras_1 else weights_of_cudnn(stored, classes))
        copy = memory.create_group(name)
        copy.attrs["weight_names"] = [weight.name.encode("utf-8") for weight in here]
        for weight in here:
            copy[weight.name] = weight.array
    return memory


def as_name(attribute):
    return attribute.decode("utf-8") if hasattr(attribute, "decode") else attribute


def classes_in(value):
    """Name of every layer, with its class and config; layers within Bidirectional under both of their names."""
    if isinstance(value, list):
        for item in value:
            yield from classes_in(item)
    elif isinstance(value, dict):
        config = value.get("config")
        if "class_name" in value and isinstance(config, dict) and "name" in config:
            yield config["name"], (value["class_name"], config)
            for side in ("forward_", "backward_"):
                yield side + config["name"], (value["class_name"], config)
        for item in value.values():
            yield from classes_in(item)


def weights_of_keras_1(stored, classes):
    """In the layout of Keras 2, named ``owner/part``; the gates of a layer become one array."""
    joined = collections.OrderedDict()
    for name, array in stored:
        found = KERAS_1_NAME.match(name)
        if found is None:
            raise ValueError("{} is no name of a weight of Keras 1".format(name))
        class_name, config = classes.get(found["owner"], ("", {}))
        part = "embeddings" if class_name == "Embedding" else PARTS.get(found["part"], found["part"])
        turned = turn_kernel(array, class_name, config) if part == "kernel" else array
        joined.setdefault("{}/{}:0".format(found["owner"], part), {})[found["gate"] or ""] = turned
    for name, by_gate in joined.items():
        order = next((gates for gates in GATES if set(gates) == set(by_gate)), by_gate)
        yield Stored(name, np.concatenate([by_gate[gate] for gate in order], axis=-1))


def turn_kernel(kernel, class_name, config):
    if class_name in ("Convolution1D", "AtrousConvolution1D") and kernel.ndim == 4:
        return kernel[:, 0]
    turns = TURNS_TH if config.get("dim_ordering") == "th" else TURNS_TF
    kind = class_name.replace("Atrous", "")
    return kernel.transpose(turns[kind]) if kind in turns else kernel


def weights_of_cudnn(stored, classes):
    """What LSTM and GRU have instead; a GRU then has ``reset_after``, as that for CuDNN always had."""
    for name, array in stored:
        owner, _, part = name.rpartition("/")
        gates = CUDNN_GATES.get(classes.get(owner.split("/")[-1], ("",))[0])
        yield Stored(name, turn_for_cpu(array, part.split(":")[0], gates) if gates else array)


def turn_for_cpu(array, part, gates):
    if part == "bias":
        halves = array.reshape(2, -1)
        return halves if gates == CUDNN_GATES["CuDNNGRU"] else halves.sum(axis=0)
    pieces = np.hsplit(array, gates)
    if part == "kernel":
        return np.hstack([piece.T.reshape(piece.shape, order="F") for piece in pieces])
    return np.hstack([piece.T for piece in pieces])
