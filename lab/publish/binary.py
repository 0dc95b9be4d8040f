"""Lay columns of integers behind a head in JSON, gzipped, in base64: what a script unpacks in a moment."""

from __future__ import annotations

import base64
import gzip
import json
import sys
from array import array
from collections.abc import Mapping, Sequence
from typing import Any


def packed(head: Mapping[str, Any], columns: Mapping[str, Sequence[int]]) -> str:
    """Head and columns as one text; the same ones give the same text, for no date is in it."""
    return base64.b64encode(gzip.compress(binary(head, columns), 9, mtime=0)).decode("ascii")


def binary(head: Mapping[str, Any], columns: Mapping[str, Sequence[int]]) -> bytes:
    """The length of the head (four bytes, little-endian), the head in JSON, the columns one after the other.

    A column is made of signed little-endian integers of one, two or four bytes, whatever its values need; it begins at
    a multiple of four, as the head says of it.
    """
    integers = {name: _integers(values) for name, values in columns.items()}
    described: list[dict[str, Any]] = [
        {"name": name, "width": values.itemsize, "at": 0} for name, values in integers.items()
    ]
    # The places depend on the length of the head, which says them: as wide as they can be, they do not change it.
    room = len(_json({**head, "columns": [{**each, "at": 10**9} for each in described]}))
    place = 4 + room + -room % 4
    for each, values in zip(described, integers.values(), strict=True):
        each["at"] = place
        place += len(values) * values.itemsize
        place += -place % 4
    text = _json({**head, "columns": described})
    whole = bytearray(room.to_bytes(4, "little") + text + b" " * (room - len(text)))
    for each, values in zip(described, integers.values(), strict=True):
        whole += bytes(each["at"] - len(whole)) + values.tobytes()
    return bytes(whole + bytes(place - len(whole)))


def _json(value: Mapping[str, Any]) -> bytes:
    # As on the page itself, a lone surrogate in a foreign message becomes a question mark.
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode(errors="replace")


def _integers(values: Sequence[int]) -> array[int]:
    most = max((max(values), -min(values)), default=0) if values else 0
    code = "b" if most < 1 << 7 else "h" if most < 1 << 15 else "i"
    fitting = array(code, values)
    if sys.byteorder == "big":
        fitting.byteswap()
    return fitting
