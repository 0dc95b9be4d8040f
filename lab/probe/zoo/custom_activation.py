"""A plain function of the user as an activation: the file holds nothing but its name."""


def _leaky_tanh(tf):
    def leaky_tanh(x):
        return tf.tanh(x) + 0.1 * x

    leaky_tanh.__module__ = "__main__"
    return leaky_tanh


def build(tf):
    activation = _leaky_tanh(tf)
    features = tf.keras.Input(shape=(4,), name="features")
    hidden = tf.keras.layers.Dense(6, activation=activation, name="hidden")(features)
    bent = tf.keras.layers.Activation(activation, name="bent")(hidden)
    model = tf.keras.Model(features, tf.keras.layers.Dense(1, name="score")(bent))
    model.compile(optimizer="adam", loss="mse")
    return model


def sample(rng):
    return [rng.rand(8, 4).astype("float32")], [rng.rand(8, 1).astype("float32")]


def custom_objects(tf):
    return {"leaky_tanh": _leaky_tanh(tf)}
