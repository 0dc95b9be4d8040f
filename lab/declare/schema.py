"""The shape of ``matrix.toml`` as pydantic models: which keys stand where, and of what type; nothing about names."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

OLDEST_PYTHON = (3, 7)
NEWEST_PYTHON = (3, 13)

LINK = r"^https://\S+$"
SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
RELEASE = r"^\d+\.\d+\.\d+\S*$"

Depth = Literal["compare", "train", "resave"]
Container = Literal[
    "saved-model",
    "hdf5-model",
    "hdf5-weights",
    "hdf5-weights-v3",
    "hdf5-weights-sharded",
    "zip",
    "checkpoint",
    "json",
    "graph-def",
    "tflite",
]


def _probed_python(text: str) -> str:
    """Refuse what the probe is not kept running on."""
    major, _, minor = text.partition(".")
    if not (major.isdecimal() and minor.isdecimal()):
        raise ValueError(f"python '{text}' is not a version like '3.11'")
    version = (int(major), int(minor))
    if version < OLDEST_PYTHON:
        raise ValueError(f"python '{text}' is older than {_dotted(OLDEST_PYTHON)}, the oldest the probe runs on")
    if version > NEWEST_PYTHON:
        raise ValueError(f"python '{text}' is newer than {_dotted(NEWEST_PYTHON)}, the newest the probe runs on")
    return text


def _dotted(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"


def _specifier(text: str) -> str:
    """Refuse what does not select versions."""
    try:
        SpecifierSet(text)
    except InvalidSpecifier as error:
        raise ValueError(f"'{text}' is not a version specifier like '>=3'") from error
    return text


Python = Annotated[str, AfterValidator(_probed_python)]
Specifier = Annotated[str, AfterValidator(_specifier)]
Text = Annotated[str, Field(min_length=1)]
Link = Annotated[str, Field(pattern=LINK)]
Seconds = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(gt=0)]
Names = Annotated[list[str], Field(min_length=1)]


class Entry(BaseModel):
    """A table of the file: unknown keys are errors, and so are values of a neighbouring type."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Defaults(Entry):
    """What a cell is where it does not say."""

    package: Text
    group: Text


class ImagesTable(Entry):
    """``[images]``."""

    registry: str = ""


class LimitsTable(Entry):
    """``[limits]``."""

    trial_timeout_s: Seconds
    trial_cpu_s: Seconds
    save_timeout_s: Seconds
    memory_mib: Count
    build_timeout_s: Seconds
    batch: Count


class TolerancesTable(Entry):
    """``[tolerances]``."""

    atol: Annotated[float, Field(ge=0)]
    rtol: Annotated[float, Field(ge=0)]


class LadderTable(Entry):
    """``[ladder]``."""

    depth: Depth
    seed: int


class MendingTable(Entry):
    """An entry of ``mends``: what to do to ``cell`` so that it becomes the cell in whose table this stands."""

    cell: Text
    strategy: Annotated[str, Field(pattern=SLUG)]
    do: Text


class CellTable(Entry):
    """``[cells."tf2.15"]``."""

    tensorflow: Annotated[str, Field(pattern=RELEASE)]
    python: Python
    as_of: date
    package: Text | None = None
    group: Text | None = None
    keras: Text | None = None
    requires: list[str] = []
    overrides: list[str] = []
    env: dict[str, str] = {}
    anchors: list[str] = []
    imports: bool = True
    cuda: Text | None = None
    cudnn: Text | None = None
    cuda_image: Text | None = None
    wheels_on_path: bool = False
    base_image: Text | None = None
    mends: list[MendingTable] = []
    note: str = ""
    source: Link | None = None


class FormatTable(Entry):
    """``[formats.h5]``."""

    title: Text
    container: Container
    strategies: Names
    listed_only: bool = False


class StrategyTable(Entry):
    """``[strategies.unsafe]``: an absent key means any."""

    tags: Names | None = None
    keras: Specifier | None = None
    last_after_timeout: bool = False


class SelectionTable(Entry):
    """``[selections.quick]``; an absent list means all."""

    cells: Names
    models: Names | None = None
    formats: Names | None = None


class ModelTable(Entry):
    """``[models.dense-sequential]``; without ``formats`` it is saved in all that are not ``listed_only``.

    ``also`` names formats beyond those; ``rtol`` is for a model that computes with fewer digits than the others.
    """

    detects: Text
    formats: Names | None = None
    also: Names | None = None
    tags: list[str] = []
    rtol: Annotated[float, Field(ge=0)] | None = None


class UnsupportedTable(Entry):
    """``[[unsupported]]``; an absent list means any."""

    reason: Text
    source: Link
    producers: Names | None = None
    consumers: Names | None = None
    models: Names | None = None
    formats: Names | None = None


class KnownFailureTable(Entry):
    """``[[known_failures]]``."""

    trial: Text
    reason: Text
    link: Link


class MatrixFile(Entry):
    """The whole file. Arrays of tables are keyed by their position, so that it survives where one is left out."""

    schema_: Annotated[Literal[1], Field(alias="schema")]
    defaults: Defaults
    images: ImagesTable = ImagesTable()
    limits: LimitsTable
    tolerances: TolerancesTable
    ladder: LadderTable
    groups: dict[str, Text]
    selections: dict[str, SelectionTable] = {}
    cells: dict[str, CellTable]
    formats: dict[str, FormatTable]
    models: dict[str, ModelTable]
    strategies: dict[str, StrategyTable] = {}
    unsupported: dict[int, UnsupportedTable] = {}
    known_failures: dict[int, KnownFailureTable] = {}


SECTIONS: dict[str, type[Entry]] = {
    "defaults": Defaults,
    "images": ImagesTable,
    "limits": LimitsTable,
    "tolerances": TolerancesTable,
    "ladder": LadderTable,
    "selections": SelectionTable,
    "cells": CellTable,
    "formats": FormatTable,
    "models": ModelTable,
    "strategies": StrategyTable,
    "unsupported": UnsupportedTable,
    "known_failures": KnownFailureTable,
}
