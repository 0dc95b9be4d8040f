"""Operators placed on /GPU:0 by the user, saved with that place in the graph, and run where there is no GPU."""


def build(tf):
    class Placed(tf.Module):
        __module__ = "__main__"

        def __init__(self):
            super().__init__()
            self.weights = tf.Variable(tf.random.uniform((3, 2)), name="weights")

        @tf.function(input_signature=[tf.TensorSpec([None, 3], tf.float32, name="x")])
        def project(self, x):
            with tf.device("/GPU:0"):
                projected = tf.matmul(x, self.weights)
            with tf.device("/CPU:0"):
                return {"projected": tf.nn.relu(projected - 0.1)}

    return Placed()


def sample(rng):
    return [rng.rand(4, 3).astype("float32")], []


def signatures(module):
    return {"serving_default": module.project}
