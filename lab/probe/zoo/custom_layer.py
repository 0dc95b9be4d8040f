"""The user's own layer with ``get_config``, not registered: loads need ``custom_objects``."""


def _scaled_dense(tf):
    class ScaledDense(tf.keras.layers.Layer):
        __module__ = "__main__"

        def __init__(self, units, scale=1.0, **options):
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

        def get_config(self):
            return dict(super().get_config(), units=self.units, scale=self.scale)

    return ScaledDense


def build(tf):
    features = tf.keras.Input(shape=(4,), name="features")
    hidden = _scaled_dense(tf)(6, scale=0.5, name="scaled")(features)
    model = tf.keras.Model(features, tf.keras.layers.Dense(1, name="score")(hidden))
    model.compile(optimizer="adam", loss="mse")
    return model


def sample(rng):
    return [rng.rand(8, 4).astype("float32")], [rng.rand(8, 1).astype("float32")]


def custom_objects(tf):
    return {"ScaledDense": _scaled_dense(tf)}
