"""Claims about the zoo: what every module has, and what the trickier models of layers show on real TensorFlow."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Prober, Seen, a_job

from lab.declare import read_matrix
from lab.engines.protocol import BuiltCell
from lab.words import Judgement, Model, Outcome, Role, Stage

ROOT = Path(__file__).parents[1]
ZOO = ROOT / "lab" / "probe" / "zoo"
MODELS = {model.id: model for model in read_matrix(ROOT / "matrix.toml").models}


def read(model: str) -> ast.Module:
    """The module of a model, as the oldest Python of a cell reads it."""
    path = ZOO / f"{model.replace('-', '_')}.py"
    return ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 7))


def functions(model: str) -> dict[str, list[str]]:
    """The functions of a module and the names of their arguments."""
    found = (node for node in read(model).body if isinstance(node, ast.FunctionDef))
    return {function.name: [argument.arg for argument in function.args.args] for function in found}


def imported(model: str) -> set[str]:
    """The packages that a module imports."""
    nodes = list(ast.walk(read(model)))
    plain = {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
    return {
        name.split(".")[0] for name in plain | {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
    }


# --- every module of the zoo ---


@pytest.mark.parametrize("model", MODELS)
def test_a_module_says_in_one_line_what_it_detects(model: str) -> None:
    said = (ast.get_docstring(read(model)) or "").splitlines()

    assert said
    assert said[0].endswith(".")


@pytest.mark.parametrize("model", MODELS)
def test_a_module_builds_a_model_and_gives_it_a_sample(model: str) -> None:
    found = functions(model)

    assert (found.get("build"), found.get("sample")) == (["tf"], ["rng"])


@pytest.mark.parametrize("model", MODELS)
def test_a_module_does_not_import_tensorflow_by_itself(model: str) -> None:
    assert not imported(model) & {"tensorflow", "keras", "tf_keras"}


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS.keys())
def test_a_model_is_tagged_as_custom_where_it_has_custom_objects(model: Model) -> None:
    assert ("custom" in model.tags) == ("custom_objects" in functions(model.id))


def test_no_two_models_detect_the_same() -> None:
    said = [model.detects for model in MODELS.values()]

    assert sorted(said) == sorted(set(said))


# --- models of layers, on real TensorFlow ---

# What is saved and loaded for the claims below: who saves, who loads, and with which strategies.
STATEFUL = ("h5", "keras", "weights-v3", "keras-savedmodel")
TRIED = {
    ("tf2.4", "tf2.4"): {("multi-head-attention", "keras-savedmodel"): ["plain", "saved-model-load"]},
    ("tf2.15", "tf2.15"): {("lstm-stateful", form): ["plain"] for form in STATEFUL},
    ("tf2.15", "tf2.21"): {
        ("lstm-time-major", "h5"): ["no-compile"],
        ("hard-sigmoid", "h5"): ["no-compile", "rewrite-config"],
    },
    ("tf2.15", "tf2.21-no-onednn"): {("conv-channels-first", "h5"): ["rewrite-config"]},
    ("tf2.16", "tf2.16"): {("layer-axis", "h5"): ["no-compile"], ("layer-axis", "keras"): ["plain"]},
}

# Builds the model of mixed precision, and then one that says nothing about precision.
AFTER_MIXED = """
from probe.zoo import mixed_precision


def build(tf):
    mixed_precision.build(tf)
    features = tf.keras.Input(shape=(4,), name="features")
    return tf.keras.Model(features, tf.keras.layers.Dense(1, name="score")(features))


def sample(rng):
    return [rng.rand(8, 4).astype("float32")], []
