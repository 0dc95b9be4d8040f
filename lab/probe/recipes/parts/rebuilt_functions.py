"""Make a function out of what a Lambda layer holds: its bytecode, written as source that is compiled here."""

import builtins
import math

import numpy as np
import tensorflow as tf

from probe.recipes.parts.bytecode.reading import bytecode_of, rebuild_source


def rebuild_function(text, defaults, closure, custom_objects):
    """The function that a Lambda layer holds as text; ``defaults`` and ``closure`` are as stored beside it."""
    rebuilt = rebuild_source(bytecode_of(text))
    around = [restored_value(value, custom_objects) for value in closure or ()]
    if len(around) != len(rebuilt.free):
        raise ValueError("it needs {} of the function around it, and {} values are stored".format(rebuilt.free, around))
    namespace = names_for(rebuilt.globals, custom_objects)
    # What the source does is what the person's own lambda did; it can be printed and read, unlike the bytecode.
    exec(source_within(rebuilt), namespace)  # noqa: S102 - compiled here, so that no bytecode of the file is run
    function = namespace["around_the_function"](*around)
    function.__defaults__ = tuple(restored_value(value, custom_objects) for value in defaults or ()) or None
    return function


def source_within(rebuilt):
    """The function within one that gives it the variables around it."""
    lines = rebuilt.source.splitlines()
    if not rebuilt.source.startswith("def "):
        lines = ["return " + rebuilt.source]
    else:
        lines.append("return " + lines[0][len("def ") :].split("(")[0])
    head = "def around_the_function({}):".format(", ".join(rebuilt.free))
    return "\n".join([head, *("    " + line for line in lines)])


def names_for(names, custom_objects):
    """What the function reads and does not define: modules by their usual names, and what is handed over."""
    usual = {
        "tf": tf,
        "tensorflow": tf,
        "keras": tf.keras,
        "K": tf.keras.backend,
        "backend": tf.keras.backend,
        "layers": tf.keras.layers,
        "ops": getattr(tf.keras, "ops", None),
        "np": np,
        "numpy": np,
        "math": math,
    }
    known = dict({name: value for name, value in usual.items() if value is not None}, **custom_objects)
    missing = [name for name in names if name not in known and not hasattr(builtins, name)]
    if missing:
        raise ValueError("it reads {}, which custom_objects may give".format(", ".join(missing)))
    return {name: known[name] for name in names if name in known}


def restored_value(value, custom_objects):
    """A value beside the function: data as it stands, a function of the person by its name."""
    if isinstance(value, str):
        return custom_objects.get(value, value)
    if isinstance(value, list):
        return [restored_value(item, custom_objects) for item in value]
    if isinstance(value, dict) and value.get("class_name") == "__tuple__":
        return tuple(restored_value(item, custom_objects) for item in value.get("items") or value["config"])
    if isinstance(value, dict) and "class_name" in value:
        raise ValueError("it needs a {} of the function around it".format(value["class_name"]))
    return value
