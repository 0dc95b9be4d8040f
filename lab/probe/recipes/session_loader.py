"""Load the SavedModel into a session of TensorFlow 1: its graph and variables, none of its objects."""

import tensorflow as tf

GIVES = "functions"


def load(path):
    graph = tf.Graph()
    with graph.as_default():
        session = tf.compat.v1.Session(graph=graph)
        loaded = tf.compat.v1.saved_model.load(session, ["serve"], path)
    signatures = dict(loaded.signature_def)
    return {name: as_function(session, signature) for name, signature in signatures.items() if signature.outputs}


def as_function(session, signature):
    """The names of the inputs, and a function of them that gives the outputs by name."""
    fetched = {name: tensor.name for name, tensor in signature.outputs.items()}
    fed = {name: tensor.name for name, tensor in signature.inputs.items()}

    def call(**arrays):
        return session.run(fetched, {fed[name]: arrays[name] for name in fed})

    return sorted(fed), call
