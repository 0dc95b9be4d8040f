"""Translate how the layers of a functional model are connected.

Keras 2 lists the tensors of the first argument, each with the other arguments behind it; Keras 3 writes arguments and
keyword arguments with tensors in them. A tensor is a layer, the number of a call of it, and the number of an output.
Keras 2 counts the calls of a nested model from 1 (its own making is call 0), Keras 3 from 0, but from 1 in the list of
outputs.
"""

from probe.recipes.parts.operations import StoredTensor, tensors_in, translate_operation

CONSTANT = "_CONSTANT_VALUE"
RECURRENT = ("RNN", "SimpleRNN", "GRU", "LSTM", "ConvLSTM2D", "Bidirectional", "CuDNNGRU", "CuDNNLSTM")


def read_graph(config, running):
    """The config with operations that are not known here replaced, and the nodes of every layer by its name."""
    entries = {layer["name"]: layer for layer in config["layers"]}
    offsets = stored_offsets(config)
    layers, nodes = [], {}
    for name, entry in entries.items():
        read = [read_node(node, entries, offsets) for node in entry["inbound_nodes"]]
        if entry["class_name"] == "TFOpLambda" and not all(tensors_in(node) for node in read):
            raise ValueError("the inputs of {} are not in the file".format(name))
        layer, nodes[name] = translate_operation(entry, read, running) or (entry, read)
        layers.append(dict(layer, inbound_nodes=entry["inbound_nodes"]))  # nested models are counted by them
    return dict(config, layers=layers), nodes


def write_graph(config, layers, nodes, running):
    """The layers with their nodes, and the inputs and outputs; ``layers`` are translated but for their nodes."""
    entries, offsets, written = {layer["name"]: layer for layer in config["layers"]}, stored_offsets(config), []
    for layer in layers:
        name = layer["name"]
        given = [without_training(node, entries[name], running) for node in nodes[name]]
        given = [with_states_apart(node, entries[name], running) for node in given]
        call = call_names(entries[name], running)
        written.append(dict(layer, inbound_nodes=[write_node(node, call, entries, running) for node in given]))
    ends = {key: translate_ends(config[key], entries, offsets, running) for key in ("input_layers", "output_layers")}
    return dict(ends, layers=written)


def without_training(node, entry, running):
    """Keras 3 stores ``training=False`` of layers that have it as their default; for Keras 2 it would forbid dropout.

    The idiom of freezing statistics says it of whole models and of batch normalization: there it stays.
    """
    args, kwargs = node
    frozen = is_network(entry) or entry["class_name"].startswith("BatchNormalization")
    if running.modules or frozen or kwargs.get("training") is not False:
        return node
    return args, {key: value for key, value in kwargs.items() if key != "training"}


def with_states_apart(node, entry, running):
    """Keras 2 lists the initial states of a recurrent layer behind its input, Keras 3 takes them by their name."""
    args, kwargs = node
    first = args[0] if args else None
    if not (running.modules and entry["class_name"] in RECURRENT and isinstance(first, list) and len(first) > 1):
        return node
    if entry["config"].get("num_constants"):
        return node
    return [first[0]], dict(kwargs, initial_state=first[1:])


def is_network(entry):
    return isinstance(entry["config"], dict) and isinstance(entry["config"].get("layers"), list)


def is_functional(entry):
    return is_network(entry) and "input_layers" in entry["config"]


def call_names(entry, running):
    found = running.find(entry["class_name"], entry.get("module"), entry.get("registered_name"), "layers")
    return found.call if found else []


# --- reading either way ---


def stored_offsets(config):
    return {entry["name"]: stored_offset(entry["name"], config) for entry in config["layers"] if is_network(entry)}


def stored_offset(name, config):
    """The number of the first call of a nested model in the lists of tensors: what is used tells, where it can."""
    entry = next(layer for layer in config["layers"] if layer["name"] == name)
    used = {leaf[1] for leaf in stored_leaves(config) if leaf[0] == name}
    if 0 in used:
        return 0
    if isinstance(next(iter(entry["inbound_nodes"]), None), dict):
        return 1 if is_functional(entry) else 0
    return 1 if len(entry["inbound_nodes"]) in used else network_offset(entry)


def stored_leaves(config):
    yield from leaves_in(config["input_layers"])
    yield from leaves_in(config["output_layers"])
    for layer in config["layers"]:
        for node in layer["inbound_nodes"]:
            if isinstance(node, list):
                yield from leaves_in(node)


def leaves_in(value):
    if is_leaf(value):
        yield value
        value = list(value[3].values()) if len(value) > 3 else []
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from leaves_in(item)


def is_leaf(value):
    """One tensor in a list of Keras 2: layer, call, output, and perhaps keyword arguments."""
    return (
        isinstance(value, list)
        and len(value) in (3, 4)
        and isinstance(value[0], str)
        and type(value[1]) is int
        and (type(value[2]) is int or value[0] == CONSTANT)
        and (len(value) == 3 or isinstance(value[3], dict))
    )


