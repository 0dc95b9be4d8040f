"""Import a copy of the frozen graph without attributes that operations do not have here and that say nothing."""

import tensorflow as tf
from tensorflow.python.framework import op_def_registry

from probe.recipes.parts.frozen_graph import as_function, read_graph_def

GIVES = "functions"

# What newer versions write although it is the default, where the default is not empty, false or zero; None: any value
# is as good as none. From the definitions of the operations in TensorFlow 2.21.
DEFAULTS = {
    ("FusedBatchNormV3", "exponential_avg_factor"): 1.0,
    ("TopKV2", "index_type"): tf.int32.as_datatype_enum,
    ("VarHandleOp", "debug_name"): None,
}


def load(path):
    graph_def = read_graph_def(path)
    for node in all_nodes(graph_def):
        drop_unknown(node)
    return {"serving_default": as_function(graph_def)}


def all_nodes(graph_def):
    yield from graph_def.node
    for function in graph_def.library.function:
        yield from function.node_def


def drop_unknown(node):
    """Leave out what this version has no word for; where it would change the answer, leave it, and the import fails."""
    definition = definition_of(node.op)
    if definition is None:
        return
    known = {attribute.name for attribute in definition.attr}
    for name in [name for name in node.attr if name not in known and not name.startswith("_")]:
        if says_nothing(node.op, name, node.attr[name]):
            del node.attr[name]


def definition_of(operation):
    """What this version knows of an operation; TensorFlow 2.0 keeps its definitions in one table."""
    if hasattr(op_def_registry, "get"):
        return op_def_registry.get(operation)
    return op_def_registry.get_registered_ops().get(operation)


def says_nothing(operation, name, value):
    kind = value.WhichOneof("value")
    said = getattr(value, kind) if kind else None
    if (operation, name) in DEFAULTS:
        return DEFAULTS[operation, name] in (None, said)
    return said.ByteSize() == 0 if kind == "list" else not said if kind in ("s", "b", "i", "f") else False
