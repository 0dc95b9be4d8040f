"""TimeDistributed around a dense layer and around a model: wrappers, and weights one and two levels down."""


def build(tf):
    layers = tf.keras.layers
    step = tf.keras.Input(shape=(3,), name="step")
    single = tf.keras.Model(step, layers.Dense(4, activation="tanh", name="step_dense")(step), name="single")
    series = tf.keras.Input(shape=(5, 3), name="series")
    value = layers.TimeDistributed(single, name="each")(series)
    value = layers.TimeDistributed(layers.Dense(2, name="narrow"), name="each_narrow")(value)
    value = layers.Flatten(name="flat")(value)
    model = tf.keras.Model(series, layers.Dense(1, name="score")(value))
    model.compile(optimizer="adam", loss="mse")
    return model


def sample(rng):
    return [rng.rand(4, 5, 3).astype("float32")], [rng.rand(4, 1).astype("float32")]
