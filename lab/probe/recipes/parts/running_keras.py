"""Ask the Keras that runs here how it writes a config, which classes it has and which arguments they take.

Nothing is read from a version: a small model is built and its config looked at, classes are found by name, and
arguments are read from the signatures.
"""

import collections
import importlib
import inspect

import tensorflow as tf

# ``modules``: entries name the module of their class (Keras 3). ``flat``: a single input or output is not wrapped in
# a list. ``functional``: how the class of a functional model is called. ``find``: a class by name, or None.
# ``is_function``: whether a name is that of a function of the user. ``nested_outputs_from``: the number of the first
# call of a nested model, where it is an output of the outer one. ``raw_arguments``: those of an operation of TensorFlow
# by its name, or None.
RunningKeras = collections.namedtuple(
    "RunningKeras", "modules flat functional find is_function nested_outputs_from raw_arguments"
)

# ``accepts``: names of the arguments of ``__init__``, those that it hands on included. ``own``: without them.
# ``call``: names of the arguments of a call. ``itself``: the class.
KnownClass = collections.namedtuple("KnownClass", "name module custom accepts own call itself")

CLASS_KINDS = ("layers", "initializers", "regularizers", "constraints", "losses", "metrics", "optimizers")
OTHER_PLACES = ("models", "optimizers.schedules", "layers.experimental.preprocessing")


def ask_running_keras(custom_objects):
    probe = smallest_model()
    config = probe.get_config()
    modules = isinstance(config["layers"][-1]["inbound_nodes"][0], dict)
    return RunningKeras(
        modules=modules,
        flat=isinstance(config["output_layers"][0], str),
        functional=type(probe).__name__,
        find=lambda name, module, registered, kind: find_class(name, module, registered, kind, custom_objects, modules),
        is_function=lambda name: inspect.isfunction(custom_object(name, custom_objects)),
        nested_outputs_from=lambda: ask_nested_outputs(probe),
        raw_arguments=raw_arguments,
    )


def smallest_model():
    start = tf.keras.Input((1,))
    return tf.keras.Model(start, tf.keras.layers.Flatten()(start))


def ask_nested_outputs(inner):
    """Keras 3.0 counts the calls of a nested model from 1 when it saves and from 0 when it loads."""
    start = tf.keras.Input((1,))
    config = tf.keras.Model(start, inner(start)).get_config()
    try:
        tf.keras.Model.from_config(config)
    except IndexError:
        return 0
    return 1


def raw_arguments(operation):
    function = getattr(tf.raw_ops, operation, None)
    return list(inspect.signature(function).parameters) if function is not None else None


def find_class(name, module, registered, kind, custom_objects, modules):
    """Keras 3 finds a class by module and name, Keras 2 by the name alone, which may be another than it has."""
    for known in (registered, name, (registered or name).split(">")[-1]):
        custom = custom_object(known, custom_objects)
        if inspect.isclass(custom):
            return describe_class(custom, known, None)
    found = class_in_module(name, module) if modules else None
    if found is not None:
        return describe_class(found, found.__name__, module)
    if ".ops." in (module or ""):
        return None  # no layer of the same name is meant
    for place in [kind, *CLASS_KINDS, *OTHER_PLACES]:
        found = class_in_place(name, place)
        if found is not None:
            return describe_class(found, found.__name__ if modules else name, "keras." + place)
    found = type(smallest_model())  # most releases do not export the class of functional models
    return describe_class(found, name, found.__module__) if found.__name__ == name else None


def custom_object(name, custom_objects):
    """What was handed over under a name, or registered under it."""
    return custom_objects.get(name) or tf.keras.utils.get_custom_objects().get(name)


def class_in_module(name, module):
    """Only modules of Keras itself are imported, never one that a file names."""
    if not module or module.split(".")[0] != "keras":
        return None
    try:
        found = getattr(importlib.import_module(module), name, None)
    except ImportError:
        return None
    return found if inspect.isclass(found) else None


def class_in_place(name, place):
    found = tf.keras
    for part in [*place.split("."), name]:
        found = getattr(found, part, None)
    if not inspect.isclass(found) or ".legacy.layers" in found.__module__:
        return None  # Keras 3 keeps some layers of Keras 2 in a place where its own loader does not look
    return found


def describe_class(found, name, module):
    own = list(inspect.signature(found.__init__).parameters)
    return KnownClass(name, module, module is None, accepted_arguments(found), own, call_arguments(found), found)


def accepted_arguments(found):
    """Names that ``__init__`` takes, those that it hands on to its base classes included.

    An ``__init__`` with ``**kwargs`` may take arguments out of them by name: every string in its code counts as one.
    """
    names = set(strings_in_code(getattr(found, "from_config", None)))
    for base in inspect.getmro(found):
        if "__init__" not in vars(base):
            continue
        parameters = inspect.signature(base.__init__).parameters.values()
        names.update(parameter.name for parameter in parameters)
        if all(parameter.kind is not parameter.VAR_KEYWORD for parameter in parameters):
            return names
        names.update(strings_in_code(base.__init__))
    return names


def call_arguments(found):
    call = getattr(found, "call", None)
    return list(inspect.signature(call).parameters)[1:] if call else []


def strings_in_code(function):
    code = getattr(inspect.unwrap(getattr(function, "__func__", function)), "__code__", None)
    for constant in code.co_consts if code else ():
        for value in constant if isinstance(constant, (tuple, frozenset)) else (constant,):
            if isinstance(value, str) and value.isidentifier():
                yield value
