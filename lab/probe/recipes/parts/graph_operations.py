"""Translate operators on symbolic tensors as TensorFlow 2.0 to 2.3 stores them: as nodes of a graph.

A TensorFlowOpLayer holds the node in JSON (its operation and attributes) and those of its inputs that are constants.
The same operation is a function of ``tf.raw_ops``, whose arguments are the inputs in their order and the attributes.
https://www.tensorflow.org/api_docs/python/tf/raw_ops
"""

import base64
import json

FLOATING = {"DT_HALF": "float16", "DT_BFLOAT16": "bfloat16", "DT_FLOAT": "float32", "DT_DOUBLE": "float64"}
WHOLE = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "bool", "string")
DTYPES = dict({"DT_" + name.upper(): name for name in WHOLE}, **FLOATING)
RENAMED = {"squeeze_dims": "axis"}  # attributes that the function calls otherwise


def graph_operation(entry, running):
    """The name of the function below ``tf``, and its arguments with numbers in the places of tensors."""
    config = entry["config"]
    node = json.loads(config["node_def"]) if isinstance(config["node_def"], str) else config["node_def"]
    names = running.raw_arguments(node["op"])
    if names is None:
        raise ValueError("TensorFlow has no operation {}, which {} stores".format(node["op"], entry["name"]))
    attributes = dict(node.get("attr", {}))
    inputs = stored_inputs(node, config.get("constants") or {}, attributes)
    if "N" in attributes:  # so many tensors are a list, which comes first
        count = read_attribute(attributes["N"])
        inputs = [inputs[:count], *inputs[count:]]
    given = dict(zip(names, inputs))
    for key, value in attributes.items():
        name = RENAMED.get(key, key)
        if name in names and name not in given:
            given[name] = read_attribute(value)
    return "raw_ops." + node["op"], given


def stored_inputs(node, constants, attributes):
    """What stands in the place of each input: a constant, or the number of a tensor."""
    data = [name for name in node["input"] if not name.startswith("^")]
    tensors = iter(range(len(data)))
    dtype = FLOATING.get(attributes.get("T", {}).get("type"))
    return [
        as_constant(constants[str(place)], dtype) if str(place) in constants else {"tensor": next(tensors)}
        for place in range(len(data))
    ]


def as_constant(value, dtype):
    """JSON does not say whether a number has half precision; whole numbers are axes and shapes."""
    return {"constant": value, "dtype": dtype} if dtype and has_fraction(value) else value


def has_fraction(value):
    return any(has_fraction(item) for item in value) if isinstance(value, list) else isinstance(value, float)


def read_attribute(value):
    """The value of an attribute of a node, as the JSON of protobuf writes it."""
    ((kind, stored),) = value.items()
    if kind == "list":
        return [read_attribute({kind: item}) for kind, items in stored.items() for item in items]
    if kind == "type":
        return DTYPES[stored]
    if kind == "shape":
        return [int(axis["size"]) for axis in stored.get("dim", [])]
    if kind == "s":
        return base64.b64decode(stored).decode("utf-8")
    return int(stored) if kind == "i" else stored
