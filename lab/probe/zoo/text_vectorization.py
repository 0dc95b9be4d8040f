"""A TextVectorization that was adapted: sentences in, and a vocabulary that is state of the layer."""

import numpy as np

SENTENCES = ["the cell loads the model", "The format, the engine!", "a model of a cell", "the engine stops"]


def build(tf):
    layers = tf.keras.layers
    kind = getattr(layers, "TextVectorization", None) or layers.experimental.preprocessing.TextVectorization
    vectors = kind(max_tokens=16, output_mode="int", output_sequence_length=6, name="vectors")
    vectors.adapt(np.array(SENTENCES)[:, np.newaxis])
    sentence = tf.keras.Input(shape=(1,), dtype="string", name="sentence")
    embedded = layers.Embedding(16, 3, name="embedded")(vectors(sentence))
    pooled = layers.GlobalAveragePooling1D(name="pooled")(embedded)
    return tf.keras.Model(sentence, layers.Dense(1, name="score")(pooled))


def sample(rng):
    sentences = np.array([sentence.encode("utf-8") for sentence in [*SENTENCES, "an unknown word"]])
    return [rng.choice(sentences, (4, 1))], []
