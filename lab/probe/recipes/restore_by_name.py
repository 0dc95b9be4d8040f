"""Build the model from code and restore its variables by their names, with the saver of TensorFlow 1."""

import tensorflow as tf

GIVES = "model"


def load(path, build_model):
    model = build_model()
    named = {}
    for weight in model.weights:
        wrapped = hasattr(weight, "path")  # a variable of Keras 3: its tf.Variable is within
        name = weight.path if wrapped else weight.name.split(":")[0]
        if name in named:
            raise ValueError("two variables are called {}".format(name))
        named[name] = weight.value if wrapped else weight
    tf.compat.v1.train.Saver(named).restore(None, path)
    return model
