"""What is in a cell, read off its declaration and its lock. Pure."""

from __future__ import annotations

import re

from lab.words import Cell, CellFacts

PINNED = re.compile(r"^(?P<name>[a-z0-9._-]+)==(?P<version>[^\s;\\]+)", re.MULTILINE)
LEGACY = ("TF_USE_LEGACY_KERAS", "1")


def facts_of(cell: Cell, lock_text: str) -> CellFacts:
    """The versions that decide what loads; ``keras`` is the Keras behind ``tf.keras``.

    TensorFlow up to 2.5 carries its own Keras, which is named after it.
    """
    pinned = {match["name"].replace("_", "-"): match["version"] for match in PINNED.finditer(lock_text)}
    own = ".".join(cell.tensorflow.split(".")[:2])
    legacy = LEGACY in cell.env
    keras = pinned.get("tf-keras", own) if legacy else pinned.get("keras", own)
    return CellFacts(
        tensorflow=cell.tensorflow, keras=keras, python=cell.python, packages=tuple(sorted(pinned.items()))
    )
