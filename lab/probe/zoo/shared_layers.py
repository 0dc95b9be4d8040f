"""One layer used on two inputs, and a model nested in a model: several nodes in one config entry."""


def build(tf):
    layers = tf.keras.layers
    inner_input = tf.keras.Input(shape=(4,), name="inner_features")
    inner = tf.keras.Model(
        inner_input, layers.Dense(3, activation="tanh", name="inner_dense")(inner_input), name="inner"
    )
    first = tf.keras.Input(shape=(4,), name="a_first")
    second = tf.keras.Input(shape=(4,), name="b_second")
    shared = layers.Dense(4, name="shared")
    distance = layers.Subtract(name="distance")([inner(shared(first)), inner(shared(second))])
    model = tf.keras.Model([first, second], layers.Dense(1, name="score")(distance))
    model.compile(optimizer="rmsprop", loss="mse")
    return model


def sample(rng):
    inputs = [rng.rand(6, 4).astype("float32"), rng.rand(6, 4).astype("float32")]
    return inputs, [rng.rand(6, 1).astype("float32")]
