"""Make up questions for a model whose answers nobody recorded: inputs of the shapes and dtypes that it takes."""

from __future__ import annotations

from typing import Any, List, NamedTuple, Optional

import numpy as np

from probe.answers import Refused
from probe.golden import Call
from probe.reference import DEFAULT_SIGNATURE
from probe.subjects import KerasSubject, SignatureSubject

BATCH = 2
IMAGE_RANK = 4
IMAGE_SIDE = 96  # what the smallest images of common classifiers are made for
LENGTH = 8
WORD = b"word"


def questions(subject: Any, seed: int) -> List[Call]:
    """Calls without answers, the same in every cell; raises Refused where a model does not say what it takes."""
    rng = np.random.RandomState(seed)
    if isinstance(subject, KerasSubject):
        return [Call(DEFAULT_SIGNATURE, [_array(spec, rng) for spec in _inputs(subject.model)], [])]
    if isinstance(subject, SignatureSubject):
        return [
            Call(name, [_array(specs[key], rng) for key in sorted(specs)], [])
            for name, specs in sorted(subject.inputs().items())
        ]
    raise Refused("a {} does not say what it takes".format(type(subject).__name__))


class Spec(NamedTuple):
    """Shape and dtype of an input where no tensor tells them."""

    shape: Any
    dtype: Any


def _inputs(model: Any) -> List[Any]:
    """What a network takes; a subclassed model remembers what it was called or built with."""
    found = getattr(model, "inputs", None) or _remembered_by_keras_2(model) or _remembered_by_keras_3(model)
    if not found:
        raise Refused("the model does not say what it takes: it was never built")
    return list(found)


def _remembered_by_keras_2(model: Any) -> List[Any]:
    spec = getattr(model, "_saved_model_inputs_spec", None)
    if hasattr(spec, "shape"):
        return [spec]
    return list(spec) if isinstance(spec, (list, tuple)) else []


def _remembered_by_keras_3(model: Any) -> List[Any]:
    shapes = getattr(model, "_build_shapes_dict", None) or {}
    dtype = getattr(model, "compute_dtype", None) or "float32"
    if not all(_is_shape(shape) for shape in shapes.values()):
        return []
    return [Spec(shape, np.dtype(dtype)) for shape in shapes.values()]


def _is_shape(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and all(size is None or isinstance(size, int) for size in value)


def _array(spec: Any, rng: Any) -> Any:
    shape = _shape(spec)
    dtype = getattr(spec.dtype, "name", None) or str(spec.dtype)
    if dtype == "string":
        return np.full(shape, WORD)
    if dtype == "bool":
        return rng.randint(0, 2, shape).astype("bool")
    if "int" in dtype:
        least = 1 if shape[1:] == [1] else 0  # one number a sample may be a length, as those of a CTC loss
        return rng.randint(least, 2, shape).astype(dtype)
    return rng.rand(*shape).astype(dtype)


def _shape(spec: Any) -> List[int]:
    """The batch is small; what else is open is as long as such inputs usually are."""
    sizes = [_size(size) for size in spec.shape]
    side = IMAGE_SIDE if len(sizes) == IMAGE_RANK else LENGTH
    return [BATCH if place == 0 and size is None else size or side for place, size in enumerate(sizes)]


def _size(size: Any) -> Optional[int]:
    """A dimension of TensorFlow 2.0 to 2.21."""
    value = getattr(size, "value", size)
    return None if value is None else int(value)
