"""The strategy that weight formats share: build the model from code, then load the weights into it."""

from __future__ import annotations

import os
from typing import Any, Callable, Dict

from probe.subjects import Given, KerasSubject


def strategies(name: str) -> Dict[str, Callable[[Given], Any]]:
    """``model.load_weights(path)`` on a model rebuilt from code."""

    def load(given: Given) -> KerasSubject:
        given.enter("rebuild")
        reference = given.rebuilt()
        given.enter("weights")
        reference.model.load_weights(os.path.join(given.directory, name))
        return KerasSubject(given.tensorflow, reference.model)

    return {"plain": load}
