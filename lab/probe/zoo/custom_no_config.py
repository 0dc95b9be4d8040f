"""A custom layer with arguments and without ``get_config``: Keras 2 refuses its config, Keras 3 guesses it."""


def _powered(tf):
    class Powered(tf.keras.layers.Layer):
        __module__ = "__main__"

        def __init__(self, units, scale, **options):
            super().__init__(**options)
            self.units = units
            self.scale = scale

        def build(self, input_shape):
            self.kernel = self.add_weight(
                name="kernel", shape=(int(input_shape[-1]), self.units), initializer="glorot_uniform", trainable=True
            )
            super().build(input_shape)

        def call(self, inputs):
            return tf.matmul(inputs, self.kernel) * self.scale

    return Powered


def build(tf):
    features = tf.keras.Input(shape=(4,), name="features")
    hidden = _powered(tf)(6, 0.5, name="powered")(features)
    model = tf.keras.Model(features, tf.keras.layers.Dense(1, name="score")(hidden))
    model.compile(optimizer="adam", loss="mse")
    return model


def sample(rng):
    return [rng.rand(8, 4).astype("float32")], [rng.rand(8, 1).astype("float32")]


def custom_objects(tf):
    return {"Powered": _powered(tf)}
