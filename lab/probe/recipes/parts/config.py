"""Translate a stored Keras config into what the Keras that runs here can rebuild, and say what was changed.

Nothing is decided by version: ``running`` (see ``running_keras``) tells how entries are written here, which classes
there are and what they take. An argument that is not known here is left out only where leaving it out means the
same; otherwise it stays, and the load fails as it should.
"""

import re

from probe.recipes.parts.changed_functions import name_stored_functions
from probe.recipes.parts.config_graph import read_graph, write_graph
from probe.recipes.parts.config_names import (
    INDEXING,
    INDEXING_DTYPES,
    OTHER_ARGUMENTS,
    OTHER_NAMES,
    PLAIN_DATA,
    POLICIES,
    UNSAID,
    kind_of_argument,
    says_nothing,
)
from probe.recipes.parts.loss_layers import without_losses
from probe.recipes.parts.old_configs import modernise_config
from probe.recipes.parts.plain_names import without_slashes


def translate_config(config, running):
    """A translated copy of the config of a model, and what was changed in it, in words."""
    changes = []
    named = name_stored_functions(modernise_config(config), running, changes)
    if running.modules:
        named = without_slashes(named)
    translated = translate_value(named, "layers", running, changes)
    return translated, sorted(set(changes))


def translate_value(value, kind, running, changes):
    if isinstance(value, list):
        return [translate_value(item, kind, running, changes) for item in value]
    if not isinstance(value, dict) or value.get("class_name") in PLAIN_DATA:
        return value
    if "class_name" in value and "config" in value:
        return translate_object(value, kind, running, changes)
    return {key: translate_value(item, kind_of_argument(key, kind), running, changes) for key, item in value.items()}


def translate_object(stored, kind, running, changes):
    """A class and its config, wherever it stands: a layer, an initializer, a policy, a function."""
    name = stored["class_name"]
    if name == "Lambda":
        return stored  # Python code in a file is a matter of its own
    if name == "function":
        return translate_function(stored, running)
    if name in POLICIES:
        return translate_policy(stored["config"]["name"], running)
    found = find_under_any_name(stored, kind, running)
    if found is None:
        return stored
    if found.custom and isinstance(stored.get("name"), str) and "name" in found.accepts:
        stored = dict(stored, config=dict({"name": stored["name"]}, **stored["config"]))
    if found.name != name:
        changes.append("class {} is called {} here".format(name, found.name))
    config = translate_arguments(name, stored["config"], found, kind, running, changes)
    return write_object(stored, config, found, running)


def write_object(stored, config, found, running):
    """An entry with all that belongs beside class and config; sizes for building are found anew by the first call."""
    beside = ("name", "inbound_nodes", "shared_object_id") + (("build_config",) if found.custom else ())
    written = {key: stored[key] for key in beside if key in stored}
    written.update({"class_name": found.name.split(">")[-1] if running.modules else found.name, "config": config})
    if running.modules:
        written.update({"module": found.module, "registered_name": found.name if found.custom else None})
    return written


def find_under_any_name(stored, kind, running):
    name, module, registered = stored["class_name"], stored.get("module"), stored.get("registered_name")
    if name == "Model" and "input_layers" in stored["config"]:
        name = running.functional
    found = running.find(name, module, registered, kind)
    for other in (*OTHER_NAMES.get(name, ()), *base_of_network(stored["config"], running)):
        found = found or running.find(other, None, None, kind)
    return found


def base_of_network(config, running):
    """A class of the user whose config is that of a network has at least its layers."""
    if not (isinstance(config, dict) and isinstance(config.get("layers"), list)):
        return ()
    return (running.functional,) if "input_layers" in config else ("Sequential",)


def translate_function(stored, running):
    """A function by its name: Keras 2 stores the name alone, Keras 3 an object around it."""
    if running.modules:
        return stored
    registered = stored.get("registered_name")
    return registered if registered not in (None, "function") else stored["config"]


def policy_name(dtype):
    return dtype["config"].get("name") if isinstance(dtype, dict) and "config" in dtype else dtype


def translate_policy(name, running):
    """A dtype policy by its name; mixed ones are objects for Keras 2, which takes their name only from 2.4 on."""
    if name.startswith("mixed_") and not running.modules:
        return {"class_name": "Policy", "config": {"name": name}}
    return None if name == "_infer" else name


