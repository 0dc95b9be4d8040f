"""A functional model that was never compiled: shows what the optimizer and the loss cost the others."""


def build(tf):
    features = tf.keras.Input(shape=(4,), name="features")
    hidden = tf.keras.layers.Dense(8, activation="relu", name="hidden")(features)
    return tf.keras.Model(features, tf.keras.layers.Dense(1, name="score")(hidden))


def sample(rng):
    return [rng.rand(8, 4).astype("float32")], []
