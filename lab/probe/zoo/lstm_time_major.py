"""An LSTM over a series whose first axis is time: ``time_major``, which Keras 3 does not have any more."""


def build(tf):
    series = tf.keras.Input(batch_shape=(5, None, 3), name="series")
    memory = tf.keras.layers.LSTM(4, time_major=True, return_sequences=True, name="memory")(series)
    model = tf.keras.Model(series, tf.keras.layers.Dense(2, name="score")(memory))
    model.compile(optimizer="adam", loss="mse")
    return model


def sample(rng):
    return [rng.rand(5, 4, 3).astype("float32")], [rng.rand(5, 4, 2).astype("float32")]
