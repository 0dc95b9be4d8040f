"""An input that is declared ragged: a key of InputLayer that TensorFlow 2.1 brought, and Keras 3.0 to 3.8 refuse.

It is asked with rows of one length, which it takes as well.
"""


def build(tf):
    layers = tf.keras.layers
    tokens = tf.keras.Input(shape=(None,), dtype="int32", ragged=True, name="tokens")
    embedded = layers.Embedding(12, 3, name="embedded")(tokens)
    read = layers.LSTM(4, name="reader")(embedded)
    return tf.keras.Model(tokens, layers.Dense(1, name="score")(read))


def sample(rng):
    return [rng.randint(0, 12, (4, 5)).astype("int32")], []
