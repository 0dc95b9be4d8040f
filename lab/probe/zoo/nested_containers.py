"""A custom layer with sublayers in a list of lists and in a dict within a list: deeper than some formats look."""


def _towers(tf):
    class Towers(tf.keras.layers.Layer):
        __module__ = "__main__"

        def __init__(self, widths, **options):
            super().__init__(**options)
            self.widths = [list(tower) for tower in widths]
            self.towers = [
                [tf.keras.layers.Dense(width, activation="tanh") for width in tower] for tower in self.widths
            ]
            self.heads = [{"value": tf.keras.layers.Dense(2)} for _ in self.widths]

        def call(self, inputs):
            answer = 0.0
            for tower, head in zip(self.towers, self.heads):
                value = inputs
                for step in tower:
                    value = step(value)
                answer = answer + head["value"](value)
            return answer

        def get_config(self):
            return dict(super().get_config(), widths=[list(tower) for tower in self.widths])

    return Towers


def build(tf):
    features = tf.keras.Input(shape=(4,), name="features")
    hidden = _towers(tf)([[6, 5], [3]], name="towers")(features)
    model = tf.keras.Model(features, tf.keras.layers.Dense(1, name="score")(hidden))
    model.compile(optimizer="adam", loss="mse")
    return model


def sample(rng):
    return [rng.rand(8, 4).astype("float32")], [rng.rand(8, 1).astype("float32")]


def custom_objects(tf):
    return {"Towers": _towers(tf)}
