"""One of each kind of convolution: causal, dilated, separable, depthwise, transposed, three-dimensional."""


def build(tf):
    layers = tf.keras.layers
    sound = tf.keras.Input(shape=(12, 3), name="a_sound")
    image = tf.keras.Input(shape=(8, 8, 3), name="b_image")
    heard = layers.Conv1D(4, 3, padding="causal", dilation_rate=2, name="causal")(sound)
    heard = layers.SeparableConv1D(3, 3, name="separable_1d")(heard)
    heard = layers.GlobalAveragePooling1D(name="heard")(heard)
    seen = layers.Conv2D(4, 3, dilation_rate=2, padding="same", name="dilated")(image)
    seen = layers.DepthwiseConv2D(3, strides=2, padding="same", depth_multiplier=2, name="depthwise")(seen)
    seen = layers.SeparableConv2D(6, 3, padding="same", name="separable")(seen)
    seen = layers.Conv2DTranspose(3, 3, strides=2, padding="same", name="transposed")(seen)
    deep = layers.Reshape((8, 8, 3, 1), name="deepened")(seen)
    deep = layers.Conv3D(2, 2, strides=2, name="deep")(deep)
    deep = layers.Conv3DTranspose(2, 2, name="deep_transposed")(deep)
    seen = layers.GlobalAveragePooling3D(name="seen")(deep)
    joined = layers.Concatenate(name="joined")([heard, seen])
    model = tf.keras.Model([sound, image], layers.Dense(1, name="score")(joined))
    model.compile(optimizer="adam", loss="mse")
    return model


def sample(rng):
    inputs = [rng.rand(2, 12, 3).astype("float32"), rng.rand(2, 8, 8, 3).astype("float32")]
    return inputs, [rng.rand(2, 1).astype("float32")]
