"""Multi-head attention (TensorFlow 2.4): config keys that each Keras added, and weights under layers in the layer."""


def build(tf):
    layers = tf.keras.layers
    question = tf.keras.Input(shape=(4, 6), name="a_question")
    memory = tf.keras.Input(shape=(5, 6), name="b_memory")
    attended = layers.MultiHeadAttention(num_heads=2, key_dim=3, name="attended")(question, memory)
    summed = layers.Add(name="summed")([question, attended])
    pooled = layers.GlobalAveragePooling1D(name="pooled")(summed)
    model = tf.keras.Model([question, memory], layers.Dense(1, name="score")(pooled))
    model.compile(optimizer="adam", loss="mse")
    return model


def sample(rng):
    inputs = [rng.rand(4, 4, 6).astype("float32"), rng.rand(4, 5, 6).astype("float32")]
    return inputs, [rng.rand(4, 1).astype("float32")]
