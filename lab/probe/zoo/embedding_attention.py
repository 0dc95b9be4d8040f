"""Token ids through an embedding and dot-product attention: integer inputs, a layer called with a list."""


def build(tf):
    layers = tf.keras.layers
    tokens = tf.keras.Input(shape=(6,), dtype="int32", name="tokens")
    embedded = layers.Embedding(20, 4, name="embedded")(tokens)
    attended = layers.Attention(name="attended")([embedded, embedded])
    pooled = layers.GlobalAveragePooling1D(name="pooled")(attended)
    model = tf.keras.Model(tokens, layers.Dense(1, activation="sigmoid", name="score")(pooled))
    model.compile(optimizer="adam", loss="binary_crossentropy")
    return model


def sample(rng):
    return [rng.randint(0, 20, (4, 6)).astype("int32")], [rng.randint(0, 2, (4, 1)).astype("float32")]
