"""Resolve a cell as of its date into ``images/locks/<cell>.txt``, with hashes, and say whether a lock is stale."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

from lab.engines.interpreters import find_python
from lab.engines.uv import Uv
from lab.errors import CellFault
from lab.identity import digest
from lab.words import Cell

HEADER = """\
# Lock of cell {id}: Python {python}, index as of {as_of}. Write it anew with: nox -s lock -- {id}
# inputs: {inputs}
"""


@dataclass(frozen=True, kw_only=True)
class LockFolder:
    """Where the locks of all cells are."""

    directory: Path

    def path(self, cell: Cell) -> Path:
        """The lock file of a cell."""
        return self.directory / f"{cell.id}.txt"

    def read(self, cell: Cell) -> str | None:
        """The text of a lock, or None where there is none that fits what is declared."""
        path = self.path(cell)
        if not path.exists():
            return None
        text = path.read_text(encoding="utf-8")
        return text if f"# inputs: {inputs_digest(cell)}\n" in text else None

    def why_not(self, cell: Cell) -> str:
        """Why ``read`` gave None."""
        return "its pins changed since it was locked" if self.path(cell).exists() else "it has no lock yet"

    def write(self, cell: Cell, text: str) -> Path:
        """Write a lock in one step."""
        self.directory.mkdir(parents=True, exist_ok=True)
        path = self.path(cell)
        part = path.with_suffix(".part")
        part.write_text(text, encoding="utf-8")
        part.replace(path)
        return path


def inputs_digest(cell: Cell) -> str:
    """Hash of everything that decides how a cell resolves."""
    return digest(
        cell.package, cell.tensorflow, cell.keras or "", cell.python, cell.as_of.isoformat(),
        json.dumps(cell.requires), json.dumps(cell.overrides),
    )  # fmt: skip


def requirements(cell: Cell) -> list[str]:
    """What is asked of the resolver."""
    keras = [f"keras=={cell.keras}"] if cell.keras else []
    return [f"{cell.package}=={cell.tensorflow}", *keras, *cell.requires]


def resolve(cell: Cell, uv: Uv) -> str:
    """Resolve a cell; returns the text of its lock, raises CellFault with what the resolver said."""
    python = find_python(cell.python, uv)
    with tempfile.TemporaryDirectory() as scratch:
        overrides = Path(scratch) / "overrides.txt"
        overrides.write_text("\n".join(cell.overrides) + "\n", encoding="utf-8")
        completed = uv.resolve(requirements(cell), overrides if cell.overrides else None, python, cell.as_of)
    if not completed.ok:
        message = f"{cell.id} cannot be resolved as of {cell.as_of}:\n  {completed.explain()}"
        raise CellFault(message)
    header = HEADER.format(id=cell.id, python=cell.python, as_of=cell.as_of, inputs=inputs_digest(cell))
    return header + completed.output
