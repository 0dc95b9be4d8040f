"""Claims about models of structure, user code, training state and plain TensorFlow: each holds what it is named for."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from conftest import Prober, a_job

from lab.engines.protocol import BuiltCell
from lab.words import Judgement, Outcome, Role

pytestmark = [pytest.mark.cells, pytest.mark.slow]

OLD, MIDDLE, NEW = "tf2.4", "tf2.15", "tf2.21"

SAVED = {
    OLD: [
        ("custom-registered", "h5"),
        ("custom-registered", "json"),
        ("frozen-layers", "keras-savedmodel"),
        ("frozen-layers", "h5"),
        ("large-config", "h5"),
        ("long-weight-names", "h5"),
        ("nested-containers", "h5"),
        ("tf-module-asset", "savedmodel"),
        ("tf-module-fixed-shape", "savedmodel"),
        ("tf-module-gpu-placed", "savedmodel"),
        ("tf-module-jit", "savedmodel"),
        ("tf-module-new-ops", "savedmodel"),
        ("tf-module-random", "savedmodel"),
    ],
    NEW: [
        ("custom-registered", "keras"),
        ("frozen-layers", "keras"),
        ("large-config", "h5"),
        ("long-weight-names", "h5"),
        ("nested-containers", "keras"),
        ("tf-module-asset", "savedmodel"),
        ("tf-module-fixed-shape", "savedmodel"),
        ("tf-module-jit", "savedmodel"),
        ("tf-module-new-ops", "savedmodel"),
        ("tf-module-random", "savedmodel"),
        ("weight-tying", "keras"),
    ],
}

# What each of these answers comes from weights that were drawn.
DRAWN = [
    "nested-sequential",
    "subclassed-with-config",
    "subclassed-layers",
    "nested-containers",
    "custom-registered",
    "custom-optimizer",
    "custom-initializer-regularizer-constraint",
    "custom-activation",
    "custom-no-config",
    "optimizer-sgd-momentum",
    "optimizer-rmsprop-centered",
    "optimizer-ftrl",
    "optimizer-nadam",
    "optimizer-amsgrad",
    "optimizer-legacy",
    "optimizer-schedule",
    "loss-scale",
    "duplicate-names",
    "large-config",
    "long-weight-names",
    "unnamed-layers",
    "dict-inputs",
    "dict-outputs",
    "tuple-outputs",
    "sample-weighted",
    "frozen-layers",
    "weight-tying",
    "keras-jit-compile",
    "tf-module-fixed-shape",
    "tf-module-many-signatures",
    "tf-module-control-flow",
    "tf-module-random",
    "tf-module-asset",
    "tf-module-gpu-placed",
    "tf-module-jit",
    "tf-module-new-ops",
]

# Recipes that load and look; what is not as they say is a failure to load.
LOOKING = {
    "config-is-large": """
        import h5py
        import tensorflow as tf

        GIVES = "model"


        def load(path):
            with h5py.File(path, "r") as stored:
                size = len(stored.attrs["model_config"])
            if size <= 65536:
                raise AssertionError("the config has {} bytes".format(size))
            return tf.keras.models.load_model(path, compile=False)
    """,
    "names-are-split": """
        import h5py
        import tensorflow as tf

        GIVES = "model"


        def load(path):
            with h5py.File(path, "r") as stored:
                names = sorted(name for name in stored["model_weights"]["block"].attrs if "weight_names" in name)
            if names[:2] != ["weight_names0", "weight_names1"]:
                raise AssertionError("the weight names lie in {}".format(names))
            return tf.keras.models.load_model(path, compile=False)
    """,
    "stays-frozen": """
        import tensorflow as tf

        GIVES = "model"


        def load(path):
            model = tf.keras.models.load_model(path, compile=False)
            base = model.get_layer("base")
            layers = [base.get_layer("held"), base.get_layer("tuned"), model.get_layer("norm")]
            told = [layer.trainable for layer in layers]
            if told != [False, True, False] or len(model.trainable_variables) != 4:
                raise AssertionError("trainable: {}".format(told))
            return model
    """,
    "stays-tied": """
        import tensorflow as tf

        GIVES = "model"


        def load(path, custom_objects):
            model = tf.keras.models.load_model(path, custom_objects=custom_objects, compile=False)
            if model.projected.kernel is not model.embedded.embeddings:
                raise AssertionError("the projection has a table of its own")
            return model
    """,
    "refuses-another-batch": """
        import tensorflow as tf

        GIVES = "signatures"


        def load(path):
            loaded = tf.saved_model.load(path)
            try:
                loaded.signatures["serving_default"](image=tf.zeros([2, 28, 28, 1]))
            except (ValueError, TypeError, tf.errors.InvalidArgumentError):
                return loaded
            raise AssertionError("a batch of two was taken")
    """,
    "only-rebuilt": """
        GIVES = "model"


        def load(path, build_model):
            return build_model()
    """,
}

PLANTED = {f"recipes/{name.replace('-', '_')}.py": textwrap.dedent(text).lstrip() for name, text in LOOKING.items()}


class Bench:
    """Save models in cells, once a module, and load them by strategies of the lab or of ``LOOKING``."""

    def __init__(self, cell: Callable[[str], BuiltCell], probe: Prober, directory: Path) -> None:
        self._cell = cell
        self._probe = probe
        self._directory = directory
        self._saved: set[str] = set()

    def folder(self, producer: str, model: str, form: str) -> Path:
        """What was saved there."""
        if producer in SAVED and producer not in self._saved:
            self._saved.add(producer)
            self.save(producer, SAVED[producer])
        return self._directory / producer / model / form

    def save(self, producer: str, wanted: Sequence[tuple[str, str]]) -> None:
        """Save pairs of model and format."""
        jobs = [
            a_job(f"{model}/{form}", model, form, self._directory / producer / model / form) for model, form in wanted
        ]
        for job in jobs:
            Path(job["directory"]).parent.mkdir(parents=True, exist_ok=True)
        self._probe(self._cell(producer), Role.SAVE, jobs)

    def load(self, consumer: str, *jobs: tuple[str, str, str, str]) -> list[Judgement]:
        """Load (producer, model, format, strategy) one after the other."""
        asked = [
            a_job(f"{number}", model, form, self.folder(producer, model, form), strategy)
            for number, (producer, model, form, strategy) in enumerate(jobs)
        ]
        seen = self._probe(self._cell(consumer), Role.LOAD, asked, planted=PLANTED)
        return [seen.load(job["id"], job["strategies"][0]) for job in asked]


@pytest.fixture(scope="module")
def bench(cell: Callable[[str], BuiltCell], probe: Prober, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(cell, probe, tmp_path_factory.mktemp("bench"))


def outcome(bench: Bench, consumer: str, *job: str) -> Outcome:
    producer, model, form, strategy = job
    found = bench.load(consumer, (producer, model, form, strategy))[0]
    print(found.reason)  # noqa: T201 - pytest shows it where the claim does not hold
    return found.outcome


def graph(bench: Bench, producer: str, model: str) -> bytes:
    return (bench.folder(producer, model, "savedmodel") / "model" / "saved_model.pb").read_bytes()


# --- all of them ---


def test_a_model_that_was_only_built_anew_never_answers_like_the_saved_one(bench: Bench) -> None:
    bench.save(MIDDLE, [(model, "checkpoint") for model in DRAWN])

    found = bench.load(MIDDLE, *[(MIDDLE, model, "checkpoint", "only-rebuilt") for model in DRAWN])

    assert {model: seen.outcome for model, seen in zip(DRAWN, found, strict=True)} == dict.fromkeys(
        DRAWN, Outcome.DRIFT
    )


# --- structure ---


@pytest.mark.parametrize("era", [OLD, NEW])
def test_the_large_config_is_larger_than_an_hdf5_header_and_loads(bench: Bench, era: str) -> None:
    assert outcome(bench, era, era, "large-config", "h5", "config-is-large") is Outcome.PASS


@pytest.mark.parametrize("era", [OLD, NEW])
def test_long_weight_names_are_split_over_attributes_and_read_back(bench: Bench, era: str) -> None:
    assert outcome(bench, era, era, "long-weight-names", "h5", "names-are-split") is Outcome.PASS


@pytest.mark.parametrize(("era", "form"), [(OLD, "h5"), (NEW, "keras")])
def test_frozen_layers_stay_frozen(bench: Bench, era: str, form: str) -> None:
    assert outcome(bench, era, era, "frozen-layers", form, "stays-frozen") is Outcome.PASS


def test_frozen_layers_of_a_savedmodel_of_2_4_come_back_to_be_trained(bench: Bench) -> None:
    found = bench.load(OLD, (OLD, "frozen-layers", "keras-savedmodel", "stays-frozen"))[0]

    assert found.reason == "AssertionError: trainable: [True, True, True]"


def test_a_tied_table_stays_one_variable_in_a_keras_file(bench: Bench) -> None:
    assert outcome(bench, NEW, NEW, "weight-tying", "keras", "stays-tied") is Outcome.PASS


# --- user code ---


@pytest.mark.parametrize(("era", "form"), [(OLD, "h5"), (NEW, "keras")])
def test_a_registered_layer_is_not_known_because_another_load_was_given_it(bench: Bench, era: str, form: str) -> None:
    job = (era, "custom-registered", form)

    found = bench.load(era, (*job, "custom-objects"), (*job, "plain"))

    assert [seen.outcome for seen in found] == [Outcome.PASS, Outcome.LOAD_ERROR]


def test_a_registered_layer_is_stored_under_its_package(bench: Bench) -> None:
    found = bench.load(OLD, (OLD, "custom-registered", "json", "plain"))[0]

    assert "Lab>RegisteredScale" in found.reason


@pytest.mark.parametrize(("era", "form", "found"), [(OLD, "h5", Outcome.PASS), (NEW, "keras", Outcome.DRIFT)])
def test_layers_in_a_list_of_lists_are_in_hdf5_and_missing_in_a_keras_file(
    bench: Bench, era: str, form: str, found: Outcome
) -> None:
    assert outcome(bench, era, era, "nested-containers", form, "custom-objects") is found


# --- plain TensorFlow ---


@pytest.mark.parametrize("era", [OLD, NEW])
def test_the_vocabulary_file_lies_in_the_savedmodel(bench: Bench, era: str) -> None:
    assets = bench.folder(era, "tf-module-asset", "savedmodel") / "model" / "assets"

    assert (assets / "vocabulary.txt").read_text() == "cell\nengine\nformat\n"


@pytest.mark.parametrize("era", [OLD, NEW])
def test_a_signature_of_four_images_takes_two_for_nothing_checks_the_shape(bench: Bench, era: str) -> None:
    found = bench.load(era, (era, "tf-module-fixed-shape", "savedmodel", "refuses-another-batch"))[0]

    assert found.reason == "AssertionError: a batch of two was taken"


def test_the_graph_of_a_placed_function_names_the_gpu(bench: Bench) -> None:
    assert b"GPU:0" in graph(bench, OLD, "tf-module-gpu-placed")


def test_a_graph_that_names_a_gpu_answers_where_there_is_none(bench: Bench) -> None:
    assert outcome(bench, NEW, OLD, "tf-module-gpu-placed", "savedmodel", "plain") is Outcome.PASS


@pytest.mark.parametrize("era", [OLD, NEW])
def test_a_function_compiled_by_xla_is_saved_as_one(bench: Bench, era: str) -> None:
    assert b"_XlaMustCompile" in graph(bench, era, "tf-module-jit")


@pytest.mark.parametrize(("producer", "consumer"), [(OLD, NEW), (NEW, MIDDLE)])
def test_random_numbers_without_state_are_the_same_in_every_version(bench: Bench, producer: str, consumer: str) -> None:
    assert outcome(bench, consumer, producer, "tf-module-random", "savedmodel", "plain") is Outcome.PASS


@pytest.mark.parametrize("operator", [b"Conv", b"RaggedFillEmptyRows", b"BatchMatMulV3"])
def test_the_newest_operators_are_in_the_graph_of_the_newest_tensorflow(bench: Bench, operator: bytes) -> None:
    assert operator in graph(bench, NEW, "tf-module-new-ops")
    assert operator not in graph(bench, OLD, "tf-module-new-ops")


def test_an_older_tensorflow_says_that_an_operator_is_not_registered(bench: Bench) -> None:
    found = bench.load(OLD, (NEW, "tf-module-new-ops", "savedmodel", "plain"))[0]

    assert "Op type not registered" in found.reason
