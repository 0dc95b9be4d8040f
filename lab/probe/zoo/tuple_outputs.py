"""A functional model whose output is a list within a tuple: whether the nesting survives, and the order in it."""


def build(tf):
    layers = tf.keras.layers
    features = tf.keras.Input(shape=(4,), name="features")
    hidden = layers.Dense(5, activation="relu", name="hidden")(features)
    kind = layers.Dense(2, activation="softmax", name="kind")(hidden)
    size, weight = layers.Dense(1, name="size")(hidden), layers.Dense(1, name="weight")(hidden)
    return tf.keras.Model(features, (kind, [size, weight]))


def sample(rng):
    return [rng.rand(6, 4).astype("float32")], []
