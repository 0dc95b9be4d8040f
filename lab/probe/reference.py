"""A reference model in use: build it from the zoo, train it a step, ask it for its answers."""

from __future__ import annotations

import importlib
import random
from typing import Any, Dict, List

import numpy as np

from probe.golden import Call

DEFAULT_SIGNATURE = "serving_default"


class Reference:
    """One model of the zoo, built here and now.

    A zoo module has ``build(tf)``, ``sample(rng)`` giving lists of input and target arrays, and where it needs
    them ``custom_objects(tf)`` and, for a ``tf.Module``, ``signatures(module)``.
    """

    def __init__(self, name: str, tensorflow: Any) -> None:
        self.zoo = importlib.import_module("probe.zoo." + name.replace("-", "_"))
        self._tensorflow = tensorflow
        self.model = self.zoo.build(tensorflow)

    @property
    def is_keras(self) -> bool:
        """Whether this is a Keras model and not a plain ``tf.Module``."""
        return not hasattr(self.zoo, "signatures")

    def sample(self, seed: int) -> tuple[List[Any], List[Any]]:
        """Inputs and targets; the same arrays under every NumPy (``RandomState`` is frozen: NEP 19)."""
        inputs, targets = self.zoo.sample(np.random.RandomState(seed))
        return inputs, targets

    def signatures(self) -> Dict[str, Any]:
        """The named functions of a ``tf.Module``."""
        return dict(self.zoo.signatures(self.model))

    def custom_objects(self) -> Dict[str, Any]:
        """What a person would hand over as ``custom_objects``."""
        return custom_objects(self.zoo, self._tensorflow)

    def train(self, seed: int) -> None:
        """One step on the sample, where the model is compiled, so that there is optimizer state to save."""
        inputs, targets = self.sample(seed)
        if self.is_keras and targets:
            self.model.train_on_batch(_one_or_list(inputs), _one_or_list(targets))

    def ask(self, seed: int) -> List[Call]:
        """The golden calls of this model."""
        inputs, _ = self.sample(seed + 1)
        if self.is_keras:
            return [Call(DEFAULT_SIGNATURE, inputs, answer_keras(self._tensorflow, self.model, inputs))]
        return [
            Call(name, inputs, flatten(self._tensorflow, function(*tensors(self._tensorflow, inputs))))
            for name, function in sorted(self.signatures().items())
        ]


def custom_objects(zoo: Any, tensorflow: Any) -> Dict[str, Any]:
    """The custom objects that a zoo module declares."""
    return dict(zoo.custom_objects(tensorflow)) if hasattr(zoo, "custom_objects") else {}


def answer_keras(tensorflow: Any, model: Any, inputs: List[Any]) -> List[Any]:
    """Call a Keras model directly, as inference, and flatten its outputs."""
    return flatten(tensorflow, model(_one_or_list(tensors(tensorflow, inputs)), training=False))


def tensors(tensorflow: Any, arrays: List[Any]) -> List[Any]:
    """Arrays as tensors."""
    return [tensorflow.constant(array) for array in arrays]


def flatten(tensorflow: Any, outputs: Any) -> List[Any]:
    """Arrays in the order of the sorted names (dicts) or as they come (lists)."""
    return [np.asarray(leaf) for leaf in tensorflow.nest.flatten(outputs)]


def numbers_of(variables: Any) -> List[Any]:
    """The arrays of variables; tables and other things without numbers are left out.

    TensorFlow 2.0 and 2.1 do not hand a variable's numbers to NumPy by themselves.
    """
    return [np.array(variable.numpy()) for variable in variables if hasattr(variable, "numpy")]


def _one_or_list(values: List[Any]) -> Any:
    return values[0] if len(values) == 1 else values


def seed_everything(tensorflow: Any, seed: int) -> None:
    """Fix the seeds of Python, NumPy and TensorFlow."""
    random.seed(seed)
    np.random.seed(seed)
    tensorflow.random.set_seed(seed)
