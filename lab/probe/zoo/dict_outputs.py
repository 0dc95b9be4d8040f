"""A functional model that gives a dict, with a loss and a metric by name: whether the file keeps the structure."""


def build(tf):
    layers = tf.keras.layers
    features = tf.keras.Input(shape=(4,), name="features")
    hidden = layers.Dense(5, activation="relu", name="hidden")(features)
    kind = layers.Dense(2, activation="softmax", name="a_kind")(hidden)
    size = layers.Dense(1, name="b_size")(hidden)
    model = tf.keras.Model(features, {"a_kind": kind, "b_size": size})
    model.compile(
        optimizer="adam",
        loss={"a_kind": "categorical_crossentropy", "b_size": "mse"},
        metrics={"a_kind": ["accuracy"], "b_size": ["mae"]},
    )
    inputs, targets = _drawn(tf)
    model.train_on_batch(inputs, dict(zip(("a_kind", "b_size"), targets)))
    return model


def _drawn(tf):
    features = tf.random.uniform((6, 4)).numpy()
    return features, [tf.nn.softmax(features[:, :2]).numpy(), features[:, 2:3]]


def sample(rng):
    return [rng.rand(6, 4).astype("float32")], []
