"""Make the canaries of a cell from an artifact of its own: what must pass, must drift, must fail, must be refused."""

from __future__ import annotations

import shutil
import struct
from pathlib import Path
from typing import Any

from lab.judging import CANARY_ALTERED, CANARY_CONTROL, CANARY_CORRUPT, CANARY_UNKNOWN

# No Keras in it, so that it says something about the cell and the lab alone.
MODEL = "tf-module"
FORMAT = "savedmodel"
PREFIX = "canary:"


def make(artifact: Path, directory: Path) -> list[dict[str, Any]]:
    """The jobs of the four canaries; altered copies go below ``directory``."""
    altered = directory / CANARY_ALTERED
    shutil.copytree(artifact, altered)
    _alter(altered / "golden" / "call0-out0.npy")
    corrupt = directory / CANARY_CORRUPT
    shutil.copytree(artifact, corrupt)
    _truncate(corrupt / "model" / "saved_model.pb")
    return [
        _job(CANARY_CONTROL, artifact, FORMAT),
        _job(CANARY_ALTERED, altered, FORMAT),
        _job(CANARY_CORRUPT, corrupt, FORMAT),
        _job(CANARY_UNKNOWN, artifact, "no-such-format"),
    ]


def _job(name: str, directory: Path, format_id: str) -> dict[str, Any]:
    return {
        "id": PREFIX + name,
        "model": MODEL,
        "format": format_id,
        "directory": str(directory),
        "strategies": ["plain"],
    }


def _alter(path: Path) -> None:
    """Change the last number of a float32 array by one."""
    data = path.read_bytes()
    (value,) = struct.unpack("<f", data[-4:])
    path.write_bytes(data[:-4] + struct.pack("<f", value + 1.0))


def _truncate(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
