"""Claims about every remedy: where it mends, a copy of it that gives wrong numbers drifts and never passes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, Prober, Seen, a_job

from lab.engines.protocol import BuiltCell
from lab.words import Matrix, Outcome, Role

pytestmark = [pytest.mark.cells, pytest.mark.slow]

CONSUMER = "tf2.21"
# Each strategy with a model and a format of a producer that it loads in tf2.21.
MENDED = {
    "no-compile": ("tf2.21", "dense-sequential", "h5"),
    "custom-objects": ("tf2.21", "custom-layer", "keras"),
    "custom-objects-no-compile": ("tf2.21", "custom-loss-metric", "h5"),
    "json-custom-objects": ("tf2.21", "custom-layer", "json"),
    "json-unsafe": ("tf2.21", "lambda-layer", "json"),
    "json-weights-into-code": ("tf2.4", "dense-sequential", "json"),
    "unsafe": ("tf2.21", "lambda-layer", "keras"),
    "drop-optimizer": ("tf2.21", "dense-sequential", "h5"),
    "rewrite-config": ("tf2.4", "dense-sequential", "h5"),
    "rewrite-config-json": ("tf2.4", "dense-sequential", "json"),
    "rewrite-config-keras": ("tf2.15", "dense-sequential", "keras"),
    "rebuild-lambdas": ("tf2.4", "lambda-layer", "h5"),
    "rebuild-lambdas-json": ("tf2.4", "lambda-layer", "json"),
    "rebuild-lambdas-keras": ("tf2.15", "lambda-layer", "keras"),
    "saved-model-load": ("tf2.15", "dense-uncompiled", "keras-savedmodel"),
    "tfsm-layer": ("tf2.15", "dense-uncompiled", "keras-savedmodel"),
    "trim-and-load": ("tf2.4", "dense-sequential", "keras-savedmodel"),
    "session-loader": ("tf2.4", "dense-sequential", "keras-savedmodel"),
    "build-and-load-weights": ("tf2.4", "dense-sequential", "h5"),
    "build-and-load-weights-by-name": ("tf2.4", "dense-sequential", "h5"),
    "weights-by-order": ("tf2.4", "dense-sequential", "h5"),
    "weights-by-name": ("tf2.4", "dense-sequential", "keras-savedmodel"),
    "weights-by-path": ("tf2.15", "dense-sequential", "keras"),
    "merge-shards": ("tf2.21", "cnn-batchnorm", "weights-sharded"),
    "drop-unknown-attributes": ("tf2.21", "dense-sequential", "frozen-graph"),
    "tflite-signature": ("tf2.21", "dense-sequential", "tflite"),
    "checkpoint-by-object-paths": ("tf2.4", "dense-sequential", "checkpoint"),
}
# Only Keras 2 has these; they are broken where they mend.
ELSEWHERE = {"trim-and-load-model": ("tf2.4", "tf2.15", "dense-sequential", "keras-savedmodel")}

BREAKS = '''
import functools

import tensorflow as tf

from probe.recipes import {module}_unbroken as unbroken

GIVES = unbroken.GIVES


@functools.wraps(unbroken.load)
def load(*args, **kwargs):
    given = unbroken.load(*args, **kwargs)
    if GIVES == "functions":
        return {{name: (names, wrong(function)) for name, (names, function) in given.items()}}
    if GIVES == "layer":
        return wrong(given)
    owner = given if GIVES == "model" else next(iter(given.signatures.values()))
    kernel = next(variable for variable in owner.trainable_variables if len(variable.shape) == 2)
    kernel.assign(kernel * 0)
    return given


def wrong(function):
    """Answers that are not the answers."""
    def call(*args, **kwargs):
        return tf.nest.map_structure(lambda answer: answer + 1, function(*args, **kwargs))

    return call
'''


def broken(strategy: str) -> dict[str, str]:
    """The files of the probe in which this strategy gives wrong numbers."""
    module = strategy.replace("-", "_")
    whole = (ROOT / f"lab/probe/recipes/{module}.py").read_text(encoding="utf-8")
    return {f"recipes/{module}.py": BREAKS.format(module=module), f"recipes/{module}_unbroken.py": whole}


def jobs_in(folder: Path, mended: dict[str, tuple[str, str, str]], producer: str) -> list[dict[str, Any]]:
    return [
        a_job(strategy, model, form, folder / f"{saved_by}-{model}-{form}", strategy)
        for strategy, (saved_by, model, form) in mended.items()
        if producer in {saved_by, ""}
    ]


@pytest.fixture(scope="module")
def saved(cell: Callable[[str], BuiltCell], probe: Prober, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with what the producers saved."""
    folder = tmp_path_factory.mktemp("mended")
    for producer in ("tf2.4", "tf2.15", "tf2.21"):
        jobs = {job["directory"]: job | {"strategies": []} for job in jobs_in(folder, MENDED, producer)}
        probe(cell(producer), Role.SAVE, list(jobs.values()))
    return folder


def outcomes(seen: Seen) -> dict[str, Outcome]:
    return {strategy: judgement.outcome for (_, strategy), judgement in seen.loads().items()}


def test_every_remedy_of_the_matrix_is_broken_here(matrix: Matrix) -> None:
    declared = {strategy for form in matrix.formats for strategy in form.strategies} - {"plain"}

    assert declared == {*MENDED, *ELSEWHERE}


def test_every_remedy_mends_where_it_is_broken_below(
    saved: Path, cell: Callable[[str], BuiltCell], probe: Prober
) -> None:
    seen = probe(cell(CONSUMER), Role.LOAD, jobs_in(saved, MENDED, ""))
    reasons = {name: judgement.reason for (name, _), judgement in seen.loads().items()}

    assert outcomes(seen) == dict.fromkeys(MENDED, Outcome.PASS), reasons


def test_a_remedy_that_gives_wrong_numbers_never_passes(
    saved: Path, cell: Callable[[str], BuiltCell], probe: Prober
) -> None:
    planted = {name: text for strategy in MENDED for name, text in broken(strategy).items()}

    seen = probe(cell(CONSUMER), Role.LOAD, jobs_in(saved, MENDED, ""), planted=planted)

    assert outcomes(seen) == dict.fromkeys(MENDED, Outcome.DRIFT)


@pytest.mark.parametrize("strategy", ELSEWHERE)
def test_a_remedy_of_keras_2_mends_and_broken_never_passes(
    strategy: str, cell: Callable[[str], BuiltCell], probe: Prober, tmp_path: Path
) -> None:
    producer, consumer, model, form = ELSEWHERE[strategy]
    job = a_job(strategy, model, form, tmp_path / "model", strategy)
    probe(cell(producer), Role.SAVE, [job | {"strategies": []}])

    honest = probe(cell(consumer), Role.LOAD, [job])
    spoilt = probe(cell(consumer), Role.LOAD, [job], planted=broken(strategy))

    assert outcomes(honest) == {strategy: Outcome.PASS}, honest.load(strategy, strategy)
    assert outcomes(spoilt) == {strategy: Outcome.DRIFT}
