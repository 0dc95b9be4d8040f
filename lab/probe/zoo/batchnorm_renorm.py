"""Batch renormalisation: four more statistics, and an option that Keras 3 did not have until 3.14."""


def build(tf):
    layers = tf.keras.layers
    features = tf.keras.Input(shape=(4,), name="features")
    value = layers.BatchNormalization(renorm=True, renorm_momentum=0.9, name="renormed")(features)
    model = tf.keras.Model(features, layers.Dense(1, name="score")(value))
    model.compile(optimizer="adam", loss="mse")
    return model


def sample(rng):
    return [rng.rand(8, 4).astype("float32")], [rng.rand(8, 1).astype("float32")]
