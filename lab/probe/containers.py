"""Recognise what was really written, by its first bytes and never by its suffix."""

from __future__ import annotations

import hashlib
import io
import os
from typing import Any, Dict, List

HDF5_MAGIC = b"\x89HDF\r\n\x1a\n"
ZIP_MAGIC = b"PK\x03\x04"


def recognise(directory: str) -> str:
    """Name the container: saved-model, hdf5-model, hdf5-weights, hdf5-weights-v3, zip, checkpoint, json or unknown."""
    paths = [os.path.join(base, name) for base, _, names in os.walk(directory) for name in names]
    names = {os.path.basename(path) for path in paths}
    if "saved_model.pb" in names:
        return "saved-model"
    if "architecture.json" in names:
        return "json"
    if any(name.endswith(".index") for name in names):
        return "checkpoint"
    return _recognise_file(paths[0]) if len(paths) == 1 else "unknown"


def _recognise_file(path: str) -> str:
    with io.open(path, "rb") as stream:
        head = stream.read(8)
    if head.startswith(ZIP_MAGIC):
        return "zip"
    return _recognise_hdf5(path) if head == HDF5_MAGIC else "unknown"


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
