"""A function that XLA compiles as a whole: an attribute that a SavedModel keeps with the function."""

import inspect


def _compiled(tf, **options):
    name = "jit_compile" if "jit_compile" in inspect.signature(tf.function).parameters else "experimental_compile"
    options[name] = True
    return tf.function(**options)


def build(tf):
    class Compiled(tf.Module):
        __module__ = "__main__"

        def __init__(self):
            super().__init__()
            self.weights = tf.Variable(tf.random.uniform((3, 2)), name="weights")

        @_compiled(tf, input_signature=[tf.TensorSpec([None, 3], tf.float32, name="x")])
        def project(self, x):
            return {"projected": tf.tanh(tf.matmul(x, self.weights)) * 2.0}

    return Compiled()


def sample(rng):
    return [rng.rand(4, 3).astype("float32")], []


def signatures(module):
    return {"serving_default": module.project}
