"""Nadam: a running product beside its slots, stored as a weight of its own."""


def build(tf):
    features = tf.keras.Input(shape=(4,), name="features")
    hidden = tf.keras.layers.Dense(6, activation="relu", name="hidden")(features)
    model = tf.keras.Model(features, tf.keras.layers.Dense(1, name="score")(hidden))
    optimizer = tf.keras.optimizers.Nadam(learning_rate=0.01)
    model.compile(optimizer=optimizer, loss="mse")
    return model


def sample(rng):
    return [rng.rand(8, 4).astype("float32")], [rng.rand(8, 1).astype("float32")]
