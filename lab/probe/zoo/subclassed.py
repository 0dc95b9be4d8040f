"""A subclassed model without ``get_config``: only formats that keep functions or weights can carry it."""


def _two_layer(tf):
    class TwoLayer(tf.keras.Model):
        __module__ = "__main__"

        def __init__(self):
            super().__init__()
            self.hidden = tf.keras.layers.Dense(6, activation="relu", name="hidden")
            self.score = tf.keras.layers.Dense(1, name="score")

        def call(self, inputs):
            return self.score(self.hidden(inputs))

    return TwoLayer


def build(tf):
    model = _two_layer(tf)()
    model.compile(optimizer="adam", loss="mse")
    return model


def sample(rng):
    return [rng.rand(8, 4).astype("float32")], [rng.rand(8, 1).astype("float32")]


def custom_objects(tf):
    return {"TwoLayer": _two_layer(tf)}
