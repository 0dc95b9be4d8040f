"""Follow a recipe: hand it what it asks for, and make what it gives something that answers.

What a recipe may give: ``model`` (a Keras model, or the rebuilt ``tf.Module``), ``signatures`` (what
``tf.saved_model.load`` gives), ``functions`` (name: sorted input names and a function of them by keyword, which
gives outputs by name), ``layer`` (a Keras layer around a function, for inference only), ``subject`` (it answers
by itself).
"""

from __future__ import annotations

import inspect
import os
from typing import Any, Dict

import numpy as np

from probe.reference import numbers_of
from probe.subjects import FunctionSubject, Given, KerasSubject, LayerSubject, ModuleSubject, SignatureSubject


def follow(recipe: Any, given: Given, name: str) -> Any:
    """Load by a recipe what lies under ``name`` in the artifact; returns a subject."""
    builder = Builder(given)
    offered = {
        "path": lambda: os.path.normpath(os.path.join(given.directory, name)),
        "custom_objects": given.custom_objects,
        "build_model": lambda: builder,
        "given": lambda: given,
    }
    asked = {parameter: offered[parameter]() for parameter in inspect.signature(recipe.load).parameters}
    return _subject(recipe.GIVES, recipe.load(**asked), given, builder)


class Builder:
    """The user's code: builds the architecture anew, and remembers the weights that it began with."""

    def __init__(self, given: Given) -> None:
        self._given = given
        self._before = []  # type: List[Any]
        self.reference = None

    def __call__(self) -> Any:
        """A model with other random weights than the one that was saved."""
        self._given.enter("rebuild")
        self.reference = self._given.rebuilt()
        self._before = numbers_of(_variables(self.reference.model))
        self._given.enter("weights")
        return self.reference.model

    def notes(self) -> Dict[str, Any]:
        """How many variables the load has changed; none means that it restored nothing, whatever it said."""
        if self.reference is None:
            return {}
        after = numbers_of(_variables(self.reference.model))
        changed = sum(not np.array_equal(old, new) for old, new in zip(self._before, after))
        return {"variables": len(after), "changed": changed}


def _subject(gives: str, result: Any, given: Given, builder: Builder) -> Any:
    tensorflow = given.tensorflow
    if gives == "subject":
        return result
    if gives == "signatures":
        return SignatureSubject(tensorflow, result)
    if gives == "functions":
        return FunctionSubject(tensorflow, result)
    if gives == "layer":
        return LayerSubject(tensorflow, result)
    reference = builder.reference
    if reference is not None and not reference.is_keras:
        return ModuleSubject(tensorflow, reference, builder.notes())
    return KerasSubject(tensorflow, result, builder.notes())


def _variables(model: Any) -> Any:
    return getattr(model, "variables", ())
