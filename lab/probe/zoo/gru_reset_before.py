"""A GRU with ``reset_after=False``, the default of Keras 1 and 2.2: one bias vector where the default has two."""


def build(tf):
    series = tf.keras.Input(shape=(5, 3), name="series")
    memory = tf.keras.layers.GRU(4, reset_after=False, bias_initializer="glorot_uniform", name="memory")
    model = tf.keras.Model(series, tf.keras.layers.Dense(1, name="score")(memory(series)))
    model.compile(optimizer="adam", loss="mse")
    return model


def sample(rng):
    return [rng.rand(4, 5, 3).astype("float32")], [rng.rand(4, 1).astype("float32")]
