"""Python operators on symbolic tensors: layers that nobody wrote, named by the era that made them."""


def build(tf):
    layers = tf.keras.layers
    left = tf.keras.Input(shape=(4,), name="a_left")
    right = tf.keras.Input(shape=(4,), name="b_right")
    value = layers.Dense(4, name="hidden")(left)
    value = (value * 2.0 - right) / 3.0 + value * right
    value = -value[:, 1:] + 0.5
    model = tf.keras.Model([left, right], layers.Dense(1, name="score")(value))
    model.compile(optimizer="adam", loss="mse")
    return model


def sample(rng):
    inputs = [rng.rand(6, 4).astype("float32"), rng.rand(6, 4).astype("float32")]
    return inputs, [rng.rand(6, 1).astype("float32")]
