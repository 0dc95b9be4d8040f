"""Ask a signature wrongly, in the ways that people do, and note what it says."""

from __future__ import annotations

from typing import Any, Dict, Iterator

import numpy as np

from probe.golden import Call
from probe.subjects import SignatureSubject

MESSAGE_CHARS = 160
STRANGE_NAME = "not_an_input"
IMAGE_RANK = 4
ENDED = "it ended the process"


def refusals(subject: Any, call: Call) -> Iterator[Dict[str, Any]]:
    """The signature of a SavedModel as it was loaded, and its answers to wrong shapes, dtypes and names.

    Each answer is ``accepted`` or the exception's type and first line. Gives the notes before each question as they
    stand if nothing comes back from it, for TensorFlow may end the process; at last with all answers. Gives nothing
    where there is no signature to ask.
    """
    if not isinstance(subject, SignatureSubject):
        return
    specs = subject.inputs()[call.signature]
    names = sorted(specs)
    asked = {name: subject.tensor(array) for name, array in zip(names, call.inputs)}
    first = names[0]
    wrong = {
        "name": {STRANGE_NAME if name == first else name: value for name, value in asked.items()},
        "dtype": dict(asked, **{first: _of_another_dtype(subject, call.inputs[0])}),
    }
    if call.inputs[0].ndim == IMAGE_RANK:
        wrong["shape"] = dict(asked, **{first: subject.tensor(call.inputs[0][..., 0])})
    answers = {}  # type: Dict[str, str]
    notes = {"signature": {name: _spec(specs[name]) for name in names}, "refusals": answers}
    for kind, inputs in sorted(wrong.items()):
        answers[kind] = ENDED
        yield notes
        answers[kind] = _said(subject, call.signature, inputs)
    yield notes


def _of_another_dtype(subject: SignatureSubject, array: Any) -> Any:
    return subject.tensor(np.ones(array.shape, "int32" if array.dtype.kind == "f" else "float32"))


def _spec(spec: Any) -> str:
    """``float32[None, 28, 28, 1]``."""
    return "{}{}".format(spec.dtype.name, list(spec.shape.as_list()) if spec.shape.rank is not None else "[...]")


def _said(subject: SignatureSubject, signature: str, inputs: Dict[str, Any]) -> str:
    try:
        subject.call(signature, inputs)
    except Exception as error:  # noqa: BLE001 - whatever it says is the answer
        return "{}: {}".format(type(error).__name__, _telling_line(str(error)))[:MESSAGE_CHARS]
    return "accepted"


def _telling_line(message: str) -> str:
    """The first line that says something: a failing graph names its nodes and files before it comes to the point."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    telling = [
        line
        for line in lines
        if not line.endswith(":") and not line.startswith(("Detected at", "Node:", "File ", "<stack"))
    ]
    return next(iter(telling or lines), "")
