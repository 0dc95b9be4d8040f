"""Mixed precision as a global policy: dtype policies in every layer's config, and a loss scale around the optimizer."""


def build(tf):
    set_policy, policy = _policies(tf)
    before = policy()
    set_policy("mixed_float16")
    try:
        return _compiled(tf)
    finally:
        set_policy(before)


def _policies(tf):
    """The setter and the getter, which were experimental until TensorFlow 2.4."""
    mixed = tf.keras.mixed_precision
    if hasattr(mixed, "set_global_policy"):
        return mixed.set_global_policy, getattr(mixed, "global_policy", None) or mixed.dtype_policy
    return mixed.experimental.set_policy, mixed.experimental.global_policy


def _compiled(tf):
    layers = tf.keras.layers
    features = tf.keras.Input(shape=(4,), name="features")
    value = layers.Dense(6, activation="relu", name="hidden")(features)
    value = layers.Dense(1, name="narrow")(value)
    score = layers.Activation("linear", dtype="float32", name="score")(value)
    model = tf.keras.Model(features, score)
    model.compile(optimizer="adam", loss="mse")
    return model


def sample(rng):
    return [rng.rand(8, 4).astype("float32")], [rng.rand(8, 1).astype("float32")]
