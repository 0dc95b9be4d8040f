"""The strategies that whole-model formats share: ``load_model`` with its options."""

from __future__ import annotations

import inspect
import os
from typing import Any, Callable, Dict

from probe.answers import Refused
from probe.subjects import Given, KerasSubject, SignatureSubject

Strategy = Callable[[Given], Any]


def strategies(name: str) -> Dict[str, Strategy]:
    """``load_model`` as a person would type it, and with the options that its errors suggest.

    ``name`` is the file's name within the artifact, ``.`` for the folder itself.
    """

    def load(given: Given, **options: Any) -> KerasSubject:
        path = os.path.normpath(os.path.join(given.directory, name))
        load_model = given.tensorflow.keras.models.load_model
        _refuse_unknown(load_model, options)
        return KerasSubject(given.tensorflow, load_model(path, **options))

    return {
        "plain": load,
        "no-compile": lambda given: load(given, compile=False),
        "custom-objects": lambda given: load(given, custom_objects=given.custom_objects()),
        "custom-objects-no-compile": lambda given: load(given, custom_objects=given.custom_objects(), compile=False),
        "unsafe": lambda given: load(given, custom_objects=given.custom_objects(), compile=False, safe_mode=False),
    }


def _refuse_unknown(load_model: Any, options: Dict[str, Any]) -> None:
    """Say which option this version's ``load_model`` does not know, instead of stumbling over it."""
    taken = inspect.signature(load_model).parameters
    unknown = [name for name in options if name not in taken]
    if unknown:
        raise Refused("load_model takes no {} here".format(", ".join(sorted(unknown))))


def through_signatures(name: str) -> Dict[str, Strategy]:
    """Leave Keras aside: ``tf.saved_model.load`` and the signatures."""

    def load(given: Given) -> SignatureSubject:
        path = os.path.normpath(os.path.join(given.directory, name))
        return SignatureSubject(given.tensorflow, given.tensorflow.saved_model.load(path))

    return {"saved-model-load": load}
