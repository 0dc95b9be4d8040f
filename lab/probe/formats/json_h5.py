"""``model.to_json()`` beside ``save_weights("weights.h5")``: the pair of files that most models of 2016 to 2018 are."""

from __future__ import annotations

import io
import os
from typing import Any

from probe.recipes import load_json_h5 as PLAIN  # noqa: N812 - a constant of every format

__all__ = ["FILE", "PLAIN", "save"]

FILE = "."
ARCHITECTURE = "architecture.json"
WEIGHTS = "weights.h5"
ALSO = "model.weights.h5"  # the name that the recipes for such pairs read; the same file


def save(tensorflow: Any, reference: Any, directory: str) -> None:
    """Write architecture and weights side by side."""
    with io.open(os.path.join(directory, ARCHITECTURE), "w", encoding="utf-8") as stream:
        stream.write(reference.model.to_json())
    reference.model.save_weights(os.path.join(directory, WEIGHTS))
    os.link(os.path.join(directory, WEIGHTS), os.path.join(directory, ALSO))
