"""A convolution in two groups (TensorFlow 2.3): an argument that older readers do not know, and CPUs long refused."""


def build(tf):
    layers = tf.keras.layers
    image = tf.keras.Input(shape=(8, 8, 4), name="image")
    value = layers.Conv2D(6, 3, groups=2, name="grouped")(image)
    value = layers.GlobalAveragePooling2D(name="pooled")(value)
    return tf.keras.Model(image, layers.Dense(1, name="score")(value))


def sample(rng):
    return [rng.rand(2, 8, 8, 4).astype("float32")], []
