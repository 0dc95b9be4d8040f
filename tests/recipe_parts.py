"""Parts of recipes as a cell imports them; what needs no TensorFlow is tested without a cell."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType

from conftest import ROOT


def part(name: str) -> ModuleType:
    """``probe.recipes.parts.<name>``: within a cell the probe is a package of its own."""
    sys.path.insert(0, str(ROOT / "lab"))
    try:
        return importlib.import_module(f"probe.recipes.parts.{name}")
    finally:
        sys.path.remove(str(ROOT / "lab"))
