"""Turn an exception into plain data: what was raised, by what, and where."""

from __future__ import annotations

import os
import platform
import traceback
from typing import Any, Dict, List

MESSAGE_CHARS = 6000
FRAMES = 60
LINKS = 10


def describe(error: BaseException) -> Dict[str, Any]:
    """Describe an exception with its causes, innermost last, and its frames, outermost first."""
    return {
        "type": _type_name(error),
        "message": _message(error),
        "chain": [{"type": _type_name(link), "message": _message(link)} for link in _causes(error)],
        "frames": _frames(error),
    }


def _message(error: BaseException) -> str:
    """The message, without the name of this machine that TensorFlow puts into some."""
    text = str(error).replace("running on " + platform.node(), "running on HOST")
    return text[:MESSAGE_CHARS]


def _type_name(error: BaseException) -> str:
    kind = type(error)
    module = kind.__module__
    return kind.__name__ if module == "builtins" else "{}.{}".format(module, kind.__name__)


def _causes(error: BaseException) -> List[BaseException]:
    found = []  # type: List[BaseException]
    link = error.__cause__ or error.__context__  # type: Optional[BaseException]
    while link is not None and link not in found and len(found) < LINKS:
        found.append(link)
        link = link.__cause__ or link.__context__
    return found


def _frames(error: BaseException) -> List[str]:
    """One line a frame: ``keras/src/saving/saving_api.py:189 load_model``."""
    stack = traceback.extract_tb(error.__traceback__)
    lines = ["{}:{} {}".format(_short(frame.filename), frame.lineno, frame.name) for frame in stack]
    if len(lines) > FRAMES:
        return [*lines[: FRAMES // 2], "...", *lines[-FRAMES // 2 :]]
    return lines


def _short(path: str) -> str:
    """Name a file from its package on, so that the evidence is the same on every machine."""
    for marker in ("/site-packages/", "/dist-packages/"):
        if marker in path:
            return path.split(marker, 1)[1]
    parts = path.split(os.sep)
    if "probe" in parts:
        return "/".join(parts[len(parts) - 1 - parts[::-1].index("probe") :])
    return "/".join(parts[-2:])
