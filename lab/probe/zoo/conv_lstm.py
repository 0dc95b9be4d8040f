"""A ConvLSTM2D: a recurrent layer that carries the arguments of a convolution as well."""


def build(tf):
    layers = tf.keras.layers
    film = tf.keras.Input(shape=(3, 6, 6, 2), name="film")
    value = layers.ConvLSTM2D(3, 3, padding="same", return_sequences=False, name="memory")(film)
    value = layers.GlobalAveragePooling2D(name="pooled")(value)
    model = tf.keras.Model(film, layers.Dense(1, name="score")(value))
    model.compile(optimizer="adam", loss="mse")
    return model


def sample(rng):
    return [rng.rand(2, 3, 6, 6, 2).astype("float32")], [rng.rand(2, 1).astype("float32")]
