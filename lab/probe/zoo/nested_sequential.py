"""A Sequential in a Sequential in a functional model: config entries and weights at three levels."""


def build(tf):
    layers = tf.keras.layers
    inner = tf.keras.Sequential(
        [
            tf.keras.Input(shape=(6,), name="inner_features"),
            layers.Dense(5, activation="tanh", name="inner_dense"),
        ],
        name="inner",
    )
    middle = tf.keras.Sequential(
        [
            tf.keras.Input(shape=(4,), name="middle_features"),
            layers.Dense(6, activation="relu", name="middle_dense"),
            inner,
            layers.BatchNormalization(name="middle_norm"),
        ],
        name="middle",
    )
    features = tf.keras.Input(shape=(4,), name="features")
    model = tf.keras.Model(features, layers.Dense(1, name="score")(middle(features)))
    model.compile(optimizer="adam", loss="mse")
    return model


def sample(rng):
    return [rng.rand(8, 4).astype("float32")], [rng.rand(8, 1).astype("float32")]