def translate_arguments(name, config, found, kind, running, changes):
    if "layers" in config and isinstance(config["layers"], list) and name != "StackedRNNCells":
        return translate_network(config, running, changes)
    kept = {}
    for stored_key, value in respell(name, config, running).items():
        key = key_here(found, stored_key)
        if key in found.accepts:
            kept[key] = translate_argument(key, value, kind, running, changes)
        elif says_nothing(found.name, key, value):
            changes.append("{}: left out {}={!r}, which is the default".format(found.name, key, value))
        else:
            kept[key] = value
    return complete(found, kept)


def key_here(found, key):
    """The name that an argument has here."""
    for class_name, one, other in OTHER_ARGUMENTS:
        if class_name == found.name and key in (one, other) and key not in found.own:
            here = other if key == one else one
            return here if here in found.own else key
    return key


def translate_argument(key, value, kind, running, changes):
    """A function of the user stands as its name in configs of Keras 2, and as an object in those of Keras 3."""
    if isinstance(value, str) and key != "name" and running.modules and running.is_function(value):
        return {"module": "builtins", "class_name": "function", "config": value, "registered_name": value}
    return translate_value(value, kind_of_argument(key, kind), running, changes)


def respell(name, config, running):
    """Values that are written in two ways."""
    spelled = dict(UNSAID.get(name, {}), **config)
    if name == "InputLayer":
        shape = spelled.pop("batch_input_shape", spelled.pop("batch_shape", None))
        spelled["batch_shape" if running.modules else "batch_input_shape"] = shape
    elif running.modules:
        spelled.pop("batch_input_shape", None)  # the network around says it, see translate_sequential
    if name in INDEXING and policy_name(spelled.get("dtype")) in INDEXING_DTYPES:
        del spelled["dtype"]
    if spelled.get("name", "") is None:
        del spelled["name"]
    if name == "Bidirectional":
        prefixed = ("layer",) if running.modules else ("layer", "backward_layer")
        spelled.update({key: unprefixed(spelled[key]) for key in prefixed if spelled.get(key)})
    if spelled.get("reduction") == "auto":
        del spelled["reduction"]  # the default of Keras 2, and what Keras 3 calls sum_over_batch_size
    if name == "Discretization" and spelled.get("bin_boundaries") is not None:
        spelled.pop("num_bins", None)  # known from the boundaries, and refused beside them
    if name.startswith("BatchNormalization") and isinstance(spelled.get("axis"), list) and len(spelled["axis"]) == 1:
        spelled["axis"] = spelled["axis"][0]
    return spelled


def unprefixed(entry):
    """Bidirectional puts a word before the names of its layers when it is made; Keras 3 stores them with it."""
    name = re.sub("^(forward_|backward_)+", "", entry["config"].get("name", ""))
    return dict(entry, config=dict(entry["config"], name=name)) if name else entry


def complete(found, config):
    """Keras 2 takes the shapes of an attention out of its config without asking whether they are there."""
    if found.name == "MultiHeadAttention" and "query_shape" in found.accepts:
        for key in ("query_shape", "key_shape", "value_shape"):
            config.setdefault(key, None)
    if found.name == "L1L2":
        config = {key: config.get(key, 0.0) for key in ("l1", "l2")}
    return config


def translate_network(config, running, changes):
    """A sequential or functional model, at the top or nested."""
    around = {key: value for key, value in config.items() if key not in ("layers", "input_layers", "output_layers")}
    around = {key: translate_value(value, "layers", running, changes) for key, value in around.items()}
    if "input_layers" not in config:
        return dict(around, layers=translate_sequential(config["layers"], running, changes))
    config, nodes = read_graph(without_losses(config, running, changes), running)
    layers = [translate_value(layer, "layers", running, changes) for layer in config["layers"]]
    return dict(around, **write_graph(config, layers, nodes, running))


def translate_sequential(stored, running, changes):
    """The layers in a row; Keras 3 wants the shape of the input said by an InputLayer of its own."""
    first = stored[0]["config"] if stored else {}
    shape = first.get("batch_input_shape") if isinstance(first, dict) else None
    layers = list(stored)
    if running.modules and shape is not None and stored[0]["class_name"] != "InputLayer":
        changes.append("the shape of the input is said by an InputLayer")
        said = {"batch_shape": shape, "dtype": first.get("dtype") or "float32", "name": first["name"] + "_input"}
        layers.insert(0, {"class_name": "InputLayer", "config": said})
    return [translate_value(layer, "layers", running, changes) for layer in layers]
