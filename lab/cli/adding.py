"""``lab add``: write a cell for a new TensorFlow release into ``matrix.toml`` and lock it."""

from __future__ import annotations

import argparse
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

from lab.cli.context import ROOT
from lab.cli.progress import say
from lab.declare import MAIN_GROUP, add_cell, read_matrix
from lab.engines.index import Release, find_release
from lab.engines.locking import LockFolder, resolve
from lab.engines.uv import find_uv
from lab.errors import ExitCode, LabError
from lab.words import Cell

# A release and the packages it needs appear within days of each other.
SETTLING = timedelta(days=14)
OLDEST_PYTHON, NEWEST_PYTHON = (3, 7), (3, 13)


def register(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse's own type is private
    """Add ``add``."""
    del common  # there is nothing to select
    add = commands.add_parser(
        "add",
        help="add a TensorFlow release to matrix.toml and lock it",
        description="Write a cell for a TensorFlow release into matrix.toml (Python and date from the package index, "
        "comments and order kept) and lock it.",
        epilog="example: python -m lab add 2.22.0",
    )
    add.add_argument("version", metavar="VERSION", help="a TensorFlow release, e.g. 2.22.0")
    add.add_argument("--id", metavar="CELL", help="the cell's id (default: tf2.22)")
    add.add_argument(
        "--python", metavar="X.Y", help="its Python (default: the newest that the release and the lab run)"
    )
    add.add_argument("--matrix", type=type(ROOT), default=ROOT / "matrix.toml", metavar="FILE")
    add.set_defaults(command=_add)


def _add(arguments: argparse.Namespace) -> int:
    path = arguments.matrix.resolve()
    matrix = read_matrix(path)
    if re.fullmatch(r"\d+\.\d+\.\d+\w*", arguments.version) is None:
        message = f"'{arguments.version}' is no release number; write it out, as in 2.22.0"
        raise LabError(message)
    cell_id = arguments.id or f"tf{arguments.version.rpartition('.')[0]}"
    if any(cell_id == other.id for other in matrix.cells):
        message = f"{path.name} has a cell {cell_id} already; edit it there, or name another with --id"
        raise LabError(message)
    cell = _cell(arguments, cell_id)
    lock = resolve(cell, find_uv())  # first: a cell that does not resolve is not written
    path.write_text(add_cell(path.read_text(encoding="utf-8"), cell), encoding="utf-8")
    read_matrix(path)
    LockFolder(directory=path.parent / "images" / "locks").write(cell, lock)
    say(f"added {cell.id}: TensorFlow {cell.tensorflow}, Python {cell.python}, index as of {cell.as_of}")
    say(f"run it: nox -s matrix (its row and column only: {2 * len(matrix.cells) - 1} pairs at most)")
    return ExitCode.DONE


def _cell(arguments: argparse.Namespace, cell_id: str) -> Cell:
    release = find_release("tensorflow-cpu", arguments.version) or find_release("tensorflow", arguments.version)
    if release is None:
        message = f"the package index has no TensorFlow {arguments.version}; look at its release history for the number"
        raise LabError(message)
    cell = Cell(
        id=cell_id,
        tensorflow=arguments.version,
        package=release.package,
        python=_python(release),
        as_of=release.uploaded + SETTLING,
        group=MAIN_GROUP,
        source=f"https://pypi.org/project/{release.package}/{arguments.version}/",
    )
    return replace(cell, python=arguments.python) if arguments.python else cell


def _python(release: Release) -> str:
    usable = [python for python in release.pythons if OLDEST_PYTHON <= python <= NEWEST_PYTHON]
    if not usable:
        message = f"{release.package} {release.version} has no wheel for a Python from 3.7 to 3.13"
        raise LabError(message)
    return ".".join(str(part) for part in max(usable))
