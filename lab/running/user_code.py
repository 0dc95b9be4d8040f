"""Code that a user gives along with a file: read and parsed here, and run in the cells alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lab.errors import LabError

BUILD = "build"
ASKED_FOR = frozenset({"custom_objects", BUILD})


@dataclass(frozen=True, kw_only=True)
class UserCode:
    """The text of a module, and which of the two functions it has."""

    text: str
    names: frozenset[str]

    @property
    def builds(self) -> bool:
        """Whether it builds the model."""
        return BUILD in self.names


def read_code(path: Path) -> UserCode:
    """A module with ``custom_objects(tf)`` or ``build(tf)``; raises LabError where it is none."""
    try:
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text, filename=str(path))
    except (OSError, UnicodeDecodeError) as error:
        message = f"the code {path} cannot be read: {error}"
        raise LabError(message) from error
    except (SyntaxError, ValueError) as error:
        message = f"the code {path} is no Python: {error}"
        raise LabError(message) from error
    names = ASKED_FOR & frozenset(_names(tree))
    if not names:
        message = (
            f"the code {path} has neither custom_objects(tf), which gives the classes and functions of a model by their"
            " names, nor build(tf), which gives the model without its weights: write one of them"
        )
        raise LabError(message)
    return UserCode(text=text, names=names)


def _names(module: ast.Module) -> Iterator[str]:
    """What the module defines, assigns or imports at its top."""
    for node in module.body:
        if isinstance(node, ast.FunctionDef):
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in node.names)
