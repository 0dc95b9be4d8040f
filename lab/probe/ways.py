"""Find what a format or a strategy is made of; an unknown one is refused in words, never taken for another."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

from probe.answers import Refused

PLAIN = "plain"


def way_of(format_id: str) -> Any:
    """The module that saves in a format; raises Refused where there is none of that name."""
    return _module("formats", format_id, "the format '{}' is not known")


def recipe_of(way: Any, strategy: str) -> Any:
    """The recipe of a strategy: the format's own for ``plain``, else the module of that name."""
    if strategy == PLAIN:
        return way.PLAIN
    return _module("recipes", strategy, "the strategy '{}' is not known")


def _module(package: str, name: str, refusal: str) -> Any:
    found = "probe.{}.{}".format(package, name.replace("-", "_"))
    if importlib.util.find_spec(found) is None:
        raise Refused(refusal.format(name))
    return importlib.import_module(found)


def spoils_the_model(format_id: str) -> bool:
    """Whether a save in this format changes the model itself, so that it has to come last."""
    try:
        return bool(getattr(way_of(format_id), "SPOILS_THE_MODEL", False))
    except Refused:
        return False
