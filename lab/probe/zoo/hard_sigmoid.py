"""``hard_sigmoid`` by name: Keras 3 gave the name to another function, so that a file loads and answers differently."""


def build(tf):
    layers = tf.keras.layers
    features = tf.keras.Input(shape=(4,), name="features")
    value = layers.Dense(4, activation="hard_sigmoid", name="gate")(features)
    model = tf.keras.Model(features, layers.Dense(1, name="score")(value))
    model.compile(optimizer="adam", loss="mse")
    return model


def sample(rng):
    return [rng.rand(8, 4).astype("float32")], [rng.rand(8, 1).astype("float32")]
