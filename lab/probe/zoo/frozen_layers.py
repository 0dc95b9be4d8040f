"""Frozen layers, as in transfer learning: ``trainable`` in the config, and the order that it gives the weights."""


def build(tf):
    layers = tf.keras.layers
    base_features = tf.keras.Input(shape=(4,), name="base_features")
    held = layers.Dense(6, activation="relu", trainable=False, name="held")(base_features)
    tuned = layers.Dense(6, activation="relu", name="tuned")(held)
    base = tf.keras.Model(base_features, tuned, name="base")
    features = tf.keras.Input(shape=(4,), name="features")
    norm = layers.BatchNormalization(trainable=False, name="norm")(base(features))
    model = tf.keras.Model(features, layers.Dense(1, name="score")(norm))
    model.compile(optimizer="adam", loss="mse")
    return model


def sample(rng):
    return [rng.rand(8, 4).astype("float32")], [rng.rand(8, 1).astype("float32")]
