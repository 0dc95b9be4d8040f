"""Run the flatbuffer by the signature that it was converted with, its inputs and outputs by name."""

import tensorflow as tf

GIVES = "functions"


def load(path):
    interpreter = tf.lite.Interpreter(model_path=path)
    signatures = interpreter.get_signature_list()
    return {
        name: (sorted(names["inputs"]), interpreter.get_signature_runner(name)) for name, names in signatures.items()
    }
