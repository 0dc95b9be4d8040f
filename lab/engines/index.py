"""Ask the package index what a release is: when it was uploaded, and for which Pythons."""

from __future__ import annotations

import json
import os
import re
import time
from dataclasses import dataclass
from datetime import date

from lab.errors import LabError

DEFAULT_INDEX = "https://pypi.org/simple"
ACCEPT = "application/vnd.pypi.simple.v1+json"
TIMEOUT_S = 60.0
TRIES = 3  # an index behind a cache now and then answers with a page instead of data
PAUSE_S = 2.0


@dataclass(frozen=True, kw_only=True)
class Release:
    """One version of a package; ``pythons`` are those that Linux x86_64 wheels are tagged with."""

    package: str
    version: str
    uploaded: date
    pythons: tuple[tuple[int, int], ...]


def find_release(package: str, version: str) -> Release | None:
    """A release with Linux wheels, or None where the index has none; raises LabError when it does not answer.

    The index is ``UV_DEFAULT_INDEX`` or ``PIP_INDEX_URL`` where they are set; the answer is the JSON of PEP 691.
    """
    files = [file for file in _files(package) if _is_wheel_of(file["filename"], package, version)]
    if not files:
        return None
    return Release(
        package=package,
        version=version,
        uploaded=max(date.fromisoformat(file["upload-time"][:10]) for file in files),
        pythons=tuple(sorted({python for file in files if (python := _python(file["filename"]))})),
    )


def _files(package: str) -> list[dict[str, str]]:
    # Only here: only 'lab add' asks the index, and the import takes 40 ms.
    import urllib.error  # noqa: PLC0415
    import urllib.request  # noqa: PLC0415

    base = os.environ.get("UV_DEFAULT_INDEX") or os.environ.get("PIP_INDEX_URL") or DEFAULT_INDEX
    last: Exception | None = None
    request = urllib.request.Request(f"{base.rstrip('/')}/{package}/", headers={"Accept": ACCEPT})  # noqa: S310
    for attempt in range(TRIES):
        time.sleep(attempt * PAUSE_S)
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310 - the user's own index
                found: list[dict[str, str]] = json.load(answer)["files"]
        except (urllib.error.URLError, ValueError, KeyError) as error:
            last = error
        else:
            return found
    message = f"the package index does not tell about {package}: {last}; is it reachable, and does it speak JSON?"
    raise LabError(message) from last


def _is_wheel_of(filename: str, package: str, version: str) -> bool:
    return (
        filename.startswith(f"{package.replace('-', '_')}-{version}-")
        and "x86_64" in filename
        and "manylinux" in filename
    )


def _python(filename: str) -> tuple[int, int] | None:
    found = re.search(r"-cp(\d)(\d+)-", filename)
    return (int(found[1]), int(found[2])) if found else None
