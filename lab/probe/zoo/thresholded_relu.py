"""A ThresholdedReLU: Keras 3 still offers the layer by its old name, and does not find it in a file."""


def build(tf):
    layers = tf.keras.layers
    features = tf.keras.Input(shape=(4,), name="features")
    value = layers.Dense(6, name="hidden")(features)
    value = layers.ThresholdedReLU(theta=0.1, name="gate")(value)
    model = tf.keras.Model(features, layers.Dense(1, name="score")(value))
    model.compile(optimizer="adam", loss="mse")
    return model


def sample(rng):
    return [rng.rand(8, 4).astype("float32")], [rng.rand(8, 1).astype("float32")]
