"""Two Dense layers in a Sequential model, compiled with strings: the model everything should load."""


def build(tf):
    model = tf.keras.Sequential(
        [
            tf.keras.Input(shape=(4,), name="features"),
            tf.keras.layers.Dense(8, activation="relu", name="hidden"),
            tf.keras.layers.Dense(1, name="score"),
        ]
    )
    model.compile(optimizer="adam", loss="mse", metrics=["mae"])
    return model


def sample(rng):
    return [rng.rand(8, 4).astype("float32")], [rng.rand(8, 1).astype("float32")]
