"""Claims about rewritten copies in real cells: they answer right, and the file stays as it was."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT, Prober, Seen, a_job

from lab.engines.protocol import BuiltCell
from lab.words import Matrix, Outcome, Role

PAIRS = [
    ("h5", "tf2.21", "tf2.10", "rewrite-config"),
    ("h5", "tf2.4", "tf2.21", "rewrite-config"),
    ("keras", "tf2.21", "tf2.15", "rewrite-config-keras"),
    ("keras", "tf2.15", "tf2.21", "rewrite-config-keras"),
    ("keras", "tf2.13", "tf2.15", "rewrite-config-keras"),
    ("keras", "tf2.14", "tf2.10", "rewrite-config-keras"),
    ("weights-v3", "tf2.13", "tf2.21", "weights-by-path"),
    ("weights-v3", "tf2.14", "tf2.21", "weights-by-path"),
    ("weights-v3", "tf2.21", "tf2.10", "weights-by-path"),
    ("json", "tf2.4", "tf2.21", "rewrite-config-json"),
    ("json", "tf2.21", "tf2.10", "rewrite-config-json"),
    ("json", "tf2.14", "tf2.4", "rewrite-config-json"),
]
SAVED = ("shared-layers", "bidirectional", "custom-layer", "normalization")

# Breaks the remedy on purpose: one weight of each file stays what it was, or one argument is lost.
SKIPS_A_WEIGHT = """
import probe.recipes.parts.weights_unbroken as unbroken
from probe.recipes.parts.weights_unbroken import *

def place_weights(group, model, config):
    weight = model.trainable_weights[0]
    before = weight.numpy()
    unbroken.place_weights(group, model, config)
    weight.assign(before)
"""
DROPS_ARGUMENTS = """
from probe.recipes.parts.config_names_unbroken import *

def says_nothing(class_name, key, value):
    return True
"""

# The backbone of transfer learning: a model within a model, behind arithmetic on its input.
BACKBONE = """
def build(tf):
    layers = tf.keras.layers
    seen = tf.keras.Input(shape=(4,), name="seen")
    backbone = tf.keras.Model(seen, layers.Dense(3, activation="relu", name="inner")(seen), name="backbone")
    pixels = tf.keras.Input(shape=(4,), name="pixels")
    model = tf.keras.Model(pixels, layers.Dense(1, name="score")(backbone(pixels / 127.5 - 1.0)))
    model.compile(optimizer="adam", loss="mse")
    return model


def sample(rng):
    return [rng.rand(6, 4).astype("float32")], [rng.rand(6, 1).astype("float32")]
"""


@pytest.fixture(scope="module")
def saved(
    cell: Callable[[str], BuiltCell], probe: Prober, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str, str], Path]:
    """The folder with what a cell saved in a format, model by model."""
    folders: dict[tuple[str, str], Path] = {}

    def save(producer: str, form: str) -> Path:
        if (producer, form) not in folders:
            folder = folders[producer, form] = tmp_path_factory.mktemp("saved")
            jobs = [a_job(model, model, form, folder / model) for model in SAVED]
            probe(cell(producer), Role.SAVE, jobs)
        return folders[producer, form]

    return save


def digests(folder: Path) -> dict[str, str]:
    """What every file of a folder holds."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def loads(
    probe: Prober, built: BuiltCell, folder: Path, form: str, strategy: str, planted: dict[str, str] | None = None
) -> Seen:
    jobs = [a_job(model, model, form, folder / model, strategy) for model in SAVED]
    return probe(built, Role.LOAD, jobs, planted=planted)


@pytest.mark.cells
@pytest.mark.slow
@pytest.mark.parametrize(("form", "producer", "consumer", "strategy"), PAIRS)
def test_a_rewritten_copy_loads_and_answers_right_and_the_file_is_as_it_was(  # noqa: PLR0913, PLR0917 - a pair and its fixtures
    form: str,
    producer: str,
    consumer: str,
    strategy: str,
    saved: Callable[[str, str], Path],
    cell: Callable[[str], BuiltCell],
    probe: Prober,
) -> None:
    folder = saved(producer, form)
    before = digests(folder)
    seen = loads(probe, cell(consumer), folder, form, strategy)
    reasons = {model: seen.load(model, strategy) for model in SAVED}

    assert {model: found.outcome for model, found in reasons.items()} == dict.fromkeys(SAVED, Outcome.PASS), reasons
    assert digests(folder) == before


