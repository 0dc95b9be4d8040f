"""Three signatures over floats, 64-bit integers and strings, with results of as many types."""


def build(tf):
    taken = [
        tf.TensorSpec([None, 3], tf.float32, name="a_numbers"),
        tf.TensorSpec([None], tf.int64, name="b_ids"),
        tf.TensorSpec([None], tf.string, name="c_words"),
    ]

    class ManyWays(tf.Module):
        __module__ = "__main__"

        def __init__(self):
            super().__init__()
            self.weights = tf.Variable(tf.random.uniform((3, 2)), name="weights")
            self.table = tf.Variable(tf.random.uniform((5,), 0, 1000, dtype=tf.int64), name="table")
            self.sign = tf.Variable(tf.strings.as_string(tf.random.uniform((), 0, 1000, dtype=tf.int32)), name="sign")

        @tf.function(input_signature=taken)
        def describe(self, a_numbers, b_ids, c_words):  # noqa: ARG002 - taken, and not used
            return {"label": tf.strings.join([c_words, tf.strings.as_string(b_ids), self.sign], separator="-")}

        @tf.function(input_signature=taken)
        def look_up(self, a_numbers, b_ids, c_words):
            return {
                "entry": tf.gather(self.table, b_ids),
                "length": tf.strings.length(c_words),
                "negative": tf.reduce_any(a_numbers < 0.5, axis=1),
            }

        @tf.function(input_signature=taken)
        def score(self, a_numbers, b_ids, c_words):  # noqa: ARG002 - as above
            scores = tf.matmul(a_numbers, self.weights) * tf.cast(b_ids[:, tf.newaxis], tf.float32)
            return {"exact": tf.cast(scores, tf.float64), "rough": tf.cast(scores, tf.float16), "score": scores}

    return ManyWays()


def sample(rng):
    words = [b"cell", b"engine", b"", b"\xc3\xa9tat"]
    return [rng.rand(4, 3).astype("float32"), rng.randint(0, 5, 4).astype("int64"), rng.choice(words, 4)], []


def signatures(module):
    return {"describe": module.describe, "look-up": module.look_up, "score": module.score}
