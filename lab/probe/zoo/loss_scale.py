"""An optimizer in a LossScaleOptimizer: a wrapper with state of its own, which moved and changed its arguments."""


def _scaled(tf, optimizer):
    policies = tf.keras.mixed_precision
    if hasattr(policies, "LossScaleOptimizer"):
        return policies.LossScaleOptimizer(optimizer)
    return policies.experimental.LossScaleOptimizer(optimizer, "dynamic")


def build(tf):
    features = tf.keras.Input(shape=(4,), name="features")
    hidden = tf.keras.layers.Dense(6, activation="relu", name="hidden")(features)
    model = tf.keras.Model(features, tf.keras.layers.Dense(1, name="score")(hidden))
    model.compile(optimizer=_scaled(tf, tf.keras.optimizers.Adam(learning_rate=0.01)), loss="mse")
    return model


def sample(rng):
    return [rng.rand(8, 4).astype("float32")], [rng.rand(8, 1).astype("float32")]
