"""A signature of the one shape [4, 28, 28, 1]: another rank is refused, another batch is taken all the same."""


def build(tf):
    class FixedImage(tf.Module):
        __module__ = "__main__"

        def __init__(self):
            super().__init__()
            self.kernel = tf.Variable(tf.random.normal((5, 5, 1, 2), stddev=0.3), name="kernel")
            self.weights = tf.Variable(tf.random.normal((2, 10), stddev=0.3), name="weights")

        @tf.function(input_signature=[tf.TensorSpec([4, 28, 28, 1], tf.float32, name="image")])
        def classify(self, image):
            found = tf.nn.relu(tf.nn.conv2d(image, self.kernel, strides=3, padding="VALID"))
            return {"digit": tf.matmul(tf.reduce_mean(found, axis=[1, 2]), self.weights)}

    return FixedImage()


def sample(rng):
    return [rng.rand(4, 28, 28, 1).astype("float32")], []


def signatures(module):
    return {"serving_default": module.classify}
