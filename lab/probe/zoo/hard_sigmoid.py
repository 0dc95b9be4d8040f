"""``hard_sigmoid`` by name: Keras 3 gave the name to another function, so that a file loads and answers differently."""


def build(tf):
    layers = tf.keras.layers
    series = tf.keras.Input(shape=(5, 3), name="series")
    value = layers.LSTM(4, recurrent_activation="hard_sigmoid", name="memory")(series)
    value = layers.Dense(4, activation="hard_sigmoid", name="gate")(value)
    model = tf.keras.Model(series, layers.Dense(1, name="score")(value))
    model.compile(optimizer="adam", loss="mse")
    return model


def sample(rng):
    return [rng.rand(4, 5, 3).astype("float32")], [rng.rand(4, 1).astype("float32")]
