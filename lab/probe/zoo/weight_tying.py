"""One variable in two layers: the projection of a language model uses the table of its embedding."""


def _objects(tf):
    class TiedProjection(tf.keras.layers.Layer):
        __module__ = "__main__"

        def __init__(self, embedding, **options):
            super().__init__(**options)
            self.embedding = embedding

        def build(self, input_shape):
            self.kernel = self.embedding.embeddings
            self.bias = self.add_weight(
                name="bias", shape=(self.embedding.input_dim,), initializer="zeros", trainable=True
            )
            super().build(input_shape)

        def call(self, inputs):
            return tf.matmul(inputs, self.kernel, transpose_b=True) + self.bias

    class TiedModel(tf.keras.Model):
        __module__ = "__main__"

        def __init__(self, words, width, **options):
            super().__init__(**options)
            self.words = words
            self.width = width
            self.embedded = tf.keras.layers.Embedding(words, width, name="embedded")
            self.mixed = tf.keras.layers.Dense(width, activation="tanh", name="mixed")
            self.projected = TiedProjection(self.embedded, name="projected")

        def call(self, inputs):
            return self.projected(self.mixed(tf.reduce_mean(self.embedded(inputs), axis=1)))

        def get_config(self):
            return {"words": self.words, "width": self.width, "name": self.name}

        @classmethod
        def from_config(cls, config):
            return cls(**config)

    return TiedProjection, TiedModel


def build(tf):
    _, tied_model = _objects(tf)
    model = tied_model(7, 3, name="tied")
    model.compile(optimizer="adam", loss="mse")
    return model


def sample(rng):
    return [rng.randint(0, 7, (6, 4)).astype("int32")], [rng.rand(6, 7).astype("float32")]


def custom_objects(tf):
    tied_projection, tied_model = _objects(tf)
    return {"TiedProjection": tied_projection, "TiedModel": tied_model}
