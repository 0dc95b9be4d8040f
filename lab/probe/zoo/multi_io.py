"""Two inputs and two outputs, a loss for each: how endpoints are named and ordered."""


def build(tf):
    layers = tf.keras.layers
    left = tf.keras.Input(shape=(3,), name="a_left")
    right = tf.keras.Input(shape=(2,), name="b_right")
    joined = layers.Concatenate(name="joined")([layers.Dense(4, name="from_left")(left), right])
    kind = layers.Dense(2, activation="softmax", name="a_kind")(joined)
    size = layers.Dense(1, name="b_size")(joined)
    model = tf.keras.Model([left, right], [kind, size])
    model.compile(optimizer="sgd", loss=["categorical_crossentropy", "mse"])
    return model


def sample(rng):
    inputs = [rng.rand(6, 3).astype("float32"), rng.rand(6, 2).astype("float32")]
    return inputs, [rng.dirichlet([1.0, 1.0], 6).astype("float32"), rng.rand(6, 1).astype("float32")]
