"""Numbers put into bins with given boundaries: the argument was ``bins`` before TensorFlow 2.5."""

import inspect


def build(tf):
    layers = tf.keras.layers
    kind = getattr(layers, "Discretization", None) or layers.experimental.preprocessing.Discretization
    named = "bin_boundaries" if "bin_boundaries" in inspect.signature(kind.__init__).parameters else "bins"
    features = tf.keras.Input(shape=(3,), name="features")
    bins = kind(**{named: [0.2, 0.4, 0.7]}, name="bins")(features)
    embedded = layers.Embedding(4, 2, name="embedded")(bins)
    flat = layers.Flatten(name="flat")(embedded)
    return tf.keras.Model(features, layers.Dense(1, name="score")(flat))


def sample(rng):
    return [rng.rand(6, 3).astype("float32")], []
