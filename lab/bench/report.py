"""Say what the timings come to: medians, ratios, a table for people and one JSON object for programs. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from lab.bench.timing import Taken

SCHEMA = 1


@dataclass(frozen=True, kw_only=True)
class Round:
    """One repetition: the three ways side by side, all cells together. ``script`` ran only a sample of the trials."""

    floor: Taken
    lab: Taken
    script: Taken


@dataclass(frozen=True, kw_only=True)
class Bench:
    """Everything that was measured; ``idle_s`` is ``lab matrix`` with nothing to do, once a repetition."""

    cells: tuple[str, ...]
    rounds: tuple[Round, ...]
    idle_s: tuple[float, ...]
    cores: int
    load_average: float


def fields(bench: Bench) -> dict[str, Any]:
    """Medians over the repetitions; seconds are a trial's, ratios are taken within a repetition."""
    first = bench.rounds[0]
    return {
        "schema": SCHEMA,
        "cells": list(bench.cells),
        "repetitions": len(bench.rounds),
        "cores": bench.cores,
        "load_average": round(bench.load_average, 2),
        "trials": first.floor.trials,
        "script_trials": first.script.trials,
        "import_seconds": _median(bench.rounds, lambda each: each.floor.import_s / len(bench.cells)),
        "with_import": _compared(bench.rounds, _with_import),
        "without_import": _compared(bench.rounds, _without_import),
        "disagreements": max(len(disagreements(each)) for each in bench.rounds),
        "nothing_to_do_seconds": round(median(bench.idle_s), 3),
    }


def disagreements(seen: Round) -> list[str]:
    """Trials that only one of floor and lab tried, or on whose answer they differ: not the same work, then."""
    keys = seen.floor.answers.keys() | seen.lab.answers.keys()
    return sorted("/".join(key) for key in keys if seen.floor.answers.get(key) != seen.lab.answers.get(key))


def table(bench: Bench) -> list[str]:
    """The same for people."""
    told = fields(bench)
    lines = [
        f"{told['trials']} trials in {', '.join(bench.cells)}, median of {told['repetitions']} repetitions",
        f"on {bench.cores} cores with a load average of {bench.load_average:.1f} before it began",
        f"{'':36s} {'with the import':>20s} {'without it':>20s}",
        f"{'':36s} {'s a trial':>11s} {'x floor':>8s} {'s a trial':>11s} {'x floor':>8s}",
    ]
    rows = (
        ("floor", "in one process, one after the other"),
        ("lab", "the lab"),
        ("script", f"a process for each ({told['script_trials']} of them)"),
    )
    lines += [_row(title, name, told) for name, title in rows]
    lines.append(
        f"the script takes {told['with_import']['script_over_lab']:.1f} times as long as the lab; "
        f"importing TensorFlow takes {told['import_seconds']:.1f} s a process"
    )
    lines.append(f"python -m lab matrix with nothing to do: {told['nothing_to_do_seconds']:.2f} s")
    if told["disagreements"]:
        lines.append(f"not the same work: floor and lab differ on {told['disagreements']} trials")
    return lines


def _row(title: str, name: str, told: dict[str, Any]) -> str:
    numbers = "".join(
        f" {told[view][f'{name}_seconds']:11.3f} {told[view][f'{name}_over_floor']:8.2f}"
        for view in ("with_import", "without_import")
    )
    return f"{title:36s}{numbers}"


def _compared(rounds: Sequence[Round], seconds: Callable[[Taken], float]) -> dict[str, float]:
    return {
        "floor_seconds": _median(rounds, lambda each: seconds(each.floor)),
        "lab_seconds": _median(rounds, lambda each: seconds(each.lab)),
        "script_seconds": _median(rounds, lambda each: seconds(each.script)),
        "floor_over_floor": 1.0,
        "lab_over_floor": _median(rounds, lambda each: seconds(each.lab) / seconds(each.floor)),
        "script_over_floor": _median(rounds, lambda each: seconds(each.script) / seconds(each.floor)),
        "script_over_lab": _median(rounds, lambda each: seconds(each.script) / seconds(each.lab)),
    }


def _median(rounds: Sequence[Round], value: Callable[[Round], float]) -> float:
    return round(median(value(each) for each in rounds), 4)


def _with_import(taken: Taken) -> float:
    return taken.wall_s / taken.trials


def _without_import(taken: Taken) -> float:
    return taken.load_s / taken.trials
