"""Recognise what was really written, by its first bytes and never by its suffix."""

from __future__ import annotations

import hashlib
import io
import json
import os
from typing import Any, Dict, Iterator, List, Tuple

HDF5_MAGIC = b"\x89HDF\r\n\x1a\n"
ZIP_MAGIC = b"PK\x03\x04"
TFLITE_MAGIC = b"TFL3"
TFLITE_OFFSET = 4  # a flatbuffer begins with the place of its root

# GraphDef and NodeDef in tensorflow/core/framework: the numbers of their fields, and the two of a node that always are.
GRAPH_FIELDS, NODE = frozenset({1, 2, 3, 4, 5}), 1
NODE_FIELDS, NODE_NAME, NODE_OP = frozenset(range(1, 8)), 1, 2
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5  # wire types of protobuf


def recognise(directory: str) -> str:
    """Name the container: one of ``Container`` in lab/declare/schema.py, or unknown."""
    paths = [os.path.join(base, name) for base, _, names in os.walk(directory) for name in names]
    names = {os.path.basename(path) for path in paths}
    if "saved_model.pb" in names:
        return "saved-model"
    if "architecture.json" in names:
        return "json"
    if any(name.endswith(".index") for name in names):
        return "checkpoint"
    if len(paths) == 1:
        return _recognise_file(paths[0])
    return "hdf5-weights-sharded" if _are_shards(paths) else "unknown"


def _recognise_file(path: str) -> str:
    with io.open(path, "rb") as stream:
        head = stream.read(8)
    if head == HDF5_MAGIC:
        return _recognise_hdf5(path)
    if head.startswith(ZIP_MAGIC):
        return "zip"
    if head[TFLITE_OFFSET:] == TFLITE_MAGIC:
        return "tflite"
    return "graph-def" if _is_graph_def(path) else "unknown"


def _are_shards(paths: List[str]) -> bool:
    """Whether one file maps weights to the others, and those are all HDF5."""
    maps = [path for path in paths if path.endswith(".json")]
    shards = [path for path in paths if not path.endswith(".json")]
    if len(maps) != 1 or not all(_begins_with(path, HDF5_MAGIC) for path in shards):
        return False
    try:
        with io.open(maps[0], encoding="utf-8") as stream:
            listed = json.load(stream)["weight_map"].values()
        named = {name for names in listed for name in ([names] if isinstance(names, str) else names)}
    except (ValueError, KeyError, TypeError, AttributeError):  # not JSON, or JSON of another kind
        return False
    return bool(named) and named <= {os.path.basename(path) for path in shards}


def _begins_with(path: str, magic: bytes) -> bool:
    with io.open(path, "rb") as stream:
        return stream.read(len(magic)) == magic


def _is_graph_def(path: str) -> bool:
    """Whether all of it is a GraphDef whose nodes have a name and an operation; a protobuf begins with no magic."""
    with io.open(path, "rb") as stream:
        data = stream.read()
    try:
        graph = list(_fields(data))
        nodes = [dict(_fields(value)) for number, value in graph if number == NODE]
        texts = [node[place].decode("ascii") for node in nodes for place in (NODE_NAME, NODE_OP)]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        return False
    known = {number for number, _ in graph} <= GRAPH_FIELDS and all(set(node) <= NODE_FIELDS for node in nodes)
    return known and bool(nodes) and all(texts)


def _fields(data: bytes) -> Iterator[Tuple[int, Any]]:
    """Number and content of each field of a message; raises ValueError or IndexError where it is none."""
    place = 0
    while place < len(data):
        key, place = _varint(data, place)
        kind, size = key & 7, 0
        if kind == VARINT:
            value, place = _varint(data, place)
            yield key >> 3, value
            continue
        if kind == BYTES:
            size, place = _varint(data, place)
        else:
            size = {FIXED64: 8, FIXED32: 4}.get(kind, len(data) + 1)
        if place + size > len(data):
            raise ValueError("cut short")
        yield key >> 3, data[place : place + size]
        place += size


def _varint(data: bytes, place: int) -> Tuple[int, int]:
    value, shift = 0, 0
    while True:
        byte = data[place]
        value |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if not byte & 0x80:
            return value, place


def _recognise_hdf5(path: str) -> str:
    import h5py  # noqa: PLC0415 - only where a file asks for it: a broken h5py must not break other formats

    with h5py.File(path, "r") as stored:
        if "model_config" in stored.attrs:
            return "hdf5-model"
        return "hdf5-weights" if "layer_names" in stored.attrs else "hdf5-weights-v3"


def files(directory: str) -> List[Dict[str, Any]]:
    """Every file below a directory with its size in bytes and its sha256, in the order of the paths."""
    found = []  # type: List[Dict[str, Any]]
    for base, _, names in os.walk(directory):
        for name in names:
            path = os.path.join(base, name)
            found.append(
                {
                    "path": os.path.relpath(path, directory),
                    "size_bytes": os.path.getsize(path),
                    "sha256": _sha256(path),
                }
            )
    return sorted(found, key=lambda entry: entry["path"])


def _sha256(path: str) -> str:
    digest = hashlib.sha256()
    with io.open(path, "rb") as stream:
        for block in iter(lambda: stream.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()
