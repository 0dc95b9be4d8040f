"""The user's own initializer, regularizer and constraint: needed to rebuild a layer, though its weights are stored."""


def _objects(tf):
    class Bumpy(tf.keras.initializers.Initializer):
        __module__ = "__main__"

        def __init__(self, height=1.0):
            self.height = height

        def __call__(self, shape, dtype=None, **options):  # noqa: ARG002 - Keras may hand over more
            return tf.random.uniform(shape, -self.height, self.height, dtype=dtype or "float32")

        def get_config(self):
            return {"height": self.height}

    class SmallSum(tf.keras.regularizers.Regularizer):
        __module__ = "__main__"

        def __init__(self, strength=0.01):
            self.strength = float(strength)

        def __call__(self, x):
            return self.strength * tf.square(tf.reduce_sum(x))

        def get_config(self):
            return {"strength": self.strength}

    class Within(tf.keras.constraints.Constraint):
        __module__ = "__main__"

        def __init__(self, limit=1.0):
            self.limit = limit

        def __call__(self, w):
            return tf.clip_by_value(w, -self.limit, self.limit)

        def get_config(self):
            return {"limit": self.limit}

    return Bumpy, SmallSum, Within


def build(tf):
    bumpy, small_sum, within = _objects(tf)
    features = tf.keras.Input(shape=(4,), name="features")
    hidden = tf.keras.layers.Dense(
        6,
        kernel_initializer=bumpy(0.7),
        kernel_regularizer=small_sum(0.02),
        kernel_constraint=within(0.9),
        name="hidden",
    )(features)
    model = tf.keras.Model(features, tf.keras.layers.Dense(1, name="score")(hidden))
    model.compile(optimizer="adam", loss="mse")
    return model


def sample(rng):
    return [rng.rand(8, 4).astype("float32")], [rng.rand(8, 1).astype("float32")]


def custom_objects(tf):
    bumpy, small_sum, within = _objects(tf)
    return {"Bumpy": bumpy, "SmallSum": small_sum, "Within": within}
