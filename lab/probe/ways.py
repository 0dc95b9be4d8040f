"""Find the module of a format; an unknown format is refused in words, never mistaken for another."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

from probe.answers import Refused


def way_of(format_id: str) -> Any:
    """The module that saves and loads a format; raises Refused where there is none of that name."""
    name = "probe.formats." + format_id.replace("-", "_")
    if importlib.util.find_spec(name) is None:
        raise Refused("the format '{}' is not known".format(format_id))
    return importlib.import_module(name)
