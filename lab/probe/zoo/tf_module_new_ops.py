"""The newest operators that the producer has: an older consumer does not know them."""

# Operators that run on any CPU and came after TensorFlow 2.0, with the release that brought each. They are called
# directly: a function of the API above may be older than the operator, and choose another one.
NEWER = {
    "Erfinv": "2.1",
    "Spence": "2.2",
    "BesselI0": "2.3",
    "BatchMatMulV3": "2.6",
    "RaggedFillEmptyRows": "2.13",
    "Conv": "2.14",
}


def _answer(operator, name, tf, x):
    if name == "BatchMatMulV3":
        return operator(x=x, y=tf.transpose(x), Tout=tf.float32)
    if name == "Conv":
        return operator(input=x[:, :, None, None], filter=tf.ones([1, 1, 1, 1]), strides=[1, 1, 1, 1], padding="VALID")
    if name == "RaggedFillEmptyRows":
        rows, count = tf.constant([0, 2], tf.int64), tf.constant(3, tf.int64)
        return operator(value_rowids=rows, values=x[0, :2], nrows=count, default_value=0.0).output_values
    return operator(x=x)


def build(tf):
    available = [(getattr(tf.raw_ops, name), name) for name in sorted(NEWER) if hasattr(tf.raw_ops, name)]

    class Newest(tf.Module):
        __module__ = "__main__"

        def __init__(self):
            super().__init__()
            self.slope = tf.Variable(tf.random.uniform((3,)), name="slope")

        @tf.function(input_signature=[tf.TensorSpec([None, 3], tf.float32, name="x")])
        def use(self, x):
            x = x * self.slope
            return {"total": x + sum(tf.reduce_sum(_answer(operator, name, tf, x)) for operator, name in available)}

    return Newest()


def sample(rng):
    return [rng.rand(4, 3).astype("float32") * 0.9], []


def signatures(module):
    return {"serving_default": module.use}
