"""Find a CPython of a minor version: on PATH, in pyenv's version folders, in uv's store; else let uv install it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from lab.engines import processes
from lab.engines.uv import Uv
from lab.errors import CellFault

ASK = "import sys; print('%d.%d' % sys.version_info[:2])"
ASK_TIMEOUT_S = 20.0


def find_python(version: str, uv: Uv, *, install: bool = True) -> Path:
    """The path of a working interpreter ``X.Y``; raises CellFault with what to install.

    Every candidate is run before it is believed: pyenv's shims of inactive versions exist and exit with 127.
    """
    for candidate in _candidates(version, uv):
        if _answers(candidate, version):
            return candidate
    said = "uv was not asked to install one"
    if install:
        completed = uv.install_python(version)
        found = uv.find_python(version)
        if completed.ok and found is not None and _answers(found, version):
            return found
        said = completed.explain()
    message = (
        f"no Python {version} here: looked on PATH, in uv's store and in pyenv's versions; {said}\n"
        f"  install one with 'uv python install {version}' or 'pyenv install {version}', and run again"
    )
    raise CellFault(message)


def _candidates(version: str, uv: Uv) -> Iterator[Path]:
    on_path = shutil.which(f"python{version}")
    if on_path is not None:
        yield Path(on_path)
    yield from _pyenv_versions(version)
    in_store = uv.find_python(version)
    if in_store is not None:
        yield in_store


def _pyenv_versions(version: str) -> list[Path]:
    """Interpreters in pyenv's version folders, the newest patch first."""
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    folders = [folder for folder in root.glob(f"{version}.*") if folder.name.removeprefix(f"{version}.").isdigit()]
    folders.sort(key=lambda folder: int(folder.name.rpartition(".")[2]), reverse=True)
    return [folder / "bin" / "python" for folder in folders]


def _answers(candidate: Path, version: str) -> bool:
    completed = processes.run([str(candidate), "-I", "-c", ASK], timeout_s=ASK_TIMEOUT_S)
    return completed.ok and completed.output.strip() == version
