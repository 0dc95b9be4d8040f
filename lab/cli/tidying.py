"""``lab prune``: free the disk of environments that no cell of the matrix uses."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path
from typing import Any

from lab.cli.context import ROOT, cells_directory
from lab.cli.progress import say
from lab.declare import read_matrix
from lab.engines.locking import LockFolder
from lab.errors import ExitCode
from lab.identity import environment_key


def register(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse's own type is private
    """Add ``prune``."""
    del common  # it is about all cells, or about none
    prune = commands.add_parser(
        "prune",
        help="remove environments that no cell uses",
        description="Remove the lab's own environments that no cell of the matrix uses; with --all every one of them.",
        epilog="example: python -m lab prune --all",
    )
    prune.add_argument("--all", action="store_true", help="remove the environments of all cells")
    prune.add_argument("--matrix", type=Path, default=ROOT / "matrix.toml", metavar="FILE")
    prune.set_defaults(command=_prune)


def _prune(arguments: argparse.Namespace) -> int:
    path = arguments.matrix.resolve()
    folder = LockFolder(directory=path.parent / "images" / "locks")
    used: set[str] = set()
    for cell in () if arguments.all else read_matrix(path).cells:
        text = folder.read(cell)
        if text is not None:
            used.add(environment_key(cell, text))
    directory = cells_directory()
    removed = [entry for entry in directory.glob("*") if entry.name.split(".")[0] not in used]
    for entry in removed:
        if entry.is_dir():
            shutil.rmtree(entry)
            say(f"removed {entry}")
        else:
            entry.unlink()
    print(f"{sum(1 for entry in directory.glob('*') if entry.is_dir())} environments left in {directory}")
    return ExitCode.DONE
