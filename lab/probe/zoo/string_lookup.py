"""A StringLookup in front of an embedding: string inputs and a vocabulary table."""


def build(tf):
    layers = tf.keras.layers
    kind = getattr(layers, "StringLookup", None) or layers.experimental.preprocessing.StringLookup
    words = tf.keras.Input(shape=(3,), dtype="string", name="words")
    ids = kind(vocabulary=["cell", "engine", "format"], name="lookup")(words)
    embedded = layers.Embedding(8, 2, name="embedded")(ids)
    return tf.keras.Model(words, layers.Flatten(name="flat")(embedded))


def sample(rng):
    vocabulary = [b"cell", b"engine", b"format", b"unknown"]
    return [rng.choice(vocabulary, (4, 3)).astype("S8")], []
