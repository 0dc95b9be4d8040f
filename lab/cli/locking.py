"""``lab lock``: resolve cells as of their dates into ``images/locks``."""

from __future__ import annotations

import argparse
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from lab.cli.context import ROOT
from lab.cli.progress import say
from lab.declare import read_matrix, select
from lab.engines.locking import LockFolder, resolve
from lab.engines.uv import find_uv
from lab.errors import CellFault, ExitCode
from lab.words import Cell


def register(commands: Any, common: argparse.ArgumentParser) -> None:  # noqa: ANN401 - argparse's own type is private
    """Add ``lock``."""
    del common  # cells come as plain arguments here
    lock = commands.add_parser(
        "lock",
        help="resolve cells as of their dates, with hashes",
        description="Resolve each cell as the package index stood on its date, into images/locks/<cell>.txt.",
        epilog="example: python -m lab lock tf2.4 'tf2.1*'",
    )
    lock.add_argument("cells", nargs="*", metavar="CELL", help="cells or globs (default: all)")
    lock.add_argument("--matrix", type=type(ROOT), default=ROOT / "matrix.toml", metavar="FILE")
    lock.add_argument("--jobs", type=int, default=4, metavar="N", help="resolutions at once (default: 4)")
    lock.set_defaults(command=_lock)


def _lock(arguments: argparse.Namespace) -> int:
    matrix = read_matrix(arguments.matrix.resolve())
    cells = select(matrix, cells=" ".join(arguments.cells) or None).cells
    folder = LockFolder(directory=arguments.matrix.resolve().parent / "images" / "locks")
    uv = find_uv()

    def lock(cell: Cell) -> str | None:
        try:
            text = resolve(cell, uv)
        except CellFault as error:
            return str(error)
        say(f"{cell.id}: {folder.write(cell, text).name}, {text.count('==')} packages")
        return None

    with ThreadPoolExecutor(max(1, arguments.jobs)) as pool:
        faults = [fault for fault in pool.map(lock, cells) if fault is not None]
    for fault in faults:
        say(f"lab: {fault}")
    return ExitCode.INFRA_ERROR if faults else ExitCode.DONE
