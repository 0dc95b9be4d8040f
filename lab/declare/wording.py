"""Put a checked file into the words of the lab: globs become the ids that they stand for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lab.declare.naming import matching
from lab.declare.schema import MatrixFile, UnsupportedTable
from lab.words import (
    Cell,
    Format,
    KnownFailure,
    Limits,
    Matrix,
    Mending,
    Model,
    NamedSelection,
    StrategyLimits,
    Tolerance,
    Unsupported,
)


def in_words(file: MatrixFile) -> Matrix:
    """The matrix of a file; a name that leads nowhere is left out, as a check has reported it."""
    return Matrix(
        cells=_cells(file),
        models=_models(file),
        formats=tuple(
            Format(id=key, container=table.container, strategies=tuple(table.strategies), title=table.title)
            for key, table in file.formats.items()
        ),
        unsupported=tuple(_unsupported(file, rule) for rule in file.unsupported.values()),
        known_failures=tuple(KnownFailure(**entry.model_dump()) for entry in file.known_failures.values()),
        selections=tuple(
            NamedSelection(
                id=key,
                cells=expanded(table.cells, file.cells),
                models=expanded(table.models or ["*"], file.models),
                formats=expanded(table.formats or ["*"], file.formats),
            )
            for key, table in file.selections.items()
        ),
        limits=Limits(**file.limits.model_dump()),
        tolerance=Tolerance(**file.tolerances.model_dump()),
        depth=file.ladder.depth,
        seed=file.ladder.seed,
        groups=tuple(file.groups.items()),
        registry=file.images.registry,
        strategies=tuple(
            StrategyLimits(
                id=key,
                tags=tuple(table.tags or ()),
                keras=table.keras or "",
                last_after_timeout=table.last_after_timeout,
            )
            for key, table in file.strategies.items()
        ),
    )


def expanded(patterns: Sequence[str], names: Iterable[str]) -> tuple[str, ...]:
    """The names that any of the globs stands for, each once, in the order of the names."""
    return tuple(name for name in names if any(matching(pattern, (name,)) for pattern in patterns))


def _cells(file: MatrixFile) -> tuple[Cell, ...]:
    return tuple(
        Cell(
            id=key,
            tensorflow=table.tensorflow,
            python=table.python,
            as_of=table.as_of,
            package=table.package or file.defaults.package,
            group=table.group or file.defaults.group,
            keras=table.keras,
            requires=tuple(table.requires),
            overrides=tuple(table.overrides),
            env=tuple(table.env.items()),
            anchors=tuple(anchor for anchor in expanded(table.anchors, file.cells) if anchor != key),
            imports=table.imports,
            cuda=table.cuda,
            cudnn=table.cudnn,
            cuda_image=table.cuda_image,
            wheels_on_path=table.wheels_on_path,
            base_image=table.base_image,
            mends=tuple(Mending(**mending.model_dump()) for mending in table.mends if mending.cell in file.cells),
            note=table.note,
            source=table.source or "",
        )
        for key, table in file.cells.items()
    )


def _models(file: MatrixFile) -> tuple[Model, ...]:
    usual = [key for key, table in file.formats.items() if not table.listed_only]
    return tuple(
        Model(
            id=key,
            detects=table.detects,
            formats=expanded([*(table.formats or usual), *(table.also or ())], file.formats),
            tags=tuple(table.tags),
            rtol=table.rtol,
        )
        for key, table in file.models.items()
    )


def _unsupported(file: MatrixFile, rule: UnsupportedTable) -> Unsupported:
    def ids(patterns: Sequence[str] | None, names: Iterable[str]) -> tuple[str, ...] | None:
        return None if patterns is None else expanded(patterns, names)

    return Unsupported(
        reason=rule.reason,
        source=rule.source,
        producers=ids(rule.producers, file.cells),
        consumers=ids(rule.consumers, file.cells),
        models=ids(rule.models, file.models),
        formats=ids(rule.formats, file.formats),
    )
