"""Files that people bring: what they are, and how they become artifacts that cells can load."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py

from lab.errors import LabError
from lab.running import checkpoints

HDF5_MAGIC = b"\x89HDF\r\n\x1a\n"
ZIP_MAGIC = b"PK\x03\x04"
HEAD_BYTES = 64
# How files begin (in lower case, some after four bytes) that are taken for models, and what they are.
STRANGERS = {
    b"version https://git-lfs": "is a pointer of Git LFS, and the file itself was not fetched: git lfs pull",
    b"<!doctype html": "is a web page: the download gave a page in the place of the file",
    b"<html": "is a web page: the download gave a page in the place of the file",
    b"TFL3": "is a TFLite flatbuffer, which tf.lite.Interpreter runs whatever TensorFlow converted it",
}
# An architecture as model.to_yaml() of Keras 2 wrote it: its keys are sorted.
YAML = re.compile(rb"(backend|class_name|config) *:")
AS_JSON = (
    "is an architecture in YAML, which Keras has not read since 2021; as JSON it is read, and PyYAML makes it that, for"
    """ a file that you trust: python -c "import json, yaml; """
    """json.dump(yaml.full_load(open('{name}')), open('{stem}.json', 'w'))\""""
)
GRAPH = "saved_model.pb"
INNER = (".h5", ".hdf5", ".keras", GRAPH)
# The version of TensorFlow in the protocol buffer of a SavedModel: a field, its length, and the field behind it.
TENSORFLOW = re.compile(rb"\*([\x05-\x1e])(\d+\.\d+\.\d+[\w.+-]*)2")
VERSION = re.compile(r"\d+(\.\d+)+")
NEEDS_CODE = (
    "holds weights only: there is nothing to load them into without the architecture; where that is a JSON file, name"
    " that and the weights with --weights; where it is Python, name a file with build(tf) with --code"
)
V3_GROUPS = frozenset({"layers", "_layer_checkpoint_dependencies"})  # in the root of a weights file of the v3 layout
ARCHITECTURE, WEIGHTS = "architecture.json", ("weights.h5", "model.weights.h5")  # as the format json-h5 has them


@dataclass(frozen=True, kw_only=True)
class Foreign:
    """A file or folder that somebody saved; ``keras``, ``tensorflow``: what it says that it was saved with, if it does.

    ``weights`` are those of an architecture in JSON; ``described`` is the config that names its layers, if it has one.
    """

    path: Path
    format: str
    keras: str | None
    weights: Path | None = None
    described: str | None = None
    tensorflow: str | None = None


def recognise(path: Path, weights: Path | None = None, *, builds: bool = False) -> Foreign:
    """Say what a file is, by its content; raises LabError where it is nothing that can be loaded.

    ``weights`` belong to it where it is an architecture; else the only file is taken that can be meant. ``builds`` is
    whether there is code that builds the model, which is what a file of weights alone needs.
    """
    if path.is_dir() and (path / GRAPH).is_file():
        return _folder(path)
    prefix = checkpoints.find(path)
    if prefix is not None:
        return _checkpoint(prefix, builds=builds)
    if path.is_dir():
        raise LabError(f"{path} is a folder without a {GRAPH}, and without a checkpoint")
    if not path.exists():
        raise LabError(f"{path} does not exist")
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if head.startswith(HDF5_MAGIC):
        return _hdf5(path, builds=builds)
    if head.startswith(ZIP_MAGIC):
        return _archive(path)
    if head.lstrip().startswith(b"{"):
        return _architecture(path, weights)
    raise LabError(f"{path} {_what_else(path, head)}")


def place(foreign: Foreign, file: str, directory: Path) -> None:
    """Copy it to where an artifact of its format has it; ``file`` is the name that the format gives it."""
    target = directory / "model"
    if foreign.path.is_dir():
        shutil.copytree(foreign.path, target)
        return
    if foreign.format in checkpoints.FORMATS:
        checkpoints.copy(foreign.path, target, file)
        return
    target.mkdir(parents=True)
    if foreign.weights is None:
        shutil.copyfile(foreign.path, target / file)
        return
    shutil.copyfile(foreign.path, target / ARCHITECTURE)
    first, *others = (target / name for name in WEIGHTS)
    shutil.copyfile(foreign.weights, first)
    for other in others:
        os.link(first, other)


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


def _what_else(path: Path, head: bytes) -> str:
    """What a file is that is no model, where that can be told, and what to do about it."""
    if not head:
        return "is empty: a download or a save was cut off"
    if YAML.match(head.lstrip()):
        return AS_JSON.format(name=path.name, stem=path.stem)
    text = head.lstrip().lower()
    for begins, said in STRANGERS.items():
        if text.startswith(begins) or head[4:].startswith(begins):
            return said
    kinds = "a Keras HDF5 file, a .keras archive or a SavedModel folder"
    return f"is neither {kinds}; it begins with {head[:8]!r}"


