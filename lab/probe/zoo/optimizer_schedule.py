"""A learning rate schedule: an object of its own in the config of the optimizer."""


def build(tf):
    features = tf.keras.Input(shape=(4,), name="features")
    hidden = tf.keras.layers.Dense(6, activation="relu", name="hidden")(features)
    model = tf.keras.Model(features, tf.keras.layers.Dense(1, name="score")(hidden))
    schedule = tf.keras.optimizers.schedules.ExponentialDecay(0.02, decay_steps=3, decay_rate=0.5, staircase=True)
    model.compile(optimizer=tf.keras.optimizers.Adam(learning_rate=schedule), loss="mse")
    return model


def sample(rng):
    return [rng.rand(8, 4).astype("float32")], [rng.rand(8, 1).astype("float32")]
