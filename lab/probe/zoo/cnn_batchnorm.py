"""The 28x28x1 image classifier with batch normalisation: convolution config and moving statistics."""


def build(tf):
    layers = tf.keras.layers
    image = tf.keras.Input(shape=(28, 28, 1), name="image")
    value = layers.Conv2D(4, 3, strides=2, name="conv")(image)
    value = layers.BatchNormalization(name="norm")(value)
    value = layers.ReLU(name="relu")(value)
    value = layers.MaxPooling2D(name="pool")(value)
    value = layers.Flatten(name="flatten")(value)
    model = tf.keras.Model(image, layers.Dense(10, activation="softmax", name="digit")(value))
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def sample(rng):
    return [rng.rand(4, 28, 28, 1).astype("float32")], [rng.randint(0, 10, (4, 1)).astype("int64")]
