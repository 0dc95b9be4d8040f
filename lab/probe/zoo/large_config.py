"""Layers with long names: a config of more than the 64 KB that an HDF5 attribute may take up in its header.

Few layers with very long names, because every layer costs time in each of the many loads.
"""

DEPTH = 32
NAME = "stage_{:03d}_" + "_".join(["of_a_model_that_a_program_has_named"] * 22)


def build(tf):
    layers = tf.keras.layers
    features = tf.keras.Input(shape=(4,), name="features")
    value = layers.Dense(4, name="first")(features)
    for number in range(DEPTH):
        value = layers.Activation("linear", name=NAME.format(number))(value)
    model = tf.keras.Model(features, layers.Dense(1, name="score")(value))
    model.compile(optimizer="sgd", loss="mse")
    return model


def sample(rng):
    return [rng.rand(8, 4).astype("float32")], [rng.rand(8, 1).astype("float32")]
