"""A functional model of two custom layers, one with its sublayers in a list, one in a dict: how each is tracked."""


def _layers(tf):
    class Stack(tf.keras.layers.Layer):
        __module__ = "__main__"

        def __init__(self, widths, **options):
            super().__init__(**options)
            self.widths = list(widths)
            self.steps = [tf.keras.layers.Dense(width, activation="tanh") for width in widths]

        def call(self, inputs):
            for step in self.steps:
                inputs = step(inputs)
            return inputs

        def get_config(self):
            return dict(super().get_config(), widths=list(self.widths))

    class Branches(tf.keras.layers.Layer):
        __module__ = "__main__"

        def __init__(self, width, **options):
            super().__init__(**options)
            self.width = width
            self.branches = {"wide": tf.keras.layers.Dense(width), "gate": tf.keras.layers.Dense(width)}

        def call(self, inputs):
            return self.branches["wide"](inputs) * tf.sigmoid(self.branches["gate"](inputs))

        def get_config(self):
            return dict(super().get_config(), width=self.width)

    return Stack, Branches


def build(tf):
    stack, branches = _layers(tf)
    features = tf.keras.Input(shape=(4,), name="features")
    hidden = branches(3, name="branches")(stack([6, 5], name="stack")(features))
    model = tf.keras.Model(features, tf.keras.layers.Dense(1, name="score")(hidden))
    model.compile(optimizer="adam", loss="mse")
    return model


def sample(rng):
    return [rng.rand(8, 4).astype("float32")], [rng.rand(8, 1).astype("float32")]


def custom_objects(tf):
    stack, branches = _layers(tf)
    return {"Stack": stack, "Branches": branches}
