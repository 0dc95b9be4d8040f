"""Activations as layers and by name: ``alpha`` that became ``negative_slope``, and a weight in PReLU."""


def build(tf):
    layers = tf.keras.layers
    image = tf.keras.Input(shape=(4, 4, 3), name="image")
    value = layers.Conv2D(4, 1, activation="selu", name="first")(image)
    value = layers.LeakyReLU(0.2, name="leaky")(value)
    value = layers.PReLU(alpha_initializer="glorot_uniform", shared_axes=[1, 2], name="learned")(value)
    value = layers.Conv2D(4, 1, activation=tf.nn.tanh, name="second")(value)
    value = layers.ELU(0.5, name="elu")(value)
    value = layers.ReLU(max_value=3.0, negative_slope=0.1, threshold=0.05, name="clipped")(value)
    value = layers.Activation("softplus", name="smooth")(value)
    value = layers.Softmax(axis=-1, name="share")(value)
    value = layers.Flatten(name="flat")(value)
    model = tf.keras.Model(image, layers.Dense(1, activation="softsign", name="score")(value))
    model.compile(optimizer="adam", loss="mse")
    return model


def sample(rng):
    return [rng.randn(4, 4, 4, 3).astype("float32")], [rng.rand(4, 1).astype("float32")]
