"""Copy a SavedModel without what only saving and training need, which is what other versions stumble over most.

Slots of optimizers: TensorFlow 2.6 to 2.10 and 2.16 on have no class for the optimizer that they hang on
(https://github.com/tensorflow/tensorflow/issues/56997). Functions that nothing but the saver calls: they hold
operations that older versions do not have, such as DisableCopyOnRead, in all that TensorFlow 2.10 and later save
(https://github.com/tensorflow/tensorflow/issues/62229). What the model computes is left as it is.
"""

import os
import shutil
import tempfile

from tensorflow.core.protobuf import saved_model_pb2


def trim_copy(path):
    """The folder of the copy; it has to stay as long as the model is used, for files of assets are read from it."""
    copy = os.path.join(tempfile.mkdtemp(), "trimmed")
    shutil.copytree(path, copy, ignore=shutil.ignore_patterns("saved_model.pb", "fingerprint.pb"))
    saved_model = saved_model_pb2.SavedModel()
    with open(os.path.join(path, "saved_model.pb"), "rb") as stream:
        saved_model.ParseFromString(stream.read())
    for meta_graph in saved_model.meta_graphs:
        trim(meta_graph)
    with open(os.path.join(copy, "saved_model.pb"), "wb") as stream:
        stream.write(saved_model.SerializeToString())
    return copy


def trim(meta_graph):
    """Leave the functions and the constants that the objects refer to; the graph around them is for sessions only."""
    objects, graph = meta_graph.object_graph_def, meta_graph.graph_def
    for node in objects.nodes:
        del node.slot_variables[:]
    needed = functions_below(objects.concrete_functions, graph.library)
    keep(graph.library.function, lambda function: function.signature.name in needed)
    keep(graph.library.gradient, lambda gradient: gradient.function_name in needed)
    constants = {node.constant.operation for node in objects.nodes if node.WhichOneof("kind") == "constant"}
    keep(graph.node, lambda node: node.name in constants)


def functions_below(names, library):
    """These functions and all that they call."""
    bodies = {function.signature.name: function for function in library.function}
    derivatives = {gradient.function_name: gradient.gradient_func for gradient in library.gradient}
    found, left = set(), list(names)
    while left:
        name = left.pop()
        if name in found or name not in bodies:
            continue
        found.add(name)
        left.append(derivatives.get(name))
        for node in bodies[name].node_def:
            left.append(node.op)
            for value in node.attr.values():
                left.extend(function.name for function in [value.func, *value.list.func])
    return found


def keep(repeated, wanted):
    kept = [item for item in repeated if wanted(item)]
    del repeated[:]
    repeated.extend(kept)
