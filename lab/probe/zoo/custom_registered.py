"""A layer registered under a package name: a consumer knows it only when it has imported the user's module."""


def _scaled(tf):
    class RegisteredScale(tf.keras.layers.Layer):
        __module__ = "__main__"

        def __init__(self, factor=1.0, **options):
            super().__init__(**options)
            self.factor = factor

        def build(self, input_shape):
            self.weight = self.add_weight(
                name="weight", shape=(int(input_shape[-1]),), initializer="uniform", trainable=True
            )
            super().build(input_shape)

        def call(self, inputs):
            return inputs * self.weight * self.factor

        def get_config(self):
            return dict(super().get_config(), factor=self.factor)

    registered = tf.keras.utils.register_keras_serializable(package="Lab")(RegisteredScale)
    # Saved under its registered name all the same, but found by nobody: what one load has imported must not help the
    # next one in the same process.
    tf.keras.utils.get_custom_objects().pop("Lab>RegisteredScale", None)
    return registered


def build(tf):
    features = tf.keras.Input(shape=(4,), name="features")
    scaled = _scaled(tf)(factor=20.0, name="scaled")(features)
    model = tf.keras.Model(features, tf.keras.layers.Dense(1, name="score")(scaled))
    model.compile(optimizer="adam", loss="mse")
    return model


def sample(rng):
    return [rng.rand(8, 4).astype("float32")], [rng.rand(8, 1).astype("float32")]


def custom_objects(tf):
    return {"Lab>RegisteredScale": _scaled(tf)}
