"""Stateless and stateful random operators and a generator: only what has no state enters the answer."""


def build(tf):
    generators = tf.random if hasattr(tf.random, "Generator") else tf.random.experimental

    class Noisy(tf.Module):
        __module__ = "__main__"

        def __init__(self):
            super().__init__()
            self.slope = tf.Variable(tf.random.uniform((3,)), name="slope")
            self.generator = generators.Generator.from_seed(5)
            self.drawn = tf.Variable(tf.zeros((3,)), trainable=False, name="drawn")

        @tf.function(input_signature=[tf.TensorSpec([None, 3], tf.float32, name="x")])
        def perturb(self, x):
            self.drawn.assign(tf.random.uniform((3,)) + self.generator.normal((3,)))
            noise = tf.random.stateless_uniform((3,), seed=[1, 2]) + tf.random.stateless_normal((3,), seed=[3, 4])
            return {"perturbed": (x + noise) * self.slope}

    return Noisy()


def sample(rng):
    return [rng.rand(4, 3).astype("float32")], []


def signatures(module):
    return {"serving_default": module.perturb}
