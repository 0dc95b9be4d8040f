"""A softmax along an axis that is not the last: Keras 3.0 to 3.6 forget the axis of any layer in HDF5, silently."""


def build(tf):
    layers = tf.keras.layers
    series = tf.keras.Input(shape=(4, 4), name="series")
    value = layers.Softmax(axis=1, name="share")(series)
    value = layers.Flatten(name="flat")(value)
    model = tf.keras.Model(series, layers.Dense(1, name="score")(value))
    model.compile(optimizer="adam", loss="mse")
    return model


def sample(rng):
    return [rng.rand(6, 4, 4).astype("float32")], [rng.rand(6, 1).astype("float32")]
