"""A loss and a metric on symbolic tensors, as in variational autoencoders: Keras 2 makes layers of them."""


def build(tf):
    layers = tf.keras.layers
    features = tf.keras.Input(shape=(4,), name="features")
    mean = layers.Dense(2, name="mean")(features)
    spread = layers.Dense(2, name="spread")(features)  # no output depends on it
    model = tf.keras.Model(features, layers.Dense(4, name="rebuilt")(mean))
    divergence = -0.5 * tf.reduce_mean(1.0 + spread - tf.square(mean) - tf.exp(spread))
    model.add_loss(divergence)
    model.add_metric(divergence, name="divergence", aggregation="mean")
    model.compile(optimizer="adam", loss="mse")
    return model


def sample(rng):
    return [rng.rand(8, 4).astype("float32")], [rng.rand(8, 4).astype("float32")]