"""

Tried = Callable[[str, str], dict[str, Judgement]]


@pytest.fixture(scope="module")
def tried(cell: Callable[[str], BuiltCell], probe: Prober, tmp_path_factory: pytest.TempPathFactory) -> Tried:
    """What became of the attempts of ``TRIED`` of a pair, by model, format and strategy; made once a module."""
    made: dict[tuple[str, str], dict[str, Judgement]] = {}

    def make(producer: str, consumer: str) -> dict[str, Judgement]:
        directory = tmp_path_factory.mktemp("layers")
        jobs = [
            a_job("/".join(key), *key, directory / "-".join(key), *strategies)
            for key, strategies in TRIED[producer, consumer].items()
        ]
        probe(cell(producer), Role.SAVE, [job | {"strategies": []} for job in jobs])
        loads = probe(cell(consumer), Role.LOAD, jobs).loads()
        return {f"{job}/{strategy}": judgement for (job, strategy), judgement in loads.items()}

    def get(producer: str, consumer: str) -> dict[str, Judgement]:
        if (producer, consumer) not in made:
            made[producer, consumer] = make(producer, consumer)
        return made[producer, consumer]

    return get


@pytest.mark.cells
@pytest.mark.slow
@pytest.mark.parametrize("cell_id", ["tf2.4", "tf2.21"])
def test_the_policy_of_mixed_precision_does_not_stay_behind(
    cell: Callable[[str], BuiltCell], probe: Prober, tmp_path: Path, cell_id: str
) -> None:
    job = a_job("after", "after-mixed", "h5", tmp_path / "after")

    seen = probe(cell(cell_id), Role.SAVE, [job], planted={"zoo/after_mixed.py": AFTER_MIXED})

    assert answered_in(seen) == ["float32"]


def answered_in(seen: Seen) -> list[str]:
    """The dtypes of the answers that were recorded."""
    manifests = [event["manifest"] for event in seen.events if "manifest" in event]
    return [output["dtype"] for found in manifests for call in found["signature"] for output in call["outputs"]]


@pytest.mark.cells
@pytest.mark.slow
@pytest.mark.parametrize("form", STATEFUL)
def test_a_stateful_model_answers_alike_whatever_it_was_asked_before(tried: Tried, form: str) -> None:
    assert tried("tf2.15", "tf2.15")[f"lstm-stateful/{form}/plain"].outcome is Outcome.PASS


@pytest.mark.cells
@pytest.mark.slow
def test_attention_saved_as_savedmodel_in_2_4_comes_back_with_other_weights(tried: Tried) -> None:
    """Keras restores none of the layers within the layer and says nothing; TensorFlow by itself restores them all."""
    found = {job: seen.outcome for job, seen in tried("tf2.4", "tf2.4").items()}

    assert found == {
        "multi-head-attention/keras-savedmodel/plain": Outcome.DRIFT,
        "multi-head-attention/keras-savedmodel/saved-model-load": Outcome.PASS,
    }


@pytest.mark.cells
@pytest.mark.slow
def test_hard_sigmoid_of_keras_2_is_another_function_in_keras_3(tried: Tried) -> None:
    found = {job: seen.outcome for job, seen in tried("tf2.15", "tf2.21").items() if job.startswith("hard")}

    assert found == {"hard-sigmoid/h5/no-compile": Outcome.DRIFT, "hard-sigmoid/h5/rewrite-config": Outcome.PASS}


@pytest.mark.cells
@pytest.mark.slow
def test_keras_3_refuses_time_major(tried: Tried) -> None:
    assert "time_major" in tried("tf2.15", "tf2.21")["lstm-time-major/h5/no-compile"].reason


@pytest.mark.cells
@pytest.mark.slow
def test_channels_first_of_keras_2_loads_in_keras_3_and_does_not_run_without_onednn(tried: Tried) -> None:
    seen = tried("tf2.15", "tf2.21-no-onednn")["conv-channels-first/h5/rewrite-config"]

    assert (seen.outcome, seen.stage) == (Outcome.LOAD_ERROR, Stage.INFER)


@pytest.mark.cells
@pytest.mark.slow
def test_hdf5_forgets_an_axis_in_2_16_where_the_archive_keeps_it(tried: Tried) -> None:
    found = {job: seen.outcome for job, seen in tried("tf2.16", "tf2.16").items()}

    assert found == {"layer-axis/h5/no-compile": Outcome.DRIFT, "layer-axis/keras/plain": Outcome.PASS}
