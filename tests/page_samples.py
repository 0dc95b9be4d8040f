"""Synthetic matrices and results for the tests of the grid and of the page."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from typing import Any

from lab.words import (
    Cell,
    CellReport,
    Format,
    Limits,
    Matrix,
    Model,
    Observation,
    Outcome,
    Provenance,
    Raised,
    Result,
    Stage,
    Tolerance,
)

HOSTILE = "</script><img src=x onerror=window.hacked=1>"
STRATEGIES = ("plain", "compile-false", "custom-objects", "legacy-keras")
PROVENANCE = Provenance(
    started_at="2026-01-02T03:04:05Z",
    finished_at="2026-01-02T04:04:05Z",
    engine="local",
    machines={"Linux x86_64, 2 cores": 100, "Linux x86_64, 4 cores": 20},
    lab_version="0.1.0",
    probe_hash="0123abcd",
    trials_run=120,
    loads=70,
)


def a_cell(cell_id: str, group: str) -> Cell:
    """A cell of which only the name and the group matter."""
    version = cell_id.removeprefix("tf").split("-", maxsplit=1)[0]
    return Cell(
        id=cell_id,
        tensorflow=f"{version}.0",
        python="3.10",
        as_of=date(2024, 1, 1),
        package="tensorflow-cpu",
        group=group,
        keras=f"{version}.0",
    )


def a_matrix(
    cells: tuple[Cell, ...] | None = None,
    models: tuple[str, ...] = ("dense", "cnn", "lstm", "lambda"),
    formats: tuple[str, ...] = ("savedmodel", "h5", "keras"),
) -> Matrix:
    """A small matrix with two eras."""
    if cells is None:
        names = (("tf2.4", "keras2"), ("tf2.10", "keras2"), ("tf2.15", "keras2"), ("tf2.16", "keras3"))
        cells = (*(a_cell(*name) for name in names), a_cell("tf2.21", "keras3"), a_cell("tf2.16-tfkeras", "legacy"))
    return Matrix(
        cells=cells,
        models=tuple(Model(id=model, detects="", formats=formats) for model in models),
        formats=tuple(Format(id=each, container="", strategies=STRATEGIES, title=each) for each in formats),
        unsupported=(),
        known_failures=(),
        selections=(),
        limits=Limits(trial_timeout_s=1, trial_cpu_s=1, save_timeout_s=1, memory_mib=1, build_timeout_s=1, batch=1),
        tolerance=Tolerance(atol=0, rtol=0),
        depth="compare",
        seed=1,
        groups=(("keras2", "Keras 2 in TensorFlow"), ("keras3", "Keras 3"), ("legacy", "Legacy Keras"), ("gpu", "GPU")),
    )


def a_result(outcome: Outcome = Outcome.PASS, **changes: Any) -> Result:
    """A result of the pair tf2.4, tf2.10."""
    result = Result(
        producer="tf2.4",
        consumer="tf2.10",
        model="dense",
        format="h5",
        strategy="plain",
        outcome=outcome,
        stage=Stage.COMPARE,
        cause=None,
        reason="",
        max_abs_diff=None,
        seconds=0.12,
        engine="local",
        key="",
        seen_at="2026-01-02T03:04:05Z",
    )
    keyed = replace(result, **changes)
    return replace(keyed, key=hashlib.sha256(keyed.name.encode()).hexdigest())


def reports(matrix: Matrix) -> list[CellReport]:
    """A report for every cell."""
    facts = {"tensorflow": "2.x", "packages": {"numpy": "1.26.4", "h5py": "3.10.0"}}
    return [CellReport(cell=cell, fingerprint="f", state="ready", reason="", facts=facts) for cell in matrix.cells]


def many_results(matrix: Matrix) -> list[Result]:
    """Every pair, model and format, in a pattern that shows every outcome and every look."""
    results: list[Result] = []
    for row, producer in enumerate(matrix.cells):
        for column, consumer in enumerate(matrix.cells):
            if "legacy" in (producer.group, consumer.group) and (row + column) % 3 == 1:
                continue
            for seed, (model, each) in enumerate((model, each) for model in matrix.models for each in matrix.formats):
                place: dict[str, Any] = {
                    "producer": producer.id,
                    "consumer": consumer.id,
                    "model": model.id,
                    "format": each.id,
                }
                results += _tried(place, distance=column - row, seed=seed + row)
    return results


def _tried(place: dict[str, Any], *, distance: int, seed: int) -> list[Result]:
    if distance == -2:
        return [a_result(Outcome.DRIFT if seed % 3 else Outcome.PASS, max_abs_diff=0.0123, **place)]
    if distance == -3:
        return [a_result(Outcome.BLOCKED, reason="the save failed", stage=Stage.SAVE, **place)]
    if distance == -4:
        return [a_result(Outcome.UNSUPPORTED, reason="declared impossible", stage=None, **place)]
    if distance >= 2 and seed % (distance + 1):
        return [_failed(place, strategy, distance, seed) for strategy in STRATEGIES]
    if distance == 1 and seed % 4 == 0:
        saved_by_a_remedy = a_result(strategy="compile-false", max_abs_diff=1.19e-7, **place)
        return [_failed(place, "plain", distance, seed), saved_by_a_remedy]
    return [a_result(max_abs_diff=1.19e-7, **place)]


def _failed(place: dict[str, Any], strategy: str, distance: int, seed: int) -> Result:
    raised = Raised(
        type="TypeError",
        message=f"Error when deserializing class 'InputLayer' of {place['model']}: unrecognized 'batch_shape' ({seed})",
        chain=(("ValueError", "Unrecognized keyword arguments passed to Dense"),),
        frames=tuple(f'File "keras/src/module_{at}.py", line {at * 7}, in load_{at}' for at in range(12)),
    )
    outcome = (Outcome.LOAD_ERROR, Outcome.LOAD_ERROR, Outcome.CRASH, Outcome.TIMEOUT)[seed % 4]
    return a_result(
        outcome,
        strategy=strategy,
        stage=Stage.REBUILD,
        cause="keras3-config-in-keras2" if seed % 3 else None,
        reason=f"the config names what this Keras does not know, {distance} minors apart\nmore",
        observation=Observation(exception=raised, log_tail="Segmentation fault"),
        **place,
    )


def hostile_results() -> list[Result]:
    """Foreign text that would break out of markup or script where it is not escaped."""
    raised = Raised(type=HOSTILE, message=f"{HOSTILE} <!-- <script>", frames=(HOSTILE, "{{ 7 * 7 }}"))
    seen = Observation(exception=raised, log_tail=HOSTILE)
    return [
        a_result(Outcome.CRASH, model=HOSTILE, reason=HOSTILE, observation=seen, known_failure=HOSTILE),
        a_result(Outcome.INFRA_ERROR, model='"><svg onload=window.hacked=1>', reason="disk full \ud800"),
    ]
