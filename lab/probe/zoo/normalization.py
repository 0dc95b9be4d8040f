"""An adapted Normalization layer: statistics that are state, not training."""

import numpy as np


def build(tf):
    layers = tf.keras.layers
    kind = getattr(layers, "Normalization", None) or layers.experimental.preprocessing.Normalization
    normal = kind(name="normal")
    normal.adapt(np.random.RandomState(5).rand(32, 4).astype("float32") * 7.0)
    features = tf.keras.Input(shape=(4,), name="features")
    model = tf.keras.Model(features, layers.Dense(1, name="score")(normal(features)))
    model.compile(optimizer="adam", loss="mse")
    return model


def sample(rng):
    return [rng.rand(8, 4).astype("float32") * 7.0], [rng.rand(8, 1).astype("float32")]
