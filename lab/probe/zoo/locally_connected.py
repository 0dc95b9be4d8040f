"""Locally connected layers: Keras 3 has none, and nothing that reads their weights."""


def build(tf):
    layers = tf.keras.layers
    image = tf.keras.Input(shape=(6, 6, 2), name="image")
    value = layers.LocallyConnected2D(3, 3, implementation=1, name="local")(image)
    value = layers.Reshape((16, 3), name="lined_up")(value)
    value = layers.LocallyConnected1D(2, 3, name="local_1d")(value)
    value = layers.Flatten(name="flat")(value)
    model = tf.keras.Model(image, layers.Dense(1, name="score")(value))
    model.compile(optimizer="adam", loss="mse")
    return model


def sample(rng):
    return [rng.rand(2, 6, 6, 2).astype("float32")], [rng.rand(2, 1).astype("float32")]
