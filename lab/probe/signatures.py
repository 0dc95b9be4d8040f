"""Describe signatures as data: names, shapes and dtypes of what goes in and what comes out."""

from __future__ import annotations

from typing import Any, Dict, List

from probe.golden import Call


def describe(calls: List[Call]) -> List[Dict[str, Any]]:
    """The signature of each golden call, from its arrays."""
    return [
        {
            "name": call.signature,
            "inputs": [_describe(array) for array in call.inputs],
            "outputs": [_describe(array) for array in call.outputs],
        }
        for call in calls
    ]


def _describe(array: Any) -> Dict[str, Any]:
    return {"shape": [int(size) for size in array.shape], "dtype": str(array.dtype)}
