"""Pooling with the channels first: what a CPU runs under Keras 3 cannot be run on a CPU under Keras 2."""


def build(tf):
    layers = tf.keras.layers
    image = tf.keras.Input(shape=(3, 8, 8), name="image")
    value = layers.MaxPooling2D((2, 2), data_format="channels_first", name="strongest")(image)
    value = layers.AveragePooling2D((2, 2), data_format="channels_first", name="averaged")(value)
    value = layers.Flatten(data_format="channels_first", name="flat")(value)
    return tf.keras.Model(image, layers.Dense(1, name="score")(value))


def sample(rng):
    return [rng.rand(2, 3, 8, 8).astype("float32")], []
