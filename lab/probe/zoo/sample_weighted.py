"""Two losses with weights, weighted metrics, and a step with sample weights: the longest compile config there is."""


def build(tf):
    layers = tf.keras.layers
    features = tf.keras.Input(shape=(4,), name="features")
    hidden = layers.Dense(5, activation="relu", name="hidden")(features)
    kind = layers.Dense(2, activation="softmax", name="a_kind")(hidden)
    size = layers.Dense(1, name="b_size")(hidden)
    model = tf.keras.Model(features, [kind, size])
    model.compile(
        optimizer="adam",
        loss=["categorical_crossentropy", "mse"],
        loss_weights=[0.3, 0.7],
        metrics=[[], ["mae"]],
        weighted_metrics=[["accuracy"], []],
    )
    drawn = tf.random.uniform((6, 4)).numpy()
    targets = [tf.nn.softmax(drawn[:, :2]).numpy(), drawn[:, 2:3]]
    model.train_on_batch(drawn, targets, sample_weight=[drawn[:, 3], drawn[:, 0]])
    return model


def sample(rng):
    inputs = [rng.rand(6, 4).astype("float32")]
    return inputs, [rng.dirichlet([1.0, 1.0], 6).astype("float32"), rng.rand(6, 1).astype("float32")]
