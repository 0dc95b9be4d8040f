"""Convolutions with the channels first: what a CPU runs under Keras 2 cannot be run on a CPU under Keras 3.

Depthwise and transposed ones, which Keras 2 turns round for a CPU. A plain Conv2D with the channels first runs on no
CPU of TensorFlow 2.0 to 2.21 ("only supports the NHWC tensor format"), so that nobody could say what it should answer.
"""


def build(tf):
    layers = tf.keras.layers
    image = tf.keras.Input(shape=(3, 8, 8), name="image")
    value = layers.DepthwiseConv2D(3, data_format="channels_first", name="depthwise")(image)
    value = layers.Conv2DTranspose(4, 3, data_format="channels_first", name="transposed")(value)
    value = layers.GlobalAveragePooling2D(data_format="channels_first", name="pooled")(value)
    return tf.keras.Model(image, layers.Dense(1, name="score")(value))


def sample(rng):
    return [rng.rand(2, 3, 8, 8).astype("float32")], []