def read_node(node, entries, offsets):
    """Arguments and keyword arguments of one call, with ``StoredTensor`` in them."""
    if isinstance(node, dict) and "args" in node and "kwargs" in node:
        return read_objects(node["args"]), read_objects(node["kwargs"])
    first = next(leaves_in(node))
    given = first[3] if len(first) > 3 else {}
    kwargs = {key: read_lists(value, entries, offsets) for key, value in given.items()}
    only = isinstance(node, list) and len(node) == 1 and is_leaf(node[0])
    return [read_lists(node[0] if only else node, entries, offsets)], kwargs


def read_lists(value, entries, offsets):
    if is_leaf(value) and value[0] == CONSTANT:
        return value[2]
    if is_leaf(value) and value[0] in entries:
        return StoredTensor(value[0], value[1] - offsets.get(value[0], 0), value[2], None, None)
    if isinstance(value, dict):
        return {key: read_lists(item, entries, offsets) for key, item in value.items()}
    return [read_lists(item, entries, offsets) for item in value] if isinstance(value, list) else value


def read_objects(value):
    if isinstance(value, dict) and value.get("class_name") == "__keras_tensor__":
        layer, call, output = value["config"]["keras_history"]
        return StoredTensor(layer, call, output, value["config"].get("shape"), value["config"].get("dtype"))
    if isinstance(value, dict):
        return {key: read_objects(item) for key, item in value.items()}
    return [read_objects(item) for item in value] if isinstance(value, list) else value


# --- writing for the Keras here ---


def write_node(node, call, entries, running):
    args, kwargs = node
    if running.modules:
        return {"args": write_objects(args), "kwargs": write_objects(kwargs)}
    if len(args) > max(1, len(call)) or not (args or call):
        raise ValueError("cannot tell the names of these arguments of a call: {!r}".format(node))
    named = dict(zip(call, args) if call else (), **kwargs)
    first = args[0] if args else named[call[0]]
    others = {key: value for key, value in named.items() if [key] != call[:1] and value is not None}
    return write_first(first, write_lists(others, entries), entries)


def write_first(value, kwargs, entries):
    """The first argument as Keras 2 lists it: always within a list, every tensor with the keyword arguments."""
    written = write_lists(value, entries, kwargs)
    return [written] if is_leaf(written) else written


def write_lists(value, entries, kwargs=None):
    """Tensors as lists; within the first argument what is no tensor is marked as a constant."""
    if isinstance(value, StoredTensor):
        leaf = [value.layer, value.call + network_offset(entries[value.layer]), value.output]
        return leaf if kwargs is None else [*leaf, kwargs]
    if isinstance(value, dict) and "class_name" not in value:
        return {key: write_lists(item, entries, kwargs) for key, item in value.items()}
    if isinstance(value, list):
        return [write_lists(item, entries, kwargs) for item in value]
    return value if kwargs is None else [CONSTANT, -1, value, kwargs]


def network_offset(entry):
    """Keras 2 starts nested models with a call of their own where they know their input."""
    if not is_network(entry):
        return 0
    layers = entry["config"]["layers"]
    known = layers and ("batch_input_shape" in layers[0]["config"] or "batch_shape" in layers[0]["config"])
    return 1 if is_functional(entry) or known else 0


def write_objects(value):
    if isinstance(value, StoredTensor):
        said = {"shape": value.shape or [None], "dtype": value.dtype or "float32"}  # not read: the history is
        said["keras_history"] = [value.layer, value.call, value.output]
        return {"class_name": "__keras_tensor__", "config": said}
    if isinstance(value, dict):
        return {key: write_objects(item) for key, item in value.items()}
    return [write_objects(item) for item in value] if isinstance(value, list) else value


# --- inputs and outputs ---


def translate_ends(ends, entries, offsets, running):
    """A single one is a list in a list for every Keras but the newest."""
    counted = renumber_ends(ends, entries, offsets, running)
    if is_leaf(counted):
        return counted if running.flat else [counted]
    if isinstance(counted, list) and len(counted) == 1 and is_leaf(counted[0]) and running.flat:
        return counted[0]
    return counted


def renumber_ends(ends, entries, offsets, running):
    if is_leaf(ends):
        layer, call, output = ends
        return [layer, call - offsets.get(layer, 0) + end_offset(entries[layer], running), output]
    if isinstance(ends, dict):
        return {key: renumber_ends(item, entries, offsets, running) for key, item in ends.items()}
    return [renumber_ends(item, entries, offsets, running) for item in ends]


def end_offset(entry, running):
    if not running.modules:
        return network_offset(entry)
    return running.nested_outputs_from() if is_functional(entry) else 0
