"""Claims about checkpoints that people bring: found by any of their files, and told for what they are."""

from __future__ import annotations

import json
import struct
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from lab.cli.main import main
from lab.engines.protocol import BuiltCell
from lab.errors import LabError
from lab.running.checkpoints import MAGIC, copy, find, format_of
from lab.running.foreign import recognise

ROOT = Path(__file__).resolve().parents[1]
OBJECTS = "_CHECKPOINTABLE_OBJECT_GRAPH"
BUILD = """
def build(tf):
    given = tf.keras.Input((3,))
    value = tf.keras.layers.Dense(4, activation="tanh")(given)
    return tf.keras.Model(given, tf.keras.layers.Dense(1)(value))
"""
SAVE = """
import os
import sys
import tensorflow as tf

os.chdir(sys.argv[1])
model = build(tf)
model.save_weights("keras/weights")
tf.train.Checkpoint(model=model).save("tracked/ckpt")
named = {weight.name.split(":")[0]: weight for weight in model.weights}
tf.compat.v1.train.Saver(named).save(None, "named/model.ckpt")
"""


def number(value: int) -> bytes:
    """Seven bits a byte, the lowest first."""
    return bytes([value]) if value < 128 else bytes([value & 127 | 128, value >> 7])


def block(entries: Sequence[tuple[bytes, bytes]]) -> bytes:
    """A block of a table whose keys take from the one before what they share with it."""
    body, before = b"", b""
    for key, value in entries:
        shared = next((n for n, pair in enumerate(zip(key, before, strict=False)) if pair[0] != pair[1]), 0)
        body += bytes([shared, len(key) - shared, len(value)]) + key[shared:] + value
        before = key
    return body + struct.pack("<II", 0, 1) + b"\0" + b"crc."


def an_index(*keys: str) -> bytes:
    entries = block([(key.encode(), b"value") for key in ("", *keys)])
    handle = number(0) + number(len(entries) - 5)
    handles = block([(b"zz", handle)])
    footer = bytes([0, 0]) + number(len(entries)) + number(len(handles) - 5)
    return entries + handles + footer.ljust(40, b"\0") + struct.pack("<Q", MAGIC)


def a_checkpoint(prefix: Path, *keys: str) -> Path:
    prefix.parent.mkdir(parents=True, exist_ok=True)
    Path(f"{prefix}.index").write_bytes(an_index(*keys))
    Path(f"{prefix}.data-00000-of-00001").write_bytes(b"numbers")
    return prefix


# --- finding it ---


@pytest.mark.parametrize("name", ["w.ckpt", "w.ckpt.index", "w.ckpt.data-00000-of-00001", "checkpoint", ""])
def test_any_of_its_files_or_its_folder_names_a_checkpoint(tmp_path: Path, name: str) -> None:
    prefix = a_checkpoint(tmp_path / "w.ckpt", OBJECTS)
    (tmp_path / "checkpoint").write_text('model_checkpoint_path: "w.ckpt"\n', encoding="utf-8")

    assert find(tmp_path / name) == prefix


def test_of_several_in_a_folder_the_latest_is_taken_as_the_folder_says(tmp_path: Path) -> None:
    for number in range(3):
        a_checkpoint(tmp_path / f"ckpt-{number}")
    (tmp_path / "checkpoint").write_text('model_checkpoint_path: "/gone/ckpt-1"\n', encoding="utf-8")

    assert find(tmp_path) == tmp_path / "ckpt-1"


def test_a_folder_that_does_not_say_which_is_the_latest_is_refused_with_their_names(tmp_path: Path) -> None:
    a_checkpoint(tmp_path / "a")
    a_checkpoint(tmp_path / "b")

    with pytest.raises(LabError, match="name one of a, b"):
        find(tmp_path)


@pytest.mark.parametrize(("left", "said"), [(".index", "data-00000-of-00001"), (".data-00000-of-00001", "w.index")])
def test_a_part_of_a_checkpoint_is_refused_with_what_is_missing(tmp_path: Path, left: str, said: str) -> None:
    (tmp_path / f"w{left}").write_bytes(b"")

    with pytest.raises(LabError, match=rf"without its .*{said}: copy that as well"):
        find(tmp_path / f"w{left}")


def test_other_files_and_folders_are_no_checkpoints(tmp_path: Path) -> None:
    (tmp_path / "model.h5").write_bytes(b"")

    others = (tmp_path, *(tmp_path / name for name in ("model.h5", "none", "none.index")))
    assert [find(path) for path in others] == [None] * len(others)


# --- telling it apart ---


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ([OBJECTS, "layer_with_weights-0/kernel"], "weights-tf"),
        ([OBJECTS, "base_a/kernel", "base_model/kernel"], "weights-tf"),
        ([OBJECTS, "metrics/a", "model/layer_with_weights-0/kernel", "save_counter"], "checkpoint"),
        (["dense/bias", "dense/kernel", "model/kernel"], "checkpoint-by-name"),
    ],
)
def test_its_keys_say_how_it_was_saved(tmp_path: Path, keys: list[str], expected: str) -> None:
    assert format_of(a_checkpoint(tmp_path / "w", *keys)) == expected


@pytest.mark.parametrize("content", [b"", b"x" * 100, b"\xff" * 40 + struct.pack("<Q", MAGIC)])
def test_an_index_that_is_none_is_refused(tmp_path: Path, content: bytes) -> None:
    prefix = a_checkpoint(tmp_path / "w")
    (tmp_path / "w.index").write_bytes(content)

    with pytest.raises(LabError, match="no index of a checkpoint that can be read"):
        format_of(prefix)


def test_a_checkpoint_without_code_is_refused_with_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(LabError, match=r"weights only: name a Python file with build\(tf\).*with --code"):
        recognise(a_checkpoint(tmp_path / "w", OBJECTS))


def test_a_copy_of_a_tracked_one_says_which_is_the_latest(tmp_path: Path) -> None:
    copy(a_checkpoint(tmp_path / "ckpt-7", OBJECTS, "model/kernel"), tmp_path / "copy", ".")

    assert find(tmp_path / "copy" / "checkpoint") == tmp_path / "copy" / "ckpt"


# --- loading it ---


@pytest.mark.cells
def test_checkpoints_are_tried_with_the_code_that_builds_their_model(
    cell: Callable[[str], BuiltCell], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.py").write_text(BUILD, encoding="utf-8")
    subprocess.run([cell("tf2.4").python, "-c", BUILD + SAVE, str(tmp_path)], check=True, capture_output=True)
    brought = [str(tmp_path / name) for name in ("keras/weights.index", "tracked", "named/model.ckpt")]
    options = ["--cells", "tf2.4 tf2.21", "--code", str(tmp_path / "mine.py"), "--trust", "--json"]

    main(["try", *brought, "--engine", "local", "--matrix", str(ROOT / "matrix.toml"), *options])

    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    last = {(row["format"], row["consumer"]): (row["strategy"], row["outcome"]) for row in rows}
    assert last == {
        ("weights-tf", "tf2.4"): ("plain", "pass"),
        ("weights-tf", "tf2.21"): ("weights-by-name", "pass"),
        ("checkpoint", "tf2.4"): ("plain", "pass"),
        ("checkpoint", "tf2.21"): ("weights-by-name", "pass"),
        ("checkpoint-by-name", "tf2.4"): ("plain", "pass"),
        ("checkpoint-by-name", "tf2.21"): ("plain", "pass"),
    }
