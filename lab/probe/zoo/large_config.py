"""Many layers with long names: a config of more than the 64 KB that an HDF5 attribute may take up in its header."""

DEPTH = 160
NAME = (
    "stage_{:03d}_of_the_feature_extractor_branch_with_squeeze_and_excitation_residual_connection_identity_activation"
)


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
