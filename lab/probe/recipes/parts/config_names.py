"""What is called differently, or need not be said, in the configs of another Keras."""

# Where the class on the left is not known, the first known of those on the right stands for it.
OTHER_NAMES = {
    "BatchNormalizationV1": ["BatchNormalization"],  # Keras 2 names its two generations of one layer
    "BatchNormalizationV2": ["BatchNormalization"],
    "LayerNormalizationV2": ["LayerNormalization"],
    "GRUV1": ["GRU"],
    "GRUV2": ["GRU"],
    "LSTMV1": ["LSTM"],
    "LSTMV2": ["LSTM"],
    "CuDNNLSTM": ["LSTM"],  # these run on GPUs alone, and their weights are turned: see ``old_weights``
    "CuDNNGRU": ["GRU"],
    "ThresholdedReLU": ["ReLU"],
    "DenseFeaturesV2": ["DenseFeatures"],
    "Orthogonal": ["OrthogonalInitializer"],  # 3.0 to 3.6: https://github.com/keras-team/keras/pull/20465
    "OrthogonalInitializer": ["Orthogonal"],
    "Identity": ["IdentityInitializer"],
    "IdentityInitializer": ["Identity"],
    "L1": ["L1L2"],  # before TensorFlow 2.4 there was one class of regularizers
    "L2": ["L1L2"],
    "Functional": ["Model"],  # before TensorFlow 2.3 the class of functional models was Model itself
}

# The same argument under two names: class, in one generation, in the other.
OTHER_ARGUMENTS = [
    ("LeakyReLU", "alpha", "negative_slope"),
    ("ReLU", "theta", "threshold"),
    ("Discretization", "bins", "bin_boundaries"),
    ("StringLookup", "num_oov_tokens", "num_oov_indices"),
    ("IntegerLookup", "max_values", "max_tokens"),
    ("IntegerLookup", "mask_value", "mask_token"),
    ("IntegerLookup", "oov_value", "oov_token"),
]

# Values that mean the same as saying nothing, where a class does not know the argument; None, False and what is empty
# always do. Sources: the pages of the classes below https://keras.io/api/layers/ and
# https://www.tensorflow.org/versions/r2.15/api_docs/python/tf/keras/layers
DEFAULTS = {
    ("*", "autocast"): [True],
    ("*", "trainable"): [True],
    ("*", "dtype"): ["float32"],
    ("*", "implementation"): [0, 1, 2],  # how a recurrent layer computes, not what
    ("*", "groups"): [1],
    ("*", "lora_alpha"): [1],
    ("Attention", "score_mode"): ["dot"],
    ("Attention", "dropout"): [0.0],
    ("AdditiveAttention", "dropout"): [0.0],
    ("BatchNormalization", "renorm_momentum"): [0.99],
    ("StringLookup", "output_mode"): ["int"],
    ("StringLookup", "encoding"): ["utf-8"],
    ("StringLookup", "vocabulary_dtype"): ["string"],
    ("StringLookup", "oov_method"): ["floormod"],
    ("IntegerLookup", "oov_method"): ["floormod"],
    ("IntegerLookup", "output_mode"): ["int"],
    ("IntegerLookup", "encoding"): ["utf-8"],
    ("IntegerLookup", "vocabulary_dtype"): ["int64"],
    ("Hashing", "output_mode"): ["int"],
    ("Discretization", "output_mode"): ["int"],
    ("Discretization", "epsilon"): [0.01],
    ("TextVectorization", "encoding"): ["utf-8"],
    ("Resizing", "data_format"): ["channels_last"],
    ("Resizing", "fill_mode"): ["constant"],
    ("Resizing", "fill_value"): [0.0],
    ("CenterCrop", "data_format"): ["channels_last"],
    ("RandomCrop", "data_format"): ["channels_last"],
    ("RandomFlip", "data_format"): ["channels_last"],
    ("RandomRotation", "data_format"): ["channels_last"],
    ("RandomRotation", "fill_value"): [0.0],
    ("RandomTranslation", "data_format"): ["channels_last"],
    ("RandomTranslation", "fill_value"): [0.0],
    ("RandomZoom", "data_format"): ["channels_last"],
    ("RandomZoom", "fill_value"): [0.0],
    ("RandomContrast", "value_range"): [[0, 255]],
    ("ZeroPadding1D", "data_format"): ["channels_last"],
    ("CategoricalCrossentropy", "axis"): [-1],
    ("BinaryCrossentropy", "axis"): [-1],
    ("SparseCategoricalCrossentropy", "axis"): [-1],
    ("*", "decay"): [0.0],  # from here on, of optimizers: https://keras.io/api/optimizers/
    ("*", "ema_momentum"): [0.99],
    ("*", "ema_overwrite_frequency"): [100],
    ("*", "is_legacy_optimizer"): [True],
    ("*", "jit_compile"): [True],  # how it is computed, not what
}

# Arguments that are derived from others, from the weights or from the first call; they say nothing by themselves.
DERIVED = {
    ("MultiHeadAttention", "query_shape"),
    ("MultiHeadAttention", "key_shape"),
    ("MultiHeadAttention", "value_shape"),
    ("StringLookup", "vocabulary_size"),
    ("StringLookup", "has_input_vocabulary"),
    ("IntegerLookup", "vocabulary_size"),
    ("IntegerLookup", "has_input_vocabulary"),
    ("TextVectorization", "vocabulary_size"),
    ("InputLayer", "type_spec"),
}

# What these layers put out is a matter of their ``output_mode``; their dtype is named after the input in one Keras and
# after the output in another, and each has its own default for it.
INDEXING = ("StringLookup", "IntegerLookup", "Hashing", "Discretization", "TextVectorization")
INDEXING_DTYPES = ("float32", "int64", "string")

# Data inside a config, which every Keras reads as it stands.
PLAIN_DATA = (
    "__tuple__",
    "__bytes__",
    "__ellipsis__",
    "__slice__",
    "__tensor__",
    "__numpy__",
    "__typespec__",
    "__lambda__",
)

# What a config means by saying nothing. Keras before 2.1.3 could not put the reset gate after the product; CuDNN does
# so always, and knows one activation.
UNSAID = {
    "GRU": {"reset_after": False},
    "GRUCell": {"reset_after": False},
    "CuDNNGRU": {"reset_after": True, "recurrent_activation": "sigmoid"},
    "CuDNNLSTM": {"recurrent_activation": "sigmoid"},
}

POLICIES = ("DTypePolicy", "FloatDTypePolicy", "Policy", "PolicyV1")


def says_nothing(class_name, key, value):
    """Whether leaving the argument out means the same; what a weight was before it is loaded does not matter."""
    if key.endswith("_initializer") or value is None or value is False or value in ([], {}, ""):
        return True
    if (class_name, key) in DERIVED:
        return True
    known = DEFAULTS.get((class_name, key), []) + DEFAULTS.get(("*", key), [])
    return any(value == default and isinstance(value, bool) == isinstance(default, bool) for default in known)


def kind_of_argument(key, kind):
    """Among which classes to look for what stands under a key; those of the whole where the key does not tell."""
    for ending in ("initializer", "regularizer", "constraint"):
        if key.endswith(ending):
            return ending + "s"
    return {"optimizer": "optimizers", "loss": "losses", "metrics": "metrics", "layer": "layers"}.get(key, kind)
