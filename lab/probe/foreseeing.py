"""Foresee what a model answers after one more training step, and leave it as it was.

A consumer that takes the same step and answers the same has the optimizer's whole state, and not only its name.
"""

from __future__ import annotations

from typing import Any, List

import numpy as np

from probe.answers import LabFault, ours
from probe.golden import Call
from probe.reference import Reference, numbers_of
from probe.subjects import KerasSubject


def foresee(tensorflow: Any, reference: Reference, calls: List[Call]) -> List[Call]:
    """The calls with their ``resumed`` answers, where the model has an optimizer that can take a step.

    Raises LabFault when the model is not as it was before.
    """
    optimizer = getattr(reference.model, "optimizer", None) if reference.is_keras else None
    if optimizer is None:
        return calls
    subject = KerasSubject(tensorflow, reference.model, {})
    variables = _variables(reference.model) + _variables(optimizer)
    before = ours(numbers_of, variables)
    try:
        subject.train(calls[0].inputs)
        foreseen = [call._replace(resumed=subject.answer(call)) for call in calls]
    except Exception:  # noqa: BLE001 - a model that cannot take another step is saved all the same
        foreseen = calls
    ours(_put_back, variables, before)
    _check_unchanged(subject, calls)
    return foreseen


def _variables(owner: Any) -> List[Any]:
    """A property or a method, by version; those without numbers are left out."""
    found = owner.variables
    return [variable for variable in (found() if callable(found) else found) if hasattr(variable, "numpy")]


def _put_back(variables: List[Any], before: List[Any]) -> None:
    for variable, value in zip(variables, before):
        variable.assign(value)


def _check_unchanged(subject: KerasSubject, calls: List[Call]) -> None:
    for call in calls:
        again = subject.answer(call)
        if any(not np.array_equal(old, new) for old, new in zip(call.outputs, again)):
            raise LabFault("the model does not answer as before after the step that was taken back")
