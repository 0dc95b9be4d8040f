"""Cut the work of cells into parts that keep all cores busy to the end. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Generic, Protocol, TypeVar

# A part imports TensorFlow once, for some seconds; that many artifacts take several times as long.
SMALLEST_PART = 100
# With that many parts a worker, the last ones end at about the same time.
PARTS_A_WORKER = 4


class OfModel(Protocol):
    """What is done with one artifact."""

    @property
    def model(self) -> str:
        """The id of its reference model."""
        ...


Work = TypeVar("Work", bound=OfModel)


@dataclass(frozen=True, kw_only=True)
class Part(Generic[Work]):
    """A share of what one cell has to do; ``number`` counts from 0 within the cell."""

    cell: str
    number: int
    work: tuple[Work, ...]


def cut(work: Mapping[str, Sequence[Work]], workers: int, *, cell_by_cell: bool = False) -> list[Part[Work]]:
    """Cut along models, for a model is built once and loaded in batches.

    The first part of every cell comes before all second ones, and large ones before small ones; with
    ``cell_by_cell`` all parts of a cell come one after the other, where few cells may be there at once.
    """
    total = sum(len(jobs) for jobs in work.values())
    size = max(SMALLEST_PART, math.ceil(total / (workers * PARTS_A_WORKER)))
    parts = [
        Part(cell=cell, number=number, work=share)
        for cell, jobs in work.items()
        for number, share in enumerate(_shares(jobs, size))
    ]
    return parts if cell_by_cell else sorted(parts, key=lambda part: (part.number, -len(part.work)))


def _shares(jobs: Sequence[Work], size: int) -> list[tuple[Work, ...]]:
    """About equal shares of at most about ``size`` jobs; one, though empty, where there is nothing to do."""
    count = max(1, round(len(jobs) / size))
    models = list(dict.fromkeys(job.model for job in jobs))
    by_model = groupby(sorted(jobs, key=lambda job: models.index(job.model)), key=lambda job: job.model)
    shares: list[list[Work]] = [[] for _ in range(count)]
    done = 0
    for _, same_model in by_model:
        group = list(same_model)
        shares[min(count - 1, done * count // max(1, len(jobs)))].extend(group)
        done += len(group)
    return [tuple(share) for share in shares if share] or [()]
