"""Read a frozen graph and make a function of it."""

import tensorflow as tf


def read_graph_def(path):
    graph_def = tf.compat.v1.GraphDef()
    with open(path, "rb") as stream:
        graph_def.ParseFromString(stream.read())
    return graph_def


def as_function(graph_def):
    """The names of the inputs, and a function of them that gives the outputs by name."""
    inputs, outputs = endpoints(graph_def)
    imported = tf.compat.v1.wrap_function(lambda: tf.compat.v1.import_graph_def(graph_def, name=""), [])
    function = imported.prune([name + ":0" for name in inputs], [name + ":0" for name in outputs])

    def call(**arrays):
        answers = function(*[tf.constant(arrays[name]) for name in inputs])
        return dict(zip(outputs, answers))

    return inputs, call


def endpoints(graph_def):
    """A graph does not say what goes in and out: placeholders that are taken, and identities that nothing takes."""
    taken = {name.lstrip("^").split(":")[0] for node in graph_def.node for name in node.input}
    inputs = sorted(node.name for node in graph_def.node if node.op == "Placeholder" and node.name in taken)
    outputs = sorted(node.name for node in graph_def.node if node.op == "Identity" and node.name not in taken)
    return inputs, outputs
