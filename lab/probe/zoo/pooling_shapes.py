"""Layers without weights that only move values: their arguments gained neighbours from release to release."""


def build(tf):
    layers = tf.keras.layers
    image = tf.keras.Input(shape=(6, 6, 2), name="a_image")
    vector = tf.keras.Input(shape=(3,), name="b_vector")
    value = layers.ZeroPadding2D(((1, 2), (0, 1)), name="padded")(image)
    value = layers.Cropping2D(((1, 0), (0, 1)), name="cropped")(value)
    value = layers.UpSampling2D(2, interpolation="bilinear", name="doubled")(value)
    value = layers.AveragePooling2D((2, 2), name="averaged")(value)
    value = layers.Permute((3, 1, 2), name="turned")(value)
    value = layers.Reshape((8, 12), name="reshaped")(value)
    value = layers.MaxPooling1D(2, name="strongest")(value)
    value = layers.GlobalMaxPooling1D(name="strongest_of_all")(value)
    many = layers.RepeatVector(4, name="repeated")(vector)
    many = layers.UpSampling1D(2, name="stretched")(many)
    many = layers.ZeroPadding1D(1, name="padded_1d")(many)
    many = layers.Cropping1D((0, 1), name="cropped_1d")(many)
    mean = layers.GlobalAveragePooling1D(name="mean")(many)
    joined = layers.Concatenate(axis=1, name="joined")([value, mean])
    scaled = layers.Multiply(name="scaled")([joined, joined])
    larger = layers.Maximum(name="larger")([scaled, joined])
    model = tf.keras.Model([image, vector], layers.Dense(1, name="score")(larger))
    model.compile(optimizer="adam", loss="mse")
    return model


def sample(rng):
    inputs = [rng.rand(4, 6, 6, 2).astype("float32"), rng.rand(4, 3).astype("float32")]
    return inputs, [rng.rand(4, 1).astype("float32")]
