"""A ``tf.Module`` with two signatures and no Keras at all: SavedModel and Checkpoint by themselves."""


def build(tf):
    class Affine(tf.Module):
        __module__ = "__main__"

        def __init__(self):
            super().__init__()
            self.slope = tf.Variable(tf.random.uniform((3,)), name="slope")
            self.offset = tf.Variable(tf.random.uniform((3,)), name="offset")

        @tf.function(input_signature=[tf.TensorSpec([None, 3], tf.float32, name="x")])
        def scale(self, x):
            return {"scaled": x * self.slope}

        @tf.function(input_signature=[tf.TensorSpec([None, 3], tf.float32, name="x")])
        def shift(self, x):
            return {"shifted": x + self.offset}

    return Affine()


def sample(rng):
    return [rng.rand(4, 3).astype("float32")], []


def signatures(module):
    return {"scale": module.scale, "shift": module.shift}
