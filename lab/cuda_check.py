"""Hold three answers about CUDA side by side: what is declared, what TensorFlow was built with, what loads. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lab.words import Cell

# The library that speaks for each of the two versions that a cell declares.
SPOKESMEN = {"cuda": "cudart", "cudnn": "cudnn"}


@dataclass(frozen=True, kw_only=True)
class Answers:
    """The three answers for CUDA or for cuDNN, as version numbers; empty where there is none."""

    library: str
    declared: str
    built: str
    loaded: str


@dataclass(frozen=True, kw_only=True)
class CudaCheck:
    """What is known of a cell with CUDA in it.

    ``device`` names the GPU that operations ran on, else ``why_no_device`` says why there is none. ``on_cpu`` is
    true where a GPU is there and TensorFlow computes on the processor nevertheless: green, but on the CPU.
    """

    answers: tuple[Answers, ...]
    problems: tuple[str, ...]
    device: str
    why_no_device: str
    on_cpu: bool


def check(cell: Cell, facts: Mapping[str, Any]) -> CudaCheck | None:
    """The check of a cell, from the facts that its probe saw; None for cells without CUDA or without facts."""
    seen = facts.get("cuda")
    if cell.cuda is None or not seen:
        return None
    declared = {"cuda": cell.cuda, "cudnn": cell.cudnn or ""}
    libraries = seen["libraries"]
    answers = tuple(
        Answers(
            library=name,
            declared=declared[name],
            built=seen["built"].get(name, ""),
            loaded=(libraries.get(spokesman) or {}).get("version") or "",
        )
        for name, spokesman in SPOKESMEN.items()
    )
    driver = seen.get("driver")
    on_gpu = "GPU" in seen["computed_on"]
    return CudaCheck(
        answers=answers,
        problems=(*_missing(libraries), *_disagreeing(answers)),
        device=f"{driver['device']} (compute capability {driver['compute_capability']}, driver {driver['version']})"
        if driver and on_gpu
        else "",
        why_no_device="" if driver else seen["no_driver"],
        on_cpu=bool(driver) and not on_gpu,
    )


def state_reason(found: CudaCheck | None) -> str:
    """What to say of a cell in a line; nothing where all is well or CUDA is not in it."""
    if found is None:
        return ""
    if found.why_no_device:
        return f"no GPU here: {found.why_no_device}; the cell runs on the processor"
    if found.on_cpu:
        return "; ".join(("a GPU is here, but TensorFlow computes on the processor", *found.problems))
    return ""


def _missing(libraries: Mapping[str, Mapping[str, Any]]) -> list[str]:
    return [f"{found['soname']} is not found" for _, found in sorted(libraries.items()) if not found["found_by"]]


def _disagreeing(answers: tuple[Answers, ...]) -> list[str]:
    """Where the release that loads, or that TensorFlow was built with, is another than the declared one."""
    return [
        f"{one.library} {one.declared} is declared, {what} {version}"
        for one in answers
        for what, version in (("TensorFlow was built with", one.built), ("there is", one.loaded))
        if version and not _agree(one.declared, version)
    ]


def _agree(declared: str, version: str) -> bool:
    """Whether two versions are the same as far as both say: 8 and 8.6.0 agree, 11.2 and 11.8 do not."""
    known = [part for part in version.split(".") if part.isdigit()]
    return not known or all(ours == theirs for ours, theirs in zip(declared.split("."), known, strict=False))
