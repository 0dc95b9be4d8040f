"""Run the flatbuffer with the TFLite interpreter, its inputs and outputs in the order of their names."""

import tensorflow as tf

GIVES = "functions"


def load(path):
    interpreter = tf.lite.Interpreter(model_path=path)
    inputs = {detail["name"]: detail["index"] for detail in interpreter.get_input_details()}
    outputs = {detail["name"]: detail["index"] for detail in interpreter.get_output_details()}
    names = sorted(inputs)

    def call(**arrays):
        for name in names:
            interpreter.resize_tensor_input(inputs[name], arrays[name].shape)
        interpreter.allocate_tensors()
        for name in names:
            interpreter.set_tensor(inputs[name], arrays[name])
        interpreter.invoke()
        return {name: interpreter.get_tensor(index) for name, index in outputs.items()}

    return {"serving_default": (names, call)}
