"""Files that people bring: what they are, and how they become artifacts that cells can load."""

from __future__ import annotations

import base64
import json
import re
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py

from lab.errors import LabError

HDF5_MAGIC = b"\x89HDF\r\n\x1a\n"
ZIP_MAGIC = b"PK\x03\x04"
VERSION = re.compile(r"\d+(\.\d+)+")
NEEDS_CODE = "holds weights only: without the code that builds the model there is nothing to load them into"


@dataclass(frozen=True, kw_only=True)
class Foreign:
    """A file or folder that somebody saved; ``keras`` is the version it says that it was saved with, if it does."""

    path: Path
    format: str
    keras: str | None


def recognise(path: Path) -> Foreign:
    """Say what a file is, by its content; raises LabError where it is nothing that can be loaded by itself."""
    if not path.exists():
        raise LabError(f"{path} does not exist")
    if path.is_dir():
        return _folder(path)
    with path.open("rb") as stream:
        head = stream.read(8)
    if head == HDF5_MAGIC:
        return _hdf5(path)
    if head.startswith(ZIP_MAGIC):
        return _archive(path)
    kinds = "a Keras HDF5 file, a .keras archive or a SavedModel folder"
    raise LabError(f"{path} is neither {kinds}; it begins with {head!r}")


def place(foreign: Foreign, file: str, directory: Path) -> None:
    """Copy it to where an artifact of its format has it; ``file`` is the name that the format gives it."""
    target = directory / "model"
    if foreign.path.is_dir():
        shutil.copytree(foreign.path, target)
        return
    target.mkdir(parents=True)
    shutil.copyfile(foreign.path, target / file)


def record(directory: Path, calls: Sequence[Mapping[str, Any]]) -> None:
    """Write the answers that the probe sent as the golden answers of the artifact."""
    golden = directory / "golden"
    golden.mkdir()
    index = []
    for number, call in enumerate(calls):
        for role, name in (("inputs", "in"), ("outputs", "out")):
            for place_, array in enumerate(call[role]):
                (golden / f"call{number}-{name}{place_}.npy").write_bytes(base64.b64decode(array))
        counts = {role: len(call[role]) for role in ("inputs", "outputs")}
        index.append({"signature": call["signature"], **counts, "resumed": 0})
    (golden / "calls.json").write_text(json.dumps(index), encoding="utf-8")


def _folder(path: Path) -> Foreign:
    if not (path / "saved_model.pb").is_file():
        raise LabError(f"{path} is a folder without a saved_model.pb")
    by_keras = (path / "keras_metadata.pb").exists() or b"_tf_keras_" in (path / "saved_model.pb").read_bytes()
    return Foreign(path=path, format="keras-savedmodel" if by_keras else "savedmodel", keras=None)


def _hdf5(path: Path) -> Foreign:
    try:
        with h5py.File(path, "r") as stored:
            if "model_config" not in stored.attrs:
                raise LabError(f"{path} {NEEDS_CODE}")
            version = _text(stored.attrs.get("keras_version", ""))
    except OSError as error:
        raise LabError(f"{path} begins like HDF5 and cannot be read: {error}") from error
    form = "keras-suffix-h5" if path.suffix == ".keras" else "h5"
    return Foreign(path=path, format=form, keras=_version(version))


def _archive(path: Path) -> Foreign:
    try:
        with zipfile.ZipFile(path) as archive:
            if "config.json" not in archive.namelist():
                raise LabError(f"{path} is a zip archive without a config.json, so no .keras file")
            stored = json.loads(archive.read("metadata.json")) if "metadata.json" in archive.namelist() else {}
    except (zipfile.BadZipFile, ValueError) as error:
        raise LabError(f"{path} begins like a zip archive and cannot be read: {error}") from error
    return Foreign(path=path, format="keras", keras=_version(str(stored.get("keras_version", ""))))


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _version(text: str) -> str | None:
    """``2.2.4`` of ``2.2.4-tf``."""
    found = VERSION.search(text)
    return found[0] if found else None
