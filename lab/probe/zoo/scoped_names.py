"""Layers named by scopes, as in MobileNetV3 and in many ported networks: Keras 3 refuses the slash."""


def build(tf):
    layers = tf.keras.layers
    image = tf.keras.Input(shape=(6, 6, 2), name="image")
    value = layers.Conv2D(3, 3, name="stem/conv")(image)
    value = layers.BatchNormalization(name="stem/conv/norm")(value)
    value = layers.GlobalAveragePooling2D(name="pool")(value)
    model = tf.keras.Model(image, layers.Dense(1, name="head/score")(value))
    model.compile(optimizer="adam", loss="mse")
    return model


def sample(rng):
    return [rng.rand(4, 6, 6, 2).astype("float32")], [rng.rand(4, 1).astype("float32")]
