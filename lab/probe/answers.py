"""Tell an answer of the code under test from a fault of the probe.

What TensorFlow, Keras or a model's own code raises is an answer. What the probe's own lines raise is a fault of
the lab. The border is the innermost frame of the traceback: in the probe's own files (the zoo and the recipes, which
play the user's code, left aside) it is a fault, unless the probe raised ``Refused`` to say what it had been given.
"""

from __future__ import annotations

import os
import traceback
from typing import Any, Callable

_HERE = os.path.dirname(os.path.abspath(__file__))
_USER_CODE = tuple(os.path.join(_HERE, folder) + os.sep for folder in ("zoo", "recipes"))


class Refused(Exception):
    """The library gave something that cannot be used: an answer, put into words by the probe."""


class LabFault(Exception):
    """Something of the probe's own went wrong: reading goldens, delivering artifacts."""


def ours(action: Callable[..., Any], *given: Any) -> Any:
    """Do something that is the probe's own affair; whatever it raises is a fault of the lab."""
    try:
        return action(*given)
    except Exception as error:
        raise LabFault("{}: {}".format(type(error).__name__, error)) from error


def api(owner: Any, name: str) -> Any:
    """An attribute of the library under test; raises Refused where this version does not have it."""
    try:
        return getattr(owner, name)
    except AttributeError as error:
        raise Refused("{} has no '{}' here".format(_describe(owner), name)) from error


def is_fault_of_the_probe(error: BaseException) -> bool:
    """Whether the innermost frame is the probe's own."""
    if isinstance(error, (Refused, LabFault)):
        return isinstance(error, LabFault)
    stack = traceback.extract_tb(error.__traceback__)
    innermost = os.path.abspath(stack[-1].filename) if stack else _HERE
    return innermost.startswith(_HERE + os.sep) and not innermost.startswith(_USER_CODE)


def _describe(owner: Any) -> str:
    return getattr(owner, "__name__", None) or type(owner).__name__
