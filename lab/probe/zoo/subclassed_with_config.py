"""A subclassed model with ``get_config`` and ``from_config``: a file can name it, and must be given the class."""


def _two_layer(tf):
    class ConfiguredTwoLayer(tf.keras.Model):
        __module__ = "__main__"

        def __init__(self, width, activation="relu", **options):
            super().__init__(**options)
            self.width = width
            self.activation = activation
            self.hidden = tf.keras.layers.Dense(width, activation=activation, name="hidden")
            self.score = tf.keras.layers.Dense(1, name="score")

        def call(self, inputs):
            return self.score(self.hidden(inputs))

        def get_config(self):
            return {"width": self.width, "activation": self.activation, "name": self.name}

        @classmethod
        def from_config(cls, config):
            return cls(**config)

    return ConfiguredTwoLayer


def build(tf):
    model = _two_layer(tf)(6, activation="tanh", name="two_layer")
    model.compile(optimizer="adam", loss="mse")
    return model


def sample(rng):
    return [rng.rand(8, 4).astype("float32")], [rng.rand(8, 1).astype("float32")]


def custom_objects(tf):
    return {"ConfiguredTwoLayer": _two_layer(tf)}
