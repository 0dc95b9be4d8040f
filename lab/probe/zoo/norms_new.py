"""GroupNormalization (TensorFlow 2.11) and UnitNormalization (2.9): layers that older readers do not know."""


def build(tf):
    layers = tf.keras.layers
    image = tf.keras.Input(shape=(4, 4, 4), name="image")
    value = layers.GroupNormalization(groups=2, name="grouped")(image)
    value = layers.Flatten(name="flat")(value)
    value = layers.UnitNormalization(name="unit")(value)
    model = tf.keras.Model(image, layers.Dense(1, name="score")(value))
    model.compile(optimizer="adam", loss="mse")
    return model


def sample(rng):
    return [rng.rand(4, 4, 4, 4).astype("float32")], [rng.rand(4, 1).astype("float32")]
