"""What a load gives: something that answers, and perhaps trains and can be saved again."""

from __future__ import annotations

import importlib
from typing import Any, Callable, Dict, List, NamedTuple

import numpy as np

from probe.answers import Refused, api
from probe.golden import Call
from probe.reference import Reference, answer_keras, custom_objects, flatten, seed_everything, tensors


class Given(NamedTuple):
    """What a strategy has to work with."""

    tensorflow: Any
    directory: str
    model_name: str
    seed: int
    calls: List[Call]
    enter: Callable[[str], None]

    def custom_objects(self) -> Dict[str, Any]:
        """The user's own classes and functions, as the zoo module declares them."""
        zoo = importlib.import_module("probe.zoo." + self.model_name.replace("-", "_"))
        return custom_objects(zoo, self.tensorflow)

    def rebuilt(self) -> Reference:
        """The same architecture from the user's code, with other random weights, so that nothing passes by itself."""
        seed_everything(self.tensorflow, self.seed)
        reference = Reference(self.model_name, self.tensorflow)
        if reference.is_keras:
            answer_keras(self.tensorflow, reference.model, self.calls[0].inputs)  # subclassed models build when called
        return reference


class KerasSubject:
    """A Keras model."""

    can_train = True
    can_resave = True

    def __init__(self, tensorflow: Any, model: Any, notes: Dict[str, Any]) -> None:
        if not callable(model):
            raise Refused("the load gave a {}, not a model that can be called".format(type(model).__name__))
        self._tensorflow = tensorflow
        self.model = model
        self.notes = notes

    def answer(self, call: Call) -> List[Any]:
        """Outputs of a direct call, as inference."""
        return answer_keras(self._tensorflow, self.model, call.inputs)

    def train(self, inputs: List[Any]) -> Dict[str, Any]:
        """One eager step: with the model's own optimizer where it came along, else gradients only."""
        tf = self._tensorflow
        given = [tf.constant(array) for array in inputs]
        with tf.GradientTape() as tape:
            outputs = tf.nest.flatten(self.model(given[0] if len(given) == 1 else given, training=True))
            loss = tf.add_n([tf.reduce_mean(tf.square(output)) for output in outputs])
        variables = api(self.model, "trainable_variables")
        gradients = tape.gradient(loss, variables)
        if not variables or all(gradient is None for gradient in gradients):
            raise Refused("no gradient reaches any trainable variable")
        optimizer = getattr(self.model, "optimizer", None)
        if optimizer is None:
            return {"optimizer": None, "iterations": None}
        resumed_at = int(api(optimizer, "iterations").numpy())
        api(optimizer, "apply_gradients")([(g, v) for g, v in zip(gradients, variables) if g is not None])
        return {"optimizer": type(optimizer).__name__, "iterations": resumed_at}

    def resave(self, way: Any, directory: str) -> None:
        """Save again in the same format."""
        way.save(self._tensorflow, Adopted(self.model), directory)


class ModuleSubject:
    """A plain ``tf.Module`` rebuilt from code and restored."""

    can_train = False
    can_resave = False

    def __init__(self, tensorflow: Any, reference: Reference, notes: Dict[str, Any]) -> None:
        self._tensorflow = tensorflow
        self._reference = reference
        self.notes = notes

    def answer(self, call: Call) -> List[Any]:
        """Outputs of the function of that name."""
        function = self._reference.signatures()[call.signature]
        return flatten(self._tensorflow, function(*tensors(self._tensorflow, call.inputs)))


class SignatureSubject:
    """A loaded SavedModel, asked through its signatures."""

    can_train = False
    can_resave = False

    def __init__(self, tensorflow: Any, loaded: Any) -> None:
        self._tensorflow = tensorflow
        self.notes = {}  # type: Dict[str, Any]
        self._loaded = loaded  # keeps the variables alive
        self._signatures = api(loaded, "signatures")

    def inputs(self) -> Dict[str, Dict[str, Any]]:
        """What each signature takes: shapes and dtypes by name."""
        return {name: dict(function.structured_input_signature[1]) for name, function in self._signatures.items()}

    def tensor(self, array: Any) -> Any:
        """An array as a tensor."""
        return self._tensorflow.constant(array)

    def call(self, signature: str, inputs: Dict[str, Any]) -> Any:
        """The raw outputs for inputs by name, right or wrong."""
        return self._signatures[signature](**inputs)

    def answer(self, call: Call) -> List[Any]:
        """Outputs in the order of their sorted names; inputs are given in the order of theirs."""
        function = _named(self._signatures, call.signature)
        names = sorted(function.structured_input_signature[1])
        return flatten(self._tensorflow, function(**_by_name(self._tensorflow, names, call)))


class FunctionSubject:
    """Functions by the name of their signature, each with the sorted names of its inputs."""

    can_train = False
    can_resave = False

    def __init__(self, tensorflow: Any, functions: Dict[str, Any]) -> None:
        self._tensorflow = tensorflow
        self.notes = {}  # type: Dict[str, Any]
        self._functions = functions

    def answer(self, call: Call) -> List[Any]:
        """Outputs in the order of their sorted names; inputs are given in the order of theirs."""
        names, function = _named(self._functions, call.signature)
        _refuse_another_count(names, call)
        outputs = function(**dict(zip(names, call.inputs)))
        return [np.asarray(outputs[name]) for name in sorted(outputs)]


class LayerSubject:
    """A Keras layer around a function of a SavedModel."""

    can_train = False
    can_resave = False

    def __init__(self, tensorflow: Any, layer: Any) -> None:
        self._tensorflow = tensorflow
        self.notes = {}  # type: Dict[str, Any]
        self._layer = layer

    def answer(self, call: Call) -> List[Any]:
        """Outputs of a direct call, in the order of their sorted names."""
        return answer_keras(self._tensorflow, self._layer, call.inputs)


def _named(functions: Any, name: str) -> Any:
    if name not in functions:
        raise Refused("no signature '{}' but {}".format(name, sorted(functions)))
    return functions[name]


def _by_name(tensorflow: Any, names: List[str], call: Call) -> Dict[str, Any]:
    _refuse_another_count(names, call)
    return dict(zip(names, tensors(tensorflow, call.inputs)))


def _refuse_another_count(names: List[str], call: Call) -> None:
    if len(names) != len(call.inputs):
        raise Refused("signature '{}' takes {}, not {} inputs".format(call.signature, names, len(call.inputs)))


class Adopted(NamedTuple):
    """A loaded Keras model in the place of a reference model, for saving it again."""

    model: Any
    is_keras: bool = True
