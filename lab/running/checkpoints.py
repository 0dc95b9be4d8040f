"""TensorFlow checkpoints that people bring: found by any of their files, and told apart by how they were saved."""

from __future__ import annotations

import re
import shutil
import struct
from collections.abc import Iterator
from pathlib import Path

from lab.errors import LabError

INDEX, STATE = ".index", "checkpoint"
PART = re.compile(r"(\.index|\.data-\d{5}-of-\d{5})$")
LATEST = re.compile(r'^model_checkpoint_path: "(.*)"$', re.MULTILINE)
OBJECTS, MODEL = b"_CHECKPOINTABLE_OBJECT_GRAPH", b"model/"
WEIGHTS, TRACKED, NAMED = "weights-tf", "checkpoint", "checkpoint-by-name"
FORMATS = frozenset({WEIGHTS, TRACKED, NAMED})
TRACKED_AS = "ckpt"
NEEDS_CODE = (
    "is a checkpoint, which holds weights only: name a Python file with build(tf), which gives the model that they"
    " belong to, with --code"
)
# The index is a table of LevelDB: https://github.com/google/leveldb/blob/1.23/doc/table_format.md
FOOTER_BYTES, MAGIC = 48, 0xDB4775248B80FB57
UNCOMPRESSED = 0


def find(path: Path) -> Path | None:
    """The prefix of a checkpoint by its prefix, its folder or one of its files; None where it is none.

    Raises LabError where it is one that is not whole, and where a folder has several and does not say which.
    """
    if path.is_dir():
        return _in_folder(path)
    if path.name == STATE and path.is_file():
        return _in_folder(path.parent)
    prefix = path.with_name(PART.sub("", path.name))
    is_part = prefix != path and path.exists()
    is_prefix = prefix == path and not path.exists() and _index(path).is_file()
    return _whole(prefix) if is_part or is_prefix else None


def format_of(prefix: Path) -> str:
    """Whether Keras saved weights, a ``tf.train.Checkpoint`` a model that it tracked, or a saver variables by name.

    Raises LabError where the index cannot be read.
    """
    try:
        keys = list(_keys(_index(prefix).read_bytes()))
    except (ValueError, IndexError, struct.error) as error:
        raise LabError(f"{_index(prefix)} is no index of a checkpoint that can be read: {error}") from error
    if OBJECTS not in keys:
        return NAMED
    return TRACKED if any(key.startswith(MODEL) for key in keys) else WEIGHTS


def copy(prefix: Path, target: Path, name: str) -> None:
    """Copy it into a folder under another name; a tracked one is looked for by what its folder says is the latest."""
    target.mkdir(parents=True)
    tracked = format_of(prefix) == TRACKED
    called = TRACKED_AS if tracked else name
    for part in (_index(prefix), *_data(prefix)):
        shutil.copyfile(part, target / (called + part.name.removeprefix(prefix.name)))
    if tracked:
        (target / STATE).write_text(f'model_checkpoint_path: "{called}"\n', encoding="utf-8")


def _in_folder(folder: Path) -> Path | None:
    found = sorted(each.with_name(each.name.removesuffix(INDEX)) for each in folder.glob("*" + INDEX))
    if not found:
        return None
    if len(found) == 1:
        return _whole(found[0])
    latest = LATEST.search((folder / STATE).read_text(encoding="utf-8")) if (folder / STATE).is_file() else None
    said = None if latest is None else folder / Path(latest[1]).name
    if said not in found:
        names = ", ".join(each.name for each in found)
        raise LabError(f"{folder} has several checkpoints and does not say which is the latest: name one of {names}")
    return _whole(said)


def _whole(prefix: Path) -> Path:
    if not _index(prefix).is_file():
        raise LabError(f"{prefix} is a checkpoint without its {prefix.name}{INDEX}: copy that as well")
    if not _data(prefix):
        raise LabError(f"{prefix} is a checkpoint without its {prefix.name}.data-00000-of-00001: copy that as well")
    return prefix


def _index(prefix: Path) -> Path:
    return prefix.with_name(prefix.name + INDEX)


def _data(prefix: Path) -> list[Path]:
    beside = sorted(prefix.parent.iterdir())
    return [each for each in beside if each.name.startswith(prefix.name + ".data-") and PART.search(each.name)]


def _keys(table: bytes) -> Iterator[bytes]:
    """The keys of a table: a block of handles leads to the blocks of entries."""
    footer = table[-FOOTER_BYTES:]
    if len(footer) < FOOTER_BYTES or struct.unpack("<Q", footer[-8:])[0] != MAGIC:
        raise ValueError("it does not end as one")
    _, _, place = _handle(footer, 0)  # of a block about blocks
    start, size, _ = _handle(footer, place)
    for _, handle in _entries(_block(table, start, size)):
        start, size, _ = _handle(handle, 0)
        for key, _ in _entries(_block(table, start, size)):
            yield key


def _block(table: bytes, start: int, size: int) -> bytes:
    """The entries of a block, without the list of places to begin at that stands behind them."""
    if table[start + size] != UNCOMPRESSED:
        raise ValueError("it is compressed")
    block = table[start : start + size]
    (places,) = struct.unpack("<I", block[-4:])
    return block[: len(block) - 4 * (places + 1)]


def _entries(block: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Keys and values; a key says how much of the one before it begins with."""
    key, place = b"", 0
    while place < len(block):
        shared, place = _number(block, place)
        own, place = _number(block, place)
        size, place = _number(block, place)
        key = key[:shared] + block[place : place + own]
        yield key, block[place + own : place + own + size]
        place += own + size


def _handle(data: bytes, place: int) -> tuple[int, int, int]:
    """Where a block starts, how long it is, and what stands behind this handle."""
    start, place = _number(data, place)
    size, place = _number(data, place)
    return start, size, place


def _number(data: bytes, place: int) -> tuple[int, int]:
    """A number of variable length, seven bits a byte, and the place behind it."""
    value = shift = 0
    while True:
        byte = data[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:  # noqa: PLR2004 - the highest bit says that more follows
            return value, place
        shift += 7
