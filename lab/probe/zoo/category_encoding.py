"""Categories as numbers: IntegerLookup, CategoryEncoding and Hashing, whose arguments were renamed until 2.6."""

import inspect


def build(tf):
    layers = tf.keras.layers
    lookup = _layer(layers, "IntegerLookup")(vocabulary=[11, 22, 33], name="lookup")
    counts = _layer(layers, "CategoryEncoding")
    tokens = "num_tokens" if "num_tokens" in inspect.signature(counts.__init__).parameters else "max_tokens"
    ids = tf.keras.Input(shape=(3,), dtype="int64", name="a_ids")
    names = tf.keras.Input(shape=(1,), dtype="string", name="b_names")
    counted = counts(**{tokens: 6}, output_mode="count", name="counted")(lookup(ids))
    hashed = _layer(layers, "Hashing")(num_bins=5, name="hashed")(names)
    embedded = layers.Flatten(name="flat")(layers.Embedding(5, 2, name="embedded")(hashed))
    joined = layers.Concatenate(name="joined")([counted, embedded])
    return tf.keras.Model([ids, names], layers.Dense(1, name="score")(joined))


def _layer(layers, name):
    return getattr(layers, name, None) or getattr(layers.experimental.preprocessing, name)


def sample(rng):
    ids = rng.choice([11, 22, 33, 44], (4, 3)).astype("int64")
    return [ids, rng.choice([b"cell", b"engine", b"format"], (4, 1)).astype("S8")], []