# Operators as a graph has them: lists of tensors, constants on either side, several outputs, renamed attributes.
OPERATORS = """
def build(tf):
    features = tf.keras.Input(shape=(6,), name="features")
    hidden = tf.keras.layers.Dense(4, name="hidden")(features)
    joined = tf.concat([hidden, hidden * 2.0 - 1.0, tf.square(hidden)], axis=-1)[:, 2:9]
    turned = tf.squeeze(tf.transpose(tf.reshape(joined, (-1, 7, 1)), [0, 2, 1]), [1])
    stacked = tf.nn.leaky_relu(tf.stack([tf.reduce_sum(turned, axis=1), tf.reduce_max(turned, axis=1)], axis=1))
    added = stacked + tf.cast(stacked > 0.5, "float32")
    mixed = tf.matmul(tf.expand_dims(added, 2), tf.expand_dims(stacked, 2), transpose_b=True)
    bounded = tf.clip_by_value(mixed, -3.0, 3.0)
    first, second = tf.split(tf.nn.softmax(bounded / (1.0 + tf.abs(bounded))), 2, axis=-1)
    chosen = tf.tile(tf.where(first > second, first, second), [1, 1, 3])
    model = tf.keras.Model(features, tf.pow(chosen, 2.0))
    model.compile(optimizer="adam", loss="mse")
    return model


def sample(rng):
    return [rng.rand(6, 6).astype("float32")], [rng.rand(6, 2, 3).astype("float32")]
"""


@pytest.mark.cells
@pytest.mark.slow
@pytest.mark.parametrize(
    ("producer", "code"),
    [pytest.param("tf2.3", OPERATORS, id="operators"), pytest.param("tf2.10", BACKBONE, id="backbone")],
)
def test_what_is_written_another_way_than_the_zoos_is_rewritten(
    producer: str, code: str, cell: Callable[[str], BuiltCell], probe: Prober, tmp_path: Path
) -> None:
    job = a_job("theirs", "theirs", "h5", tmp_path / "theirs", "rewrite-config")
    planted = {"zoo/theirs.py": code}
    probe(cell(producer), Role.SAVE, [job], planted=planted)

    found = probe(cell("tf2.21"), Role.LOAD, [job], planted=planted).load("theirs", "rewrite-config")

    assert found.outcome is Outcome.PASS, found


@pytest.mark.cells
@pytest.mark.slow
@pytest.mark.parametrize("model", ["tf-activations", "functional-subclass", "loss-in-graph", "scoped-names"])
def test_what_keras_3_does_not_find_by_itself_is_rewritten(
    model: str, cell: Callable[[str], BuiltCell], probe: Prober, tmp_path: Path
) -> None:
    job = a_job(model, model, "h5", tmp_path / model, "plain", "rewrite-config")
    probe(cell("tf2.10"), Role.SAVE, [job])

    seen = probe(cell("tf2.21"), Role.LOAD, [job])

    assert seen.load(model, "plain").outcome is Outcome.LOAD_ERROR
    assert seen.load(model, "rewrite-config").outcome is Outcome.PASS, seen.load(model, "rewrite-config")


@pytest.mark.cells
@pytest.mark.slow
def test_a_remedy_that_skips_a_weight_drifts(
    saved: Callable[[str, str], Path], cell: Callable[[str], BuiltCell], probe: Prober
) -> None:
    unbroken = (ROOT / "lab/probe/recipes/parts/weights.py").read_text()
    planted = {"recipes/parts/weights.py": SKIPS_A_WEIGHT, "recipes/parts/weights_unbroken.py": unbroken}
    seen = loads(probe, cell("tf2.21"), saved("tf2.4", "h5"), "h5", "rewrite-config", planted)

    assert {seen.load(model, "rewrite-config").outcome for model in SAVED} == {Outcome.DRIFT}


@pytest.mark.cells
@pytest.mark.slow
def test_a_remedy_that_drops_arguments_never_passes_where_they_matter(
    cell: Callable[[str], BuiltCell], probe: Prober, tmp_path: Path, matrix: Matrix
) -> None:
    job = a_job("major", "lstm-time-major", "h5", tmp_path / "major", "rewrite-config")
    probe(cell("tf2.4"), Role.SAVE, [job])
    honest = probe(cell("tf2.21"), Role.LOAD, [job]).load("major", "rewrite-config")
    unbroken = (ROOT / "lab/probe/recipes/parts/config_names.py").read_text()
    planted = {
        "recipes/parts/config_names.py": DROPS_ARGUMENTS,
        "recipes/parts/config_names_unbroken.py": unbroken,
    }
    broken = probe(cell("tf2.21"), Role.LOAD, [job], planted=planted).load("major", "rewrite-config")

    assert honest.outcome is Outcome.LOAD_ERROR
    assert "time_major" in honest.reason
    assert broken.outcome in (Outcome.DRIFT, Outcome.LOAD_ERROR)
