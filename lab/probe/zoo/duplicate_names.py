"""Layers of one name in two models nested in one: weights that a flat file has no two places for."""


def _tower(tf, name):
    layers = tf.keras.layers
    features = tf.keras.Input(shape=(4,), name="tower_features")
    return tf.keras.Model(features, layers.Dense(3, activation="tanh", name="dense_of_tower")(features), name=name)


def build(tf):
    layers = tf.keras.layers
    both_features = tf.keras.Input(shape=(4,), name="both_features")
    joined = layers.Concatenate(name="joined")([_tower(tf, "left")(both_features), _tower(tf, "right")(both_features)])
    both = tf.keras.Model(both_features, joined, name="both")
    features = tf.keras.Input(shape=(4,), name="features")
    model = tf.keras.Model(features, layers.Dense(1, name="score")(both(features)))
    model.compile(optimizer="adam", loss="mse")
    return model


def sample(rng):
    return [rng.rand(8, 4).astype("float32")], [rng.rand(8, 1).astype("float32")]
