"""Padded series: the masks of an Embedding and of a Masking layer, and layers that read them."""


def build(tf):
    layers = tf.keras.layers
    tokens = tf.keras.Input(shape=(6,), dtype="int32", name="a_tokens")
    series = tf.keras.Input(shape=(5, 3), name="b_series")
    embedded = layers.Embedding(12, 4, mask_zero=True, name="embedded")(tokens)
    read = layers.LSTM(4, name="reader")(embedded)
    shown = layers.Masking(mask_value=-1.0, name="shown")(series)
    mean = layers.GlobalAveragePooling1D(name="mean")(shown)
    joined = layers.Concatenate(name="joined")([read, mean])
    model = tf.keras.Model([tokens, series], layers.Dense(1, name="score")(joined))
    model.compile(optimizer="adam", loss="mse")
    return model


def sample(rng):
    tokens = rng.randint(1, 12, (4, 6)).astype("int32")
    series = rng.rand(4, 5, 3).astype("float32")
    for row, length in enumerate((6, 4, 3, 2)):
        tokens[row, length:] = 0
        series[row, max(length - 1, 1) :] = -1.0
    return [tokens, series], [rng.rand(4, 1).astype("float32")]
