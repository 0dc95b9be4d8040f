"""Get cells ready: lock them where they have no lock, fingerprint them, build them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from lab.engines.locking import LockFolder, resolve
from lab.engines.uv import Uv
from lab.errors import CellFault
from lab.words import Cell


@dataclass(frozen=True, kw_only=True)
class LockedCell:
    """A cell with its lock, or with the reason why it has none (``fault``)."""

    cell: Cell
    lock_text: str
    fingerprint: str
    fault: str | None = None


def lock_cells(
    cells: Iterable[Cell],
    folder: LockFolder,
    uv: Uv | None,
    identify: Callable[[Cell, str], str],
    say: Callable[[str], None],
    jobs: int,
) -> dict[str, LockedCell]:
    """Read every lock; resolve the missing and the stale ones on the way, and say so. Without uv none is resolved.

    ``identify`` gives the fingerprint of a cell with its lock, as the engine makes it.
    """

    def lock(cell: Cell) -> LockedCell:
        text = folder.read(cell)
        if text is None:
            if uv is None:
                return _unlocked(cell, f"{folder.why_not(cell)}: nox -s lock -- {cell.id}")
            say(f"locking {cell.id}: {folder.why_not(cell)}")
            try:
                text = resolve(cell, uv)
                folder.write(cell, text)
            except (CellFault, OSError) as error:
                return _unlocked(cell, str(error))
        return LockedCell(cell=cell, lock_text=text, fingerprint=identify(cell, text))

    with ThreadPoolExecutor(jobs) as pool:
        return {locked.cell.id: locked for locked in pool.map(lock, cells)}


def _unlocked(cell: Cell, fault: str) -> LockedCell:
    return LockedCell(cell=cell, lock_text="", fingerprint=f"unlocked-{cell.id}", fault=fault)
