"""An RNN around a stack of cells: a config that holds cells, and weights two levels down."""


def build(tf):
    layers = tf.keras.layers
    series = tf.keras.Input(shape=(5, 3), name="series")
    cells = [layers.LSTMCell(4, name="lower"), layers.GRUCell(3, name="upper")]
    memory = layers.RNN(layers.StackedRNNCells(cells, name="stack"), name="memory")(series)
    model = tf.keras.Model(series, layers.Dense(1, name="score")(memory))
    model.compile(optimizer="adam", loss="mse")
    return model


def sample(rng):
    return [rng.rand(4, 5, 3).astype("float32")], [rng.rand(4, 1).astype("float32")]
