"""Say which cells are compared with each other, and which of their combinations are declared impossible."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from lab.words import Cell, Matrix, Rescue, Unsupported

MAIN_GROUP = "main"

_Key = tuple[str, str, str]


def pairs(matrix: Matrix, cells: Iterable[Cell]) -> tuple[tuple[Cell, Cell], ...]:
    """The ordered pairs (producer, consumer) among some cells, in the order of the matrix.

    Cells of the main group pair with each other. Any other cell pairs with itself and, in both directions,
    with its anchors; an anchor that is not among the cells is left out.
    """
    wanted = {cell.id for cell in cells}
    ordered = [cell for cell in matrix.cells if cell.id in wanted]
    return tuple((producer, consumer) for producer in ordered for consumer in ordered if is_pair(producer, consumer))


def is_pair(producer: Cell, consumer: Cell) -> bool:
    """Whether the matrix compares these two; the order does not matter."""
    if producer.id == consumer.id or producer.group == consumer.group == MAIN_GROUP:
        return True
    return producer.id in consumer.anchors or consumer.id in producer.anchors


def rescues(matrix: Matrix, cells: Iterable[Cell]) -> tuple[Rescue, ...]:
    """Every pair among some cells with a third of them that the consumer can become, in the order of the matrix."""
    wanted = {cell.id: cell for cell in cells}
    return tuple(
        Rescue(producer=producer, consumer=consumer, mender=mender, mending=mending)
        for producer, consumer in pairs(matrix, wanted.values())
        for mender in wanted.values()
        for mending in mender.mends
        if mending.cell == consumer.id
    )


class Rules:
    """The declared-unsupported combinations of a matrix, looked up instead of searched."""

    def __init__(self, matrix: Matrix) -> None:
        self._by_key: defaultdict[_Key, list[Unsupported]] = defaultdict(list)
        for rule in matrix.unsupported:
            for key in keys(matrix, rule):
                self._by_key[key].append(rule)

    def declared_unsupported(self, producer: str, consumer: str, model: str, form: str) -> Unsupported | None:
        """The first rule that declares this combination impossible, by ids; ``None`` where none does."""
        for rule in self._by_key.get((producer, model, form), ()):
            if rule.consumers is None or consumer in rule.consumers:
                return rule
        return None

    def cannot_save(self, producer: str, model: str, form: str) -> Unsupported | None:
        """The first rule by which no consumer can have this artifact, so that it need not be saved."""
        for rule in self._by_key.get((producer, model, form), ()):
            if rule.consumers is None:
                return rule
        return None


def keys(matrix: Matrix, rule: Unsupported) -> Iterator[_Key]:
    """Every producer, model and format (by id) that a rule speaks of and that the matrix would save."""
    producers = (cell.id for cell in matrix.cells) if rule.producers is None else rule.producers
    models = [model for model in matrix.models if rule.models is None or model.id in rule.models]
    for producer in producers:
        for model in models:
            for form in model.formats:
                if rule.formats is None or form in rule.formats:
                    yield producer, model.id, form
