"""A bidirectional recurrent layer: a wrapper whose config holds two layers."""


def build(tf):
    layers = tf.keras.layers
    series = tf.keras.Input(shape=(5, 3), name="series")
    both = layers.Bidirectional(layers.SimpleRNN(3, name="memory"), name="both")(series)
    model = tf.keras.Model(series, layers.Dense(1, name="score")(both))
    model.compile(optimizer="adam", loss="mse")
    return model


def sample(rng):
    return [rng.rand(4, 5, 3).astype("float32")], [rng.rand(4, 1).astype("float32")]
