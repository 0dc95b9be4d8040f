"""Functions of TensorFlow as activations: the file holds their names, which not every Keras finds by itself."""


def build(tf):
    layers = tf.keras.layers
    features = tf.keras.Input(shape=(4,), name="features")
    value = layers.Dense(6, activation=tf.nn.leaky_relu, name="leaky")(features)
    value = layers.Dense(6, activation=tf.math.sin, name="wave")(value)
    value = layers.Activation(tf.nn.relu6, name="capped")(value)
    model = tf.keras.Model(features, layers.Dense(1, name="score")(value))
    model.compile(optimizer="adam", loss="mse")
    return model


def sample(rng):
    return [rng.rand(8, 4).astype("float32")], [rng.rand(8, 1).astype("float32")]
