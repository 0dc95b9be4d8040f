"""Choose the strategies that mean something for a model, a format and a consumer. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from lab.words import CellFacts, Format, Model, StrategyLimits


class Strategies:
    """What is declared of strategies, and the Keras of each cell; one without limits is tried everywhere."""

    def __init__(self, limits: Sequence[StrategyLimits], cells: Mapping[str, CellFacts]) -> None:
        self._limits = {each.id: each for each in limits}
        self._keras = {cell: Version(facts.keras) for cell, facts in cells.items()}
        self._specifiers = {each.id: SpecifierSet(each.keras, prereleases=True) for each in limits}
        self.last_after_timeout = tuple(each.id for each in limits if each.last_after_timeout)
        self._by_place: dict[tuple[tuple[str, ...], tuple[str, ...], str], tuple[str, ...]] = {}

    def of(self, model: Model, form: Format, consumer: str) -> tuple[str, ...]:
        """The strategies of a format for this model and this consumer, in their order."""
        place = (model.tags, form.strategies, consumer)
        if place not in self._by_place:
            self._by_place[place] = tuple(
                strategy
                for strategy in form.strategies
                if self.suits_model(strategy, model) and self.suits_cell(strategy, consumer)
            )
        return self._by_place[place]

    def in_order(self, strategies: Sequence[str], has_hung: Callable[[str], bool]) -> Iterator[str]:
        """The order in which they are tried: once one has not ended, what would hang likewise comes last.

        ``has_hung`` is asked of a strategy when the next one is wanted.
        """
        left = list(strategies)
        while left:
            strategy = left.pop(0)
            yield strategy
            if has_hung(strategy):
                left.sort(key=lambda each: each in self.last_after_timeout)

    def suits_model(self, strategy: str, model: Model) -> bool:
        """Whether the model has one of the tags that the strategy is for."""
        limits = self._limits.get(strategy)
        return limits is None or not limits.tags or bool(set(limits.tags) & set(model.tags))

    def suits_cell(self, strategy: str, consumer: str) -> bool:
        """Whether the cell's Keras can have it; a cell of which nothing is known may."""
        limits, keras = self._limits.get(strategy), self._keras.get(consumer)
        return limits is None or keras is None or keras in self._specifiers[limits.id]
