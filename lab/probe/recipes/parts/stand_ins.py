"""What the other Keras means by a name, or has and this one has not: custom objects for translated configs."""

import tensorflow as tf

from probe.recipes.parts.locally_connected import LocallyConnected1D, LocallyConnected2D
from probe.recipes.parts.named_functions import functions_by_name


def stand_ins():
    """Handed over with the user's own objects, and needed again where the model is saved and loaded anew."""
    given = [hard_sigmoid_of_keras_2, hard_sigmoid_of_keras_3, StoredOperation]
    removed = [LocallyConnected1D, LocallyConnected2D]
    given += [layer for layer in removed if not hasattr(tf.keras.layers, layer.__name__)]
    return {each.__name__: each for each in given}


def known_objects(config, custom_objects):
    """All that is handed over with a config: what stands in, what it names of TensorFlow, and the user's own."""
    return dict(stand_ins(), **dict(functions_by_name(config, custom_objects), **custom_objects))


def hard_sigmoid_of_keras_2(x):
    return tf.clip_by_value(x * 0.2 + 0.5, 0.0, 1.0)


def hard_sigmoid_of_keras_3(x):
    return tf.clip_by_value(x / 6.0 + 0.5, 0.0, 1.0)


class StoredOperation(tf.keras.layers.Layer):
    """One TensorFlow function with arguments, as an operator on symbolic tensors was stored.

    ``function`` is its name below ``tf``; in ``args`` and ``kwargs`` tensors are ``{"tensor": number}``, slices are
    ``{"slice": [start, stop, step]}`` and constants with a type ``{"constant": value, "dtype": name}``.
    """

    def __init__(self, function, args, kwargs, **options):
        super().__init__(autocast=False, **options)
        self.function, self.stored_args, self.stored_kwargs = function, args, kwargs

    def call(self, inputs):
        """Call the function with the tensors in their places."""
        tensors = inputs if isinstance(inputs, (list, tuple)) else [inputs]
        args = fill_in(self.stored_args, tensors)
        if self.function == "getitem":
            return args[0].__getitem__(tuple(args[1]) if isinstance(args[1], list) else args[1])
        found = tf
        for name in self.function.split("."):
            found = getattr(found, name)
        return found(*args, **{name: fill_in(value, tensors) for name, value in self.stored_kwargs.items()})

    def get_config(self):
        """Function and arguments, as they are stored."""
        stored = {"function": self.function, "args": self.stored_args, "kwargs": self.stored_kwargs}
        return dict(super().get_config(), **stored)


def fill_in(value, tensors):
    """The arguments with the tensors in their places."""
    if isinstance(value, dict) and "tensor" in value:
        return tensors[value["tensor"]]
    if isinstance(value, dict) and "constant" in value:
        return tf.constant(value["constant"], value["dtype"])
    if isinstance(value, dict) and "slice" in value:
        return slice(*fill_in(value["slice"], tensors))
    if value == {"ellipsis": True}:
        return Ellipsis
    if isinstance(value, dict):
        return {key: fill_in(item, tensors) for key, item in value.items()}
    return [fill_in(item, tensors) for item in value] if isinstance(value, (list, tuple)) else value
