"""Golden inputs and outputs: written by the producer, compared with by every consumer.

Arrays are stored as ``.npy`` without pickles. A call is one signature with its inputs and its outputs; a
Keras model has one call, a ``tf.Module`` one for each of its signatures.
"""

from __future__ import annotations

import base64
import io
import json
import os
from typing import Any, Dict, List, NamedTuple

import numpy as np

DIRECTORY = "golden"


class Call(NamedTuple):
    """One question and its answer: arrays in the order of the sorted names of the signature.

    ``resumed`` are the answers after one more training step; empty where the model has no optimizer.
    """

    signature: str
    inputs: List[Any]
    outputs: List[Any]
    resumed: List[Any] = []  # noqa: RUF012 - nobody changes it


def write(directory: str, calls: List[Call]) -> None:
    """Write calls below ``directory``/golden."""
    base = os.path.join(directory, DIRECTORY)
    os.makedirs(base)
    for number, call in enumerate(calls):
        for role, arrays in (("in", call.inputs), ("out", call.outputs), ("resumed", call.resumed)):
            for index, array in enumerate(arrays):
                np.save(os.path.join(base, _name(number, role, index)), _plain(array), allow_pickle=False)
    index_of = [
        {
            "signature": call.signature,
            "inputs": len(call.inputs),
            "outputs": len(call.outputs),
            "resumed": len(call.resumed),
        }
        for call in calls
    ]
    with io.open(os.path.join(base, "calls.json"), "w", encoding="utf-8") as stream:
        stream.write(json.dumps(index_of))


def pack(calls: List[Call]) -> List[Dict[str, Any]]:
    """Calls as text: every array a ``.npy`` in base64, for a channel that carries JSON."""
    return [
        {
            "signature": call.signature,
            "inputs": [_as_text(array) for array in call.inputs],
            "outputs": [_as_text(array) for array in call.outputs],
        }
        for call in calls
    ]


def read(directory: str) -> List[Call]:
    """Read what ``write`` wrote; raises OSError or ValueError when files are missing or cut short."""
    base = os.path.join(directory, DIRECTORY)
    with io.open(os.path.join(base, "calls.json"), encoding="utf-8") as stream:
        listed = json.load(stream)
    return [
        Call(
            entry["signature"],
            _load(base, number, "in", entry["inputs"]),
            _load(base, number, "out", entry["outputs"]),
            _load(base, number, "resumed", entry["resumed"]),
        )
        for number, entry in enumerate(listed)
    ]


def differences(expected: List[Any], actual: List[Any]) -> List[Dict[str, Any]]:
    """Compare answers output by output; numbers only, no verdict.

    ``max_abs_golden`` is the largest golden magnitude, so that a relative tolerance can be applied afterwards.
    Outputs that cannot be compared (count, shape or kind differ) carry a ``misfit`` that says why.
    """
    if len(expected) != len(actual):
        return [_misfit("{} outputs instead of {}".format(len(actual), len(expected)))]
    return [_difference(_plain(golden), _plain(answer)) for golden, answer in zip(expected, actual)]


def within(found: List[Dict[str, Any]], atol: float, rtol: float) -> bool:
    """Whether all differences stay within the tolerance; decides only whether a further strategy is tried."""
    return bool(found) and all(
        entry["misfit"] is None
        and entry["mismatches"] == 0
        and entry["max_abs_diff"] <= atol + rtol * entry["max_abs_golden"]
        for entry in found
    )


def _difference(golden: Any, answer: Any) -> Dict[str, Any]:
    if golden.shape != answer.shape:
        return _misfit("shape {} instead of {}".format(list(answer.shape), list(golden.shape)))
    if golden.dtype.kind != answer.dtype.kind:
        return _misfit("dtype {} instead of {}".format(answer.dtype, golden.dtype))
    if golden.dtype.kind not in "fc":
        return _entry(0.0, 0.0, int(np.sum(golden != answer)))
    wide_golden, wide_answer = golden.astype("float64"), answer.astype("float64")
    finite = np.isfinite(wide_golden) & np.isfinite(wide_answer)
    same_kind = np.isfinite(wide_golden) == np.isfinite(wide_answer)
    gap = np.abs(wide_golden - wide_answer)[finite]
    scale = np.abs(wide_golden)[finite]
    return _entry(
        float(gap.max()) if gap.size else 0.0,
        float(scale.max()) if scale.size else 0.0,
        int(np.sum(~same_kind)),
    )


def _entry(max_abs_diff: float, max_abs_golden: float, mismatches: int) -> Dict[str, Any]:
    return {
        "misfit": None,
        "max_abs_diff": max_abs_diff,
        "max_abs_golden": max_abs_golden,
        "mismatches": mismatches,
    }


def _misfit(reason: str) -> Dict[str, Any]:
    return {"misfit": reason, "max_abs_diff": 0.0, "max_abs_golden": 0.0, "mismatches": 0}


def _plain(array: Any) -> Any:
    """An array that can be stored without pickles: text as fixed-width bytes."""
    plain = np.asarray(array)
    if plain.dtype.kind == "O":
        return plain.astype("S")
    if plain.dtype.kind == "U":
        return np.char.encode(plain, "utf-8")
    return plain


def _as_text(array: Any) -> str:
    stream = io.BytesIO()
    np.save(stream, _plain(array), allow_pickle=False)
    return base64.b64encode(stream.getvalue()).decode("ascii")


def _load(base: str, number: int, role: str, count: int) -> List[Any]:
    return [np.load(os.path.join(base, _name(number, role, index)), allow_pickle=False) for index in range(count)]


def _name(number: int, role: str, index: int) -> str:
    return "call{}-{}{}.npy".format(number, role, index)
