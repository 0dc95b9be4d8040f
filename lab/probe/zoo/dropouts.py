"""Every layer that matters in training only: rates, noise and penalties in the config, none of them in the answers.

Never compiled: what a step of training gives depends on random numbers, so that no two steps could be compared.
"""


def build(tf):
    layers = tf.keras.layers
    penalty = tf.keras.regularizers.l1_l2(l1=0.01, l2=0.02)
    image = tf.keras.Input(shape=(6, 6, 3), name="image")
    value = layers.GaussianNoise(0.1, name="noise")(image)
    value = layers.Conv2D(4, 3, kernel_regularizer=penalty, activity_regularizer="l2", name="conv")(value)
    value = layers.SpatialDropout2D(0.2, name="spatial")(value)
    value = layers.ActivityRegularization(l1=0.01, name="penalised")(value)
    value = layers.GaussianDropout(0.2, name="gaussian")(value)
    value = layers.Flatten(name="flat")(value)
    value = layers.Dropout(0.3, noise_shape=(None, 1), seed=3, name="dropped")(value)
    value = layers.Dense(4, activation="selu", bias_regularizer="l1", name="hidden")(value)
    value = layers.AlphaDropout(0.1, name="alpha")(value)
    return tf.keras.Model(image, layers.Dense(1, name="score")(value))


def sample(rng):
    return [rng.rand(4, 6, 6, 3).astype("float32")], []
