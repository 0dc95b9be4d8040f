"""Translate operators on symbolic tensors, which every generation stores as layers of its own kind.

Keras 2 (TFOpLambda, SlicingOpLambda) stores the name of a TensorFlow function, before TensorFlow 2.4 a node of a graph,
Keras 3 a class of ``keras.ops``. Where this Keras does not have the class, a StoredOperation (see ``stand_ins``) calls
the TensorFlow function of the same meaning. What is not in the table stays as it is, and the load fails.
"""

import collections

from probe.recipes.parts.graph_operations import graph_operation

StoredTensor = collections.namedtuple("StoredTensor", "layer call output shape dtype")

# Class of keras.ops and TensorFlow function; Keras and TensorFlow treat integers in two ways in some of the first and
# in reductions (promotion of types, division, means), so that these are for floats alone.
# https://keras.io/api/ops/numpy/ and https://www.tensorflow.org/api_docs/python/tf/math
OPERATIONS = {
    "Abs": "abs",
    "Absolute": "abs",
    "Add": "add",
    "Cos": "cos",
    "Divide": "divide",
    "Exp": "exp",
    "Log": "math.log",
    "Matmul": "matmul",
    "Maximum": "maximum",
    "Minimum": "minimum",
    "Multiply": "multiply",
    "Negative": "negative",
    "Power": "pow",
    "Relu": "nn.relu",
    "Sigmoid": "sigmoid",
    "Sin": "sin",
    "Softplus": "nn.softplus",
    "Sqrt": "sqrt",
    "Square": "square",
    "Subtract": "subtract",
    "Tanh": "tanh",
    "TrueDivide": "truediv",
}
COMPARISONS = {
    "Equal": "equal",
    "Greater": "greater",
    "GreaterEqual": "greater_equal",
    "Less": "less",
    "LessEqual": "less_equal",
    "LogicalAnd": "logical_and",
    "LogicalNot": "logical_not",
    "LogicalOr": "logical_or",
    "NotEqual": "not_equal",
}
REDUCTIONS = {
    "All": "reduce_all",
    "Any": "reduce_any",
    "Max": "reduce_max",
    "Mean": "reduce_mean",
    "Min": "reduce_min",
    "Sum": "reduce_sum",
}
FLOATS = ("float16", "bfloat16", "float32", "float64")


def translate_operation(entry, nodes, running):
    """The entry and its nodes as a StoredOperation; None where it is no operation, or where it is known here."""
    if entry["class_name"] == "TensorFlowOpLayer":
        if not running.modules:  # Keras 2 knows the layer and does not export it
            return None
        function, kwargs = graph_operation(entry, running)
        return stand_in_for(entry, function, [], kwargs, nodes)
    function = operation_name(entry, nodes)
    known = running.find(entry["class_name"], entry.get("module"), None, "layers")
    if function is None or (known is not None and not is_bare_operation(entry, nodes)):
        return None
    return stand_in_for(entry, function, *operation_arguments(entry, nodes), nodes)


def stand_in_for(entry, function, args, kwargs, nodes):
    tensors = [tensors_in(node) for node in nodes]
    said = {"name": entry["name"], "function": function, "args": args, "kwargs": kwargs}
    stand_in = {"class_name": "StoredOperation", "config": said, "name": entry["name"]}
    return stand_in, [([found[0] if len(found) == 1 else found], {}) for found in tensors]


def operation_name(entry, nodes):
    """The TensorFlow function that means the same, or None."""
    name = entry["class_name"]
    if name == "SlicingOpLambda":
        return "getitem"
    if name == "TFOpLambda":
        function = entry["config"]["function"]
        return {"__operators__.add": "add", "__operators__.getitem": "getitem"}.get(function, function)
    if ".ops." not in (entry.get("module") or "") and not is_bare_operation(entry, nodes):
        return None
    known = dict(COMPARISONS, GetItem="getitem", All=REDUCTIONS["All"], Any=REDUCTIONS["Any"])
    if all(tensor.dtype in FLOATS for node in nodes for tensor in tensors_in(node)):
        known.update(OPERATIONS, **REDUCTIONS)
    return known.get(name)


def is_bare_operation(entry, nodes):
    """HDF5 of Keras 3 leaves the module out, so that ``x + 3.0`` looks like the layer Add, which takes one list."""
    return not entry.get("module") and bool(nodes) and all(len(args) > 1 for args, _ in nodes)


def operation_arguments(entry, nodes):
    """Arguments with numbers in the places of tensors; every call has to be of the same form."""
    forms = [number_tensors(node, entry) for node in nodes]
    if not forms or any(form != forms[0] for form in forms):
        raise ValueError("the calls of {} differ in more than their tensors".format(entry["name"]))
    return forms[0]


def number_tensors(node, entry):
    args, kwargs = node
    counter = iter(range(len(tensors_in(node))))
    kwargs = {key: value for key, value in kwargs.items() if not (key == "name" and value is None)}
    if "slice_spec" in kwargs:
        args = [*args, kwargs.pop("slice_spec")]
    if entry["class_name"] in REDUCTIONS:
        kwargs.update({key: entry["config"][key] for key in ("axis", "keepdims") if key in entry["config"]})
    return number_in(args, counter), number_in(kwargs, counter)


def number_in(value, counter):
    if isinstance(value, StoredTensor):
        return {"tensor": next(counter)}
    if isinstance(value, dict):
        if set(value) == {"start", "stop", "step"}:
            return {"slice": [number_in(value[key], counter) for key in ("start", "stop", "step")]}
        if value.get("class_name") == "__slice__":
            return number_in(value["config"], counter)
        if value.get("class_name") == "__ellipsis__":
            return {"ellipsis": True}
        return {key: number_in(item, counter) for key, item in value.items()}
    return [number_in(item, counter) for item in value] if isinstance(value, (list, tuple)) else value


def tensors_in(value):
    """The tensors in the order in which ``number_in`` counts them."""
    if isinstance(value, StoredTensor):
        return [value]
    if isinstance(value, dict):
        ordered = [value[key] for key in ("start", "stop", "step")] if set(value) == {"start", "stop", "step"} else None
        return [tensor for item in ordered or value.values() for tensor in tensors_in(item)]
    return [tensor for item in value for tensor in tensors_in(item)] if isinstance(value, (list, tuple)) else []
