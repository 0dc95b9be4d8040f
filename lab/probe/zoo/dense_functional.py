"""A functional model with a regularizer and a constraint, compiled with objects: nested config entries."""


def build(tf):
    features = tf.keras.Input(shape=(4,), name="features")
    hidden = tf.keras.layers.Dense(
        8,
        activation="tanh",
        kernel_initializer=tf.keras.initializers.GlorotNormal(seed=3),
        kernel_regularizer=tf.keras.regularizers.l2(0.01),
        bias_constraint=tf.keras.constraints.MaxNorm(2.0),
        name="hidden",
    )(features)
    score = tf.keras.layers.Dense(3, activation="softmax", name="score")(hidden)
    model = tf.keras.Model(features, score)
    model.compile(
        optimizer=tf.keras.optimizers.Adam(learning_rate=0.01),
        loss=tf.keras.losses.CategoricalCrossentropy(),
        metrics=[tf.keras.metrics.CategoricalAccuracy()],
    )
    return model


def sample(rng):
    return [rng.rand(8, 4).astype("float32")], [rng.dirichlet([1.0, 1.0, 1.0], 8).astype("float32")]
