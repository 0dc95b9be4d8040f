"""Centered RMSprop with momentum: three slots a weight, in an order that changed with the new optimizers."""


def build(tf):
    features = tf.keras.Input(shape=(4,), name="features")
    hidden = tf.keras.layers.Dense(6, activation="relu", name="hidden")(features)
    model = tf.keras.Model(features, tf.keras.layers.Dense(1, name="score")(hidden))
    optimizer = tf.keras.optimizers.RMSprop(learning_rate=0.01, momentum=0.5, centered=True)
    model.compile(optimizer=optimizer, loss="mse")
    return model


def sample(rng):
    return [rng.rand(8, 4).astype("float32")], [rng.rand(8, 1).astype("float32")]
