"""Claims about which strategies are tried: by the tags of a model and the Keras of a consumer."""

from __future__ import annotations

import pytest

from lab.strategies import Strategies
from lab.words import CellFacts, Format, Model, StrategyLimits

ALL = Format(
    id="keras", container="zip", strategies=("plain", "no-compile", "custom-objects", "unsafe", "layer"), title=""
)
LIMITS = (
    StrategyLimits(id="custom-objects", tags=("custom",)),
    StrategyLimits(id="unsafe", tags=("custom", "lambda"), keras=">=2.12"),
    StrategyLimits(id="layer", keras=">=3"),
)
CELLS = {
    "tf2.4": CellFacts(tensorflow="2.4.4", keras="2.4", python="3.8"),
    "tf2.15": CellFacts(tensorflow="2.15.1", keras="2.15.0", python="3.11"),
    "tf2.21": CellFacts(tensorflow="2.21.0", keras="3.15.0", python="3.13"),
}


def tried(consumer: str, *tags: str) -> tuple[str, ...]:
    model = Model(id="dense", detects="", formats=("keras",), tags=tags)
    return Strategies(LIMITS, CELLS).of(model, ALL, consumer)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ((), ("plain", "no-compile")),
        (("dense", "compiled"), ("plain", "no-compile")),
        (("lambda",), ("plain", "no-compile", "unsafe")),
        (("custom",), ("plain", "no-compile", "custom-objects", "unsafe")),
    ],
)
def test_a_strategy_is_tried_for_the_models_that_it_means_something_for(
    tags: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    assert tried("tf2.15", *tags) == expected


def test_a_strategy_is_tried_where_keras_can_have_it() -> None:
    assert tried("tf2.4", "lambda") == ("plain", "no-compile")
    assert tried("tf2.21", "lambda") == ("plain", "no-compile", "unsafe", "layer")


@pytest.mark.parametrize(
    ("hung", "expected"),
    [
        ((), "plain no-compile unsafe rewrite layer"),
        (("plain",), "plain rewrite layer no-compile unsafe"),
        (("no-compile",), "plain no-compile rewrite layer unsafe"),
        (("plain", "rewrite"), "plain rewrite layer no-compile unsafe"),
    ],
)
def test_once_a_load_has_not_ended_what_would_hang_likewise_is_tried_last(hung: tuple[str, ...], expected: str) -> None:
    last = tuple(StrategyLimits(id=each, last_after_timeout=True) for each in ("no-compile", "unsafe"))
    strategies = ("plain", "no-compile", "unsafe", "rewrite", "layer")

    assert list(Strategies(last, CELLS).in_order(strategies, hung.__contains__)) == expected.split()


def test_a_cell_of_which_nothing_is_known_may_have_every_strategy() -> None:
    assert tried("tf2.22", "custom") == ALL.strategies
