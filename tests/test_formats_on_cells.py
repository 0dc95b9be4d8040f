"""Claims about formats on real TensorFlow: what each era writes, reads back, and cannot read of another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import MODELS, Prober, Seen, Shelf

from lab.declare import Rules
from lab.engines.protocol import BuiltCell
from lab.words import Judgement, Matrix, Outcome, Role

pytestmark = [pytest.mark.cells, pytest.mark.slow]

ERAS = ("tf2.4", "tf2.15", "tf2.21")

# What a person would type, and the strategy that helps where that fails; all else passes as it is typed.
# Formats that ask for the user's own classes; without traces, a SavedModel does so too.
CUSTOM = ("h5", "keras", "keras-suffix-h5", "keras-savedmodel-no-traces")
REMEDIES = {
    **{(era, "custom-layer", form): "custom-objects" for era in ERAS for form in CUSTOM},
    **{(era, "custom-layer", "json"): "json-custom-objects" for era in ERAS},
    # Keras 3 cannot read back 'mse' from its own HDF5: https://github.com/keras-team/keras/issues/19330
    ("tf2.21", "dense-sequential", "h5"): "no-compile",
    ("tf2.21", "custom-layer", "h5"): "custom-objects-no-compile",
}

HDF5_MAGIC = b"\x89HDF\r\n\x1a\n"
ZIP_MAGIC = b"PK\x03\x04"


@dataclass(frozen=True, kw_only=True)
class Era:
    """One cell: what it saved, and how it read that back by all strategies."""

    id: str
    shelf: Shelf
    loaded: Seen

    def passing(self, job: str) -> str | None:
        """The strategy that passed."""
        outcomes = {key[1]: seen.outcome for key, seen in self.loaded.loads().items() if key[0] == job}
        return next((strategy for strategy, outcome in outcomes.items() if outcome is Outcome.PASS), None)


@pytest.fixture(scope="module", params=ERAS)
def era(
    request: pytest.FixtureRequest,
    cell: Callable[[str], BuiltCell],
    shelf: Callable[[str], Shelf],
    probe: Prober,
    matrix: Matrix,
) -> Era:
    built, shelved = cell(request.param), shelf(request.param)
    strategies = {form.id: form.strategies for form in matrix.formats}
    jobs = [shelved.load_job(model, form, *strategies[form]) for model, form in shelved.kept]
    return Era(id=request.param, shelf=shelved, loaded=probe(built, Role.LOAD, jobs))


@pytest.fixture(scope="module")
def cross(cell: Callable[[str], BuiltCell], shelf: Callable[[str], Shelf], probe: Prober) -> Callable[[str, str], Seen]:
    """What a consumer makes of the dense models of a producer, format by format; loaded once a module."""
    loaded: dict[tuple[str, str], Seen] = {}

    def load(producer: str, consumer: str) -> Seen:
        if (producer, consumer) not in loaded:
            shelved = shelf(producer)
            jobs = [
                shelved.load_job(model, form, *(["plain", "saved-model-load"] if form == "keras-savedmodel" else []))
                for model, form in shelved.kept
                if model.startswith("dense-")
            ]
            loaded[producer, consumer] = probe(cell(consumer), Role.LOAD, jobs)
        return loaded[producer, consumer]

    return load


def why_not(seen: Seen, job: str, strategy: str = "plain") -> str:
    """The reason of a load error, or the outcome where there is none."""
    found: Judgement = seen.load(job, strategy)
    return found.reason if found.outcome is Outcome.LOAD_ERROR else str(found.outcome)


def first_bytes(shelved: Shelf, model: str, form: str) -> bytes:
    files = [path for path in (shelved.kept[model, form] / "model").iterdir() if path.is_file()]
    assert len(files) == 1
    return Path(files[0]).read_bytes()[:8]


# --- in one cell ---


def test_every_format_that_is_not_declared_unsupported_is_saved(era: Era, matrix: Matrix) -> None:
    unsupported = Rules(matrix).declared_unsupported
    expected = {
        (model.id, form)
        for model in matrix.models
        if model.id in MODELS
        for form in model.formats
        if not unsupported(era.id, era.id, model.id, form)
    }

    assert set(era.shelf.kept) == expected


def test_every_artifact_loads_where_it_was_saved_as_typed_or_by_its_known_remedy(era: Era) -> None:
    passed = {key: era.passing("/".join(key)) for key in era.shelf.kept}

    assert passed == {key: REMEDIES.get((era.id, *key), "plain") for key in era.shelf.kept}


def test_what_does_not_load_as_typed_is_a_load_error(era: Era) -> None:
    plain = {key[0]: seen.outcome for key, seen in era.loaded.loads().items() if key[1] == "plain"}
    failing = {job: outcome for job, outcome in plain.items() if outcome is not Outcome.PASS}

    assert failing
    assert set(failing.values()) == {Outcome.LOAD_ERROR}


def test_every_artifact_names_the_container_that_its_format_must_have(era: Era, matrix: Matrix) -> None:
    containers = {form.id: form.container for form in matrix.formats}
    written = {job: seen.container for (job, _), seen in era.shelf.seen.answers().items()}

    assert written == {"/".join(key): containers[key[1]] for key in era.shelf.kept}


# --- what was really written ---


def test_a_keras_file_of_tensorflow_2_4_is_hdf5(shelf: Callable[[str], Shelf]) -> None:
    assert first_bytes(shelf("tf2.4"), "dense-sequential", "keras-suffix-h5") == HDF5_MAGIC


def test_a_keras_file_of_tensorflow_2_15_is_a_zip_archive(shelf: Callable[[str], Shelf]) -> None:
    assert first_bytes(shelf("tf2.15"), "dense-sequential", "keras").startswith(ZIP_MAGIC)


# --- from one cell to another ---


def test_keras_saved_as_savedmodel_while_compiled_in_2_10_stops_2_16_even_below_keras(
    cross: Callable[[str, str], Seen],
) -> None:
    seen = cross("tf2.10", "tf2.16")

    assert "add_slot" in why_not(seen, "dense-sequential/keras-savedmodel", "saved-model-load")


def test_keras_saved_as_savedmodel_without_compiling_in_2_10_loads_in_2_16_below_keras(
    cross: Callable[[str, str], Seen],
) -> None:
    seen = cross("tf2.10", "tf2.16")

    assert seen.load("dense-uncompiled/keras-savedmodel", "saved-model-load").outcome is Outcome.PASS


def test_a_savedmodel_of_a_compiled_model_of_2_10_stops_2_16(cross: Callable[[str, str], Seen]) -> None:
    assert "add_slot" in why_not(cross("tf2.10", "tf2.16"), "dense-sequential/savedmodel")


def test_keras_3_refuses_a_savedmodel_folder_of_keras_2(cross: Callable[[str, str], Seen]) -> None:
    assert "File format not supported" in why_not(cross("tf2.10", "tf2.16"), "dense-uncompiled/keras-savedmodel")


def test_a_savedmodel_of_2_16_asks_2_4_for_an_operation_that_it_does_not_have(
    cross: Callable[[str, str], Seen],
) -> None:
    assert "Op type not registered 'DisableCopyOnRead'" in why_not(
        cross("tf2.16", "tf2.4"), "dense-sequential/savedmodel"
    )


def test_a_savedmodel_of_2_16_loads_in_2_10(cross: Callable[[str, str], Seen]) -> None:
    assert cross("tf2.16", "tf2.10").load("dense-sequential/savedmodel").outcome is Outcome.PASS


@pytest.mark.parametrize("consumer", ["tf2.4", "tf2.10"])
def test_an_h5_file_of_keras_3_names_a_batch_shape_that_keras_2_does_not_know(
    cross: Callable[[str, str], Seen], consumer: str
) -> None:
    assert "batch_shape" in why_not(cross("tf2.16", consumer), "dense-uncompiled/h5")


@pytest.mark.parametrize("form", ["savedmodel", "keras-savedmodel", "h5", "weights-h5", "weights-tf", "checkpoint"])
def test_2_10_loads_what_2_4_saved(cross: Callable[[str, str], Seen], form: str) -> None:
    assert cross("tf2.4", "tf2.10").load(f"dense-sequential/{form}").outcome is Outcome.PASS
