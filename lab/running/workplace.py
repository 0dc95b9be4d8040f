"""Where the files of a run are: artifacts, logs, requests, the probe's snapshot. Knows paths and nothing else."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.identity import ProbeCode

PROBE = Path(__file__).parents[1] / "probe"


@dataclass(frozen=True, kw_only=True)
class Workplace:
    """The output folder of a run."""

    directory: Path

    def artifact(self, key: str) -> Path:
        """The folder of an artifact."""
        return self.directory / "artifacts" / key[:2] / key

    def log(self, cell: str, what: str) -> Path:
        """A log file of a cell; its folder is made."""
        path = self.directory / "logs" / cell / f"{what}.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def unit(self, run: int, cell: str, what: str) -> Path:
        """An empty folder for one unit of work."""
        path = self.directory / "work" / str(run) / f"{cell}-{what}"
        shutil.rmtree(path, ignore_errors=True)
        path.mkdir(parents=True)
        return path

    def clear_units(self) -> None:
        """Remove what earlier runs left half done; only the run that holds the store may."""
        shutil.rmtree(self.directory / "work", ignore_errors=True)

    def snapshot_probe(self, code: ProbeCode) -> Path:
        """A copy of the probe that stays as it is while its source is edited; the folder that holds ``probe``."""
        parent = self.directory / "probe" / code.whole
        if not (parent / "complete").exists():
            for relative, text in code.files:
                path = parent / "probe" / relative
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            (parent / "complete").touch()
        return parent

    def is_whole(self, key: str, manifest: Mapping[str, Any]) -> bool:
        """Whether every file of an artifact is there with the bytes that were saved."""
        directory = self.artifact(key)
        return all(_sha256_or_none(directory / entry["path"]) == entry["sha256"] for entry in manifest.get("files", ()))


def read_probe_code(directory: Path = PROBE) -> ProbeCode:
    """The probe's source as it stands."""
    return ProbeCode.of(
        {path.relative_to(directory).as_posix(): path.read_text(encoding="utf-8") for path in directory.rglob("*.py")}
    )


def _sha256_or_none(path: Path) -> str | None:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None
