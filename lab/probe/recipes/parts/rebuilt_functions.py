"""Make a function out of what a Lambda layer holds: its bytecode, written as source that is compiled here."""

import builtins
import functools
import inspect
import math
import operator

import numpy as np
import tensorflow as tf

from probe.recipes.parts.bytecode.reading import bytecode_of, rebuild_source


class WithOldNames:
    """TensorFlow, and where it has a name no more the one that it had before 2.0."""

    def __init__(self, now, before):
        self._now, self._before = now, before

    def __getattr__(self, name):
        now, before = getattr(self._now, name, None), getattr(self._before, name, None)
        if inspect.ismodule(now) and inspect.ismodule(before):
            return WithOldNames(now, before)
        return before if now is None and before is not None else getattr(self._now, name)


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
    with_old_names = WithOldNames(tf, tf.compat.v1)
    usual = {
        "tf": with_old_names,
        "tensorflow": with_old_names,
        "keras": tf.keras,
        "K": tf.keras.backend,
        "backend": tf.keras.backend,
        "layers": tf.keras.layers,
        "ops": getattr(tf.keras, "ops", None),
        "np": np,
        "numpy": np,
        "math": math,
        "xrange": range,
        "reduce": functools.reduce,
        "divide_as_python_2": divide_as_python_2,
    }
    known = dict({name: value for name, value in usual.items() if value is not None}, **custom_objects)
    missing = [name for name in names if name not in known and not hasattr(builtins, name)]
    if missing:
        raise ValueError("it reads {}, which custom_objects may give".format(", ".join(missing)))
    return {name: known[name] for name in names if name in known}


def divide_as_python_2(left, right):
    """Whole numbers, also those in tensors, are divided without a rest; the source of Python 2 is written with it."""
    are_whole = all(is_whole(value) for value in (left, right))
    return operator.floordiv(left, right) if are_whole else operator.truediv(left, right)


def is_whole(value):
    kind = getattr(value, "dtype", None)
    return isinstance(value, int) if kind is None else tf.as_dtype(kind).is_integer


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
