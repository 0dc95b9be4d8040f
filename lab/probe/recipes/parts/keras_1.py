"""Say what Keras 1 stored in the words of Keras 2: https://github.com/keras-team/keras/wiki/Keras-2.0-release-notes."""

# Class of Keras 1, and what it is called now.
CLASSES = {
    "Convolution1D": "Conv1D",
    "Convolution2D": "Conv2D",
    "Convolution3D": "Conv3D",
    "AtrousConvolution1D": "Conv1D",
    "AtrousConvolution2D": "Conv2D",
    "SeparableConvolution2D": "SeparableConv2D",
    "Deconvolution2D": "Conv2DTranspose",
}
MERGES = {"sum": "Add", "mul": "Multiply", "ave": "Average", "max": "Maximum", "concat": "Concatenate", "dot": "Dot"}

ARGUMENTS = {
    "init": "kernel_initializer",
    "inner_init": "recurrent_initializer",
    "inner_activation": "recurrent_activation",
    "W_regularizer": "kernel_regularizer",
    "U_regularizer": "recurrent_regularizer",
    "b_regularizer": "bias_regularizer",
    "W_constraint": "kernel_constraint",
    "b_constraint": "bias_constraint",
    "bias": "use_bias",
    "border_mode": "padding",
    "dropout_W": "dropout",
    "dropout_U": "recurrent_dropout",
    "nb_filter": "filters",
    "filter_length": "kernel_size",
    "subsample": "strides",
    "subsample_length": "strides",
    "atrous_rate": "dilation_rate",
    "pool_length": "pool_size",
    "stride": "strides",
    "dim_ordering": "data_format",
    "p": "rate",
    "sigma": "stddev",
}
# Where the same word means something else by class.
OF_CLASS = {
    "Embedding": {
        "init": "embeddings_initializer",
        "W_regularizer": "embeddings_regularizer",
        "W_constraint": "embeddings_constraint",
    },
    "UpSampling1D": {"length": "size"},
}
UNITS = ("Dense", "LSTM", "GRU", "SimpleRNN", "TimeDistributedDense")
# Known from the input, or how something is computed and not what.
UNNEEDED = ("input_dim", "input_length", "input_dtype", "consume_less")
INITIALIZERS = {"uniform": "random_uniform", "normal": "random_normal", "zero": "zeros", "one": "ones"}
DATA_FORMATS = {"tf": "channels_last", "th": "channels_first"}
# Arguments that are left out where they have these values, and kept, so that the load fails, where they have others.
PLAIN_VALUES = {"mode": [0, "default"], "output_shape": [None], "dropout": [0, 0.0], "nb_rows": [None]}


def is_of_keras_1(config):
    """Whether any layer has an argument that only Keras 1 knows."""
    if isinstance(config, list):
        return any(is_of_keras_1(item) for item in config)
    if not isinstance(config, dict):
        return False
    marks = ("input_dtype", "border_mode", "inner_activation", "W_regularizer", "dot_axes", "dim_ordering")
    return any(mark in config for mark in marks) or any(is_of_keras_1(item) for item in config.values())


def from_keras_1(value):
    """A translated copy of a config, or of anything in one."""
    if isinstance(value, list):
        return [from_keras_1(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "class_name" in value and "config" in value:
        return layer_from_keras_1(value)
    return {key: from_keras_1(item) for key, item in value.items()}


def layer_from_keras_1(stored):
    name, config = stored["class_name"], stored["config"]
    if name == "Merge":
        return dict(stored, **merge_from_keras_1(config))
    if not isinstance(config, dict) or "layers" in config:
        return dict(stored, config=from_keras_1(config))
    spelled = {}
    for key, value in config.items():
        if key in UNNEEDED and not (key == "input_dim" and name == "Embedding"):
            continue
        spelled[OF_CLASS.get(name, {}).get(key, ARGUMENTS.get(key, key))] = value_from_keras_1(key, value)
    if name in UNITS:
        spelled["units"] = spelled.pop("output_dim")
    sizes = [spelled.pop(key) for key in list(spelled) if key in ("nb_row", "nb_col") or key.startswith("kernel_dim")]
    if sizes:
        spelled["kernel_size"] = sizes
    if "forget_bias_init" in spelled:
        spelled["unit_forget_bias"] = spelled.pop("forget_bias_init") == "one"
    for key, plain in PLAIN_VALUES.items():
        if key in spelled and spelled[key] in plain and not (key == "dropout" and name in UNITS):
            del spelled[key]
    return dict(stored, class_name=CLASSES.get(name, name), config=spelled)


def value_from_keras_1(key, value):
    if key == "dim_ordering":
        return DATA_FORMATS[value]
    if key.endswith("init") and isinstance(value, str) and key != "forget_bias_init":
        return INITIALIZERS.get(value, value)
    if key.endswith("_regularizer") and isinstance(value, dict) and "name" in value:
        return {"class_name": "L1L2", "config": {name: value.get(name, 0.0) for name in ("l1", "l2")}}
    if key.endswith("_constraint") and isinstance(value, dict) and "name" in value:
        said = {{"m": "max_value"}.get(name, name): item for name, item in value.items() if name != "name"}
        return {"class_name": value["name"], "config": said}
    return from_keras_1(value)


def merge_from_keras_1(config):
    """The layer that a mode of Merge has become; one that calls a function has no counterpart."""
    mode = config["mode"]
    said = {"name": config["name"]}
    if mode not in (*MERGES, "cos") or config.get("mode_type", "raw") != "raw":
        raise ValueError("nothing stands for a Merge by {!r}".format(mode))
    if mode == "concat":
        said["axis"] = config["concat_axis"]
    if mode in ("dot", "cos"):
        said.update(axes=config["dot_axes"], normalize=mode == "cos")
    return {"class_name": "Dot" if mode == "cos" else MERGES[mode], "config": said}