def _checkpoint(prefix: Path, *, builds: bool) -> Foreign:
    if not builds:
        raise LabError(f"{prefix} {checkpoints.NEEDS_CODE}")
    return Foreign(path=prefix, format=checkpoints.format_of(prefix), keras=None)


def _folder(path: Path) -> Foreign:
    graph, metadata = (path / GRAPH).read_bytes(), path / "keras_metadata.pb"
    by_keras = metadata.exists() or b"_tf_keras_" in graph
    described = metadata.read_bytes() if metadata.exists() else graph
    return Foreign(
        path=path,
        format="keras-savedmodel" if by_keras else "savedmodel",
        keras=None,
        described=described.decode(errors="replace") if by_keras else None,
        tensorflow=_tensorflow_of(graph),
    )


def _tensorflow_of(graph: bytes) -> str | None:
    found = TENSORFLOW.search(graph)
    return _version(found[2][: found[1][0]].decode("ascii")) if found else None


def _hdf5(path: Path, *, builds: bool) -> Foreign:
    try:
        with h5py.File(path, "r") as stored:
            version, config = (_text(stored.attrs.get(name, "")) for name in ("keras_version", "model_config"))
            weights = _weights_format(stored)
    except OSError as error:
        raise LabError(f"{path} begins like HDF5 and cannot be read: {error}") from error
    if config:
        form = "keras-suffix-h5" if path.suffix == ".keras" else "h5"
        return Foreign(path=path, format=form, keras=_version(version), described=config)
    if weights is None:
        raise LabError(f"{path} is HDF5, and neither a model nor the weights of one that Keras wrote")
    if not builds:
        raise LabError(f"{path} {NEEDS_CODE}")
    return Foreign(path=path, format=weights, keras=_version(version))


def _weights_format(stored: h5py.File) -> str | None:
    """The format of a file that holds weights alone; None where it is nothing that Keras wrote."""
    if "layer_names" in stored.attrs:
        return "weights-h5"
    return "weights-v3" if V3_GROUPS & set(stored) else None


def _architecture(path: Path, weights: Path | None) -> Foreign:
    try:
        text = path.read_text(encoding="utf-8-sig")
        stored = json.loads(text)
    except ValueError as error:
        raise LabError(f"{path} begins like JSON and cannot be read: {error}") from error
    if not {"class_name", "config"} <= set(stored):
        raise LabError(f"{path} is JSON, and no architecture that model.to_json() wrote")
    found = _beside(path) if weights is None else weights
    if found is None:
        raise LabError(f"{path} is an architecture without weights: name the HDF5 file that has them with --weights")
    if not _is_hdf5(found):
        raise LabError(f"{found} is no HDF5 file, so it has no weights for {path}")
    version = _version(str(stored.get("keras_version", "")))
    return Foreign(path=path, format="json-h5", keras=version, weights=found, described=text)


def _beside(path: Path) -> Path | None:
    """The HDF5 file in the same folder that begins with the name of an architecture, or the only one there."""
    there = [other for other in sorted(path.parent.iterdir()) if other.is_file() and _is_hdf5(other)]
    named = [other for other in there if other.name.startswith(path.stem)]
    return next((some[0] for some in (named, there) if len(some) == 1), None)


def _is_hdf5(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            return stream.read(len(HDF5_MAGIC)) == HDF5_MAGIC
    except OSError:
        return False


def _archive(path: Path) -> Foreign:
    try:
        with zipfile.ZipFile(path) as archive:
            if "config.json" not in archive.namelist():
                inner = next((name for name in archive.namelist() if name.endswith(INNER)), None)
                within = "" if inner is None else f"; it holds {inner}: unpack it and name that"
                raise LabError(f"{path} is a zip archive without a config.json, so no .keras file{within}")
            stored = json.loads(archive.read("metadata.json")) if "metadata.json" in archive.namelist() else {}
            config = _text(archive.read("config.json"))
    except (zipfile.BadZipFile, ValueError) as error:
        raise LabError(f"{path} begins like a zip archive and cannot be read: {error}") from error
    version = _version(str(stored.get("keras_version", "")))
    return Foreign(path=path, format="keras", keras=version, described=config)


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _version(text: str) -> str | None:
    """``2.2.4`` of ``2.2.4-tf``."""
    found = VERSION.search(text)
    return found[0] if found else None
