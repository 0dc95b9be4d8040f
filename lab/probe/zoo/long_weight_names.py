"""Weight names that together exceed the 64 KB of an HDF5 header: Keras splits the list of them over attributes."""

WIDTH = 16
NAME = "branch_{:03d}_" + "_".join(["of_a_model_that_a_program_has_named"] * 58)


def build(tf):
    layers = tf.keras.layers
    branch_features = tf.keras.Input(shape=(4,), name="branch_features")
    branches = [layers.Dense(1, name=NAME.format(number))(branch_features) for number in range(WIDTH)]
    joined = layers.Concatenate(name="joined")(branches)
    block = tf.keras.Model(branch_features, joined, name="block")
    features = tf.keras.Input(shape=(4,), name="features")
    model = tf.keras.Model(features, layers.Dense(1, name="score")(block(features)))
    model.compile(optimizer="sgd", loss="mse")
    return model


def sample(rng):
    return [rng.rand(8, 4).astype("float32")], [rng.rand(8, 1).astype("float32")]
