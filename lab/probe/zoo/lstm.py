"""An LSTM: ``time_major`` and ``implementation`` in the config, one fused weight layout on every device."""


def build(tf):
    series = tf.keras.Input(shape=(5, 3), name="series")
    model = tf.keras.Model(
        series, tf.keras.layers.Dense(1, name="score")(tf.keras.layers.LSTM(4, name="memory")(series))
    )
    model.compile(optimizer="adam", loss="mse")
    return model


def sample(rng):
    return [rng.rand(4, 5, 3).astype("float32")], [rng.rand(4, 1).astype("float32")]
