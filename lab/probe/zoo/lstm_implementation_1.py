"""An LSTM and a GRU with ``implementation=1``: asked for and stored by Keras 2, ignored by Keras 3."""


def build(tf):
    layers = tf.keras.layers
    series = tf.keras.Input(shape=(5, 3), name="series")
    value = layers.LSTM(4, implementation=1, return_sequences=True, name="memory")(series)
    value = layers.GRU(3, implementation=1, name="summary")(value)
    model = tf.keras.Model(series, layers.Dense(1, name="score")(value))
    model.compile(optimizer="adam", loss="mse")
    return model


def sample(rng):
    return [rng.rand(4, 5, 3).astype("float32")], [rng.rand(4, 1).astype("float32")]
