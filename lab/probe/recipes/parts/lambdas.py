"""Give the Lambda layers of a translated config functions of their own: rebuilt from the bytecode that they hold.

Keras 2 stores any function of a Lambda layer as marshalled bytecode, Keras 3 only an anonymous one, and bytecode runs
in the Python that wrote it and in no other. What it does is written as source here, and that is compiled.
"""

import inspect

import tensorflow as tf

from probe.recipes.parts.config import policy_name, translate_policy
from probe.recipes.parts.rebuilt_functions import rebuild_function

ROLES = ("function", "output_shape", "mask")


def rebuild_lambdas(config, running, known):
    """A copy of the config in which each Lambda names its functions, and all that is known with these functions."""
    made = {}
    rebuilt = lambdas_rebuilt(config, running, known, made)
    return rebuilt, dict(without_names_of_layers(known, config), **made)


def without_names_of_layers(known, config):
    """Keras 2 takes any text in a config for a function that is known by it, the name of a layer too."""
    layers = set(names_of_lambdas(config))
    return {name: value for name, value in known.items() if not (name in layers and inspect.isfunction(value))}


def names_of_lambdas(value):
    if isinstance(value, dict) and value.get("class_name") == "Lambda":
        return [value["config"]["name"]]
    items = value if isinstance(value, list) else value.values() if isinstance(value, dict) else ()
    return [name for item in items for name in names_of_lambdas(item)]


def lambdas_rebuilt(value, running, known, made):
    if isinstance(value, list):
        return [lambdas_rebuilt(item, running, known, made) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("class_name") == "Lambda":
        return lambda_rebuilt(value, running, known, made)
    return {key: lambdas_rebuilt(item, running, known, made) for key, item in value.items()}


def lambda_rebuilt(stored, running, known, made):
    config = stored["config"]
    kept = ("name", "trainable") if running.modules else ("name", "trainable", "batch_input_shape")
    written = {key: config[key] for key in kept if key in config}
    written["dtype"] = translate_policy(policy_name(config.get("dtype") or "float32"), running)
    written["arguments"] = config.get("arguments") or {}
    for role in ROLES:
        found = read_role(config.get(role), config.get(role + "_type"), known)
        if callable(found) or isinstance(found, str):
            written.update(write_name(role, name_function(found, role, config["name"], made), running))
        else:
            written.update(write_data(role, found, running))
    beside = {key: stored[key] for key in ("name", "inbound_nodes") if key in stored}
    if running.modules or has_two_readers():
        beside.update({"module": "keras.layers", "registered_name": None})
    return dict(beside, class_name="Lambda", config=written)


def has_two_readers():
    """Keras 2.12 to 2.15 reads an entry of a Sequential model as Keras 3 does where it names its module.

    Where it does not, the older reader puts the function in the place of its name, and the layer asks it for a name.
    """
    return "use_legacy_format" in inspect.signature(tf.keras.layers.deserialize).parameters


def read_role(stored, kind, known):
    """What a layer has in a role: a function, data, or the name of a function that is not known."""
    if isinstance(stored, dict) and stored.get("class_name") == "function":
        registered = stored.get("registered_name")
        stored = registered if registered not in (None, "function") else stored["config"]
        return known.get(stored, stored)
    if isinstance(stored, dict) and stored.get("class_name") == "__lambda__":
        stored = stored["config"]
    if isinstance(stored, dict) and stored.get("class_name") == "__tuple__":
        stored = stored.get("items", stored["config"])
    if isinstance(stored, dict) and "code" in stored:
        stored = [stored["code"], stored.get("defaults"), stored.get("closure")]
    if is_bytecode(stored, kind):
        text, defaults, closure = [stored, None, None] if isinstance(stored, str) else stored
        return rebuild_function(text, defaults, closure, known)
    return known.get(stored, stored) if isinstance(stored, str) else stored


def is_bytecode(stored, kind):
    if isinstance(stored, str):
        return kind == "lambda"
    return isinstance(stored, (list, tuple)) and len(stored) == 3 and isinstance(stored[0], str)


def name_function(found, role, layer, made):
    """The name by which a config can hold the function; one that is not known keeps the name that it has."""
    if isinstance(found, str):
        return found
    name = "{}_of_{}".format(role, layer.replace("/", "_"))
    while name in made:
        name += "_"
    made[name] = found
    return name


def write_name(role, name, running):
    if running.modules:
        return {role: {"module": "builtins", "class_name": "function", "config": name, "registered_name": name}}
    if role == "mask":
        return {role: name}
    return {role: name, role + "_type": "function"}


def write_data(role, data, running):
    """A shape that is stored, or nothing."""
    if role == "mask":
        return {}
    return {role: data} if running.modules else {role: data, role + "_type": "raw"}
