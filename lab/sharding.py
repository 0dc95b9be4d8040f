"""Share the pairs of a matrix among machines, by consumer: what one loads, no other does. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lab.words import Cell


@dataclass(frozen=True, kw_only=True)
class Shard:
    """One of so many parts; numbers begin at 1."""

    number: int
    count: int

    def __str__(self) -> str:
        """As it is written: ``2/5``."""
        return f"{self.number}/{self.count}"


def consumers_of(shard: Shard, pairs: Sequence[tuple[Cell, Cell]]) -> frozenset[str]:
    """The consumers of a shard; those with the most producers are dealt out first, to whoever has the least."""
    producers = Counter(consumer.id for _, consumer in pairs)
    order = {cell: place for place, cell in enumerate(producers)}
    loads = [0] * shard.count
    dealt: dict[str, int] = {}
    for cell in sorted(producers, key=lambda each: (-producers[each], order[each])):
        lightest = loads.index(min(loads))
        dealt[cell] = lightest
        loads[lightest] += producers[cell]
    return frozenset(cell for cell, place in dealt.items() if place == shard.number - 1)
