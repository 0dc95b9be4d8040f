"""A while loop, a condition and a TensorArray: functions within functions, in the operators of version 2."""


def build(tf):
    class Recurrence(tf.Module):
        __module__ = "__main__"

        def __init__(self):
            super().__init__()
            self.decay = tf.Variable(tf.random.uniform((3,)), name="decay")

        @tf.function(input_signature=[tf.TensorSpec([None, None, 3], tf.float32, name="series")])
        def run(self, series):
            steps = tf.shape(series)[1]

            def more(step, state, states):
                return step < steps

            def advance(step, state, states):
                state = state * self.decay + series[:, step]
                state = tf.cond(tf.reduce_mean(state) > 1.0, lambda: state / 2.0, lambda: state)
                return step + 1, state, states.write(step, state)

            states = tf.TensorArray(tf.float32, size=steps)
            begin = (tf.constant(0), tf.zeros_like(series[:, 0]), states)
            _, last, states = tf.while_loop(more, advance, begin)
            return {"last": last, "states": tf.transpose(states.stack(), [1, 0, 2])}

    return Recurrence()


def sample(rng):
    return [rng.rand(4, 6, 3).astype("float32")], []


def signatures(module):
    return {"serving_default": module.run}
