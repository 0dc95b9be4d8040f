"""A GRU with ``reset_after``: two bias vectors in one weight."""


def build(tf):
    series = tf.keras.Input(shape=(5, 3), name="series")
    memory = tf.keras.layers.GRU(4, return_sequences=True, name="memory")(series)
    model = tf.keras.Model(series, tf.keras.layers.Dense(2, name="score")(memory))
    model.compile(optimizer="adam", loss="mse")
    return model


def sample(rng):
    return [rng.rand(4, 5, 3).astype("float32")], [rng.rand(4, 5, 2).astype("float32")]
