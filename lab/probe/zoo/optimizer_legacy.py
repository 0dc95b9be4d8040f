"""The old Adam, under ``tf.keras.optimizers.legacy`` once there was a new one: one name for two layouts of state."""


def _old_adam(tf):
    legacy = getattr(tf.keras.optimizers, "legacy", None)
    old = getattr(legacy, "Adam", tf.keras.optimizers.Adam)
    # Keras 3 keeps the names of the old optimizers, for classes that only say that they are gone.
    return old if hasattr(old, "apply_gradients") else tf.keras.optimizers.Adam


def build(tf):
    features = tf.keras.Input(shape=(4,), name="features")
    hidden = tf.keras.layers.Dense(6, activation="relu", name="hidden")(features)
    model = tf.keras.Model(features, tf.keras.layers.Dense(1, name="score")(hidden))
    model.compile(optimizer=_old_adam(tf)(learning_rate=0.01), loss="mse")
    return model


def sample(rng):
    return [rng.rand(8, 4).astype("float32")], [rng.rand(8, 1).astype("float32")]
