"""A frozen GraphDef: one function of the model with its weights as constants, as a ``.pb`` file."""

from __future__ import annotations

from typing import Any

from probe.recipes import import_frozen_graph as PLAIN  # noqa: N812 - a constant of every format

__all__ = ["FILE", "PLAIN", "save"]

FILE = "frozen_graph.pb"
SEED = 1


def save(tensorflow: Any, reference: Any, directory: str) -> None:
    """Freeze the call of the model for batches of any size."""
    # Nothing public freezes a function of TensorFlow 2; this is the name that every tutorial imports.
    from tensorflow.python.framework.convert_to_constants import (  # noqa: PLC0415 - only where it is asked for
        convert_variables_to_constants_v2,
    )

    model = reference.model
    inputs, _ = reference.sample(SEED)
    specs = [tensorflow.TensorSpec((None, *array.shape[1:]), _dtype(tensorflow, array)) for array in inputs]
    function = tensorflow.function(lambda *given: model(list(given) if len(given) > 1 else given[0], training=False))
    frozen = convert_variables_to_constants_v2(function.get_concrete_function(*specs))
    tensorflow.io.write_graph(frozen.graph, directory, FILE, as_text=False)


def _dtype(tensorflow: Any, array: Any) -> Any:
    return tensorflow.string if array.dtype.kind in "SU" else tensorflow.as_dtype(array.dtype)
