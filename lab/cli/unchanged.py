"""Know a run that has nothing to do before anything is read: same inputs, same store, same answer.

Remembers, beside the store, what went into the last finished run and what it printed. Whatever decides a result is
hashed (matrix, locks, probe, lab, arguments) together with the store file itself, so a change of any of them means an
ordinary run.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lab.store import FILE

MEMORY = "last-run.json"
PAGE = "index.html"


@dataclass(frozen=True, kw_only=True)
class LastRun:
    """What the last finished run on a store printed, and the hash of what went into it."""

    out: Path
    inputs: str

    def summary(self) -> str | None:
        """What to print again, or None where anything has changed or is missing."""
        try:
            told = json.loads((self.out / MEMORY).read_text(encoding="utf-8"))
            unchanged = told["inputs"] == self._all_inputs() and (self.out / PAGE).exists()
            return str(told["summary"]) if unchanged else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def forget(self) -> None:
        """Call it when a run begins: until it has finished, nothing is known to be unchanged."""
        (self.out / MEMORY).unlink(missing_ok=True)

    def remember(self, summary: str) -> None:
        """Keep what was printed; call it with the store closed."""
        text = json.dumps({"inputs": self._all_inputs(), "summary": summary})
        part = self.out / f"{MEMORY}.part"
        part.write_text(text, encoding="utf-8")
        part.replace(self.out / MEMORY)

    def _all_inputs(self) -> str:
        stored = (self.out / FILE).stat()
        return f"{self.inputs}-{stored.st_size}-{stored.st_mtime_ns}"


def last_run(out: Path, matrix: Path, arguments: Iterable[str], sources: Iterable[Path]) -> LastRun:
    """The last run on a store, to be compared with one of these arguments and the files as they are now."""
    digest = hashlib.sha256()
    for argument in arguments:
        digest.update(argument.encode() + b"\0")
    for path in (matrix, *sorted((matrix.parent / "images" / "locks").glob("*.txt")), *_files(sources)):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return LastRun(out=out, inputs=digest.hexdigest())


def _files(sources: Iterable[Path]) -> list[Path]:
    """The files below some folders, in a fixed order, without what Python caches."""
    found = (path for source in sources for path in source.rglob("*") if path.is_file())
    return sorted(path for path in found if "__pycache__" not in path.parts)
