"""Claims about formats that only some models list: how their files are told apart, and that they come back."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import Prober, a_job

from lab.engines.protocol import BuiltCell
from lab.probe import containers
from lab.words import Matrix, Outcome, Role

MODEL = "cnn-batchnorm"


# --- told apart by their bytes ---


def message(number: int, content: bytes) -> bytes:
    """One field of a protobuf that holds bytes."""
    return bytes([number << 3 | 2, len(content)]) + content


NODE = message(1, b"x") + message(2, b"Placeholder")
GRAPH = message(1, NODE)


def recognised(directory: Path, **files: bytes) -> str:
    """The container of a folder with these files, their names with ``__`` for the dot."""
    for name, content in files.items():
        (directory / name.replace("__", ".")).write_bytes(content)
    return containers.recognise(str(directory))


def test_a_flatbuffer_is_known_by_its_identifier(tmp_path: Path) -> None:
    assert recognised(tmp_path, model__bin=b"\x1c\x00\x00\x00TFL3\x00\x00") == "tflite"


def test_a_flatbuffer_cut_before_its_identifier_is_unknown(tmp_path: Path) -> None:
    assert recognised(tmp_path, model__tflite=b"\x1c\x00\x00\x00TF") == "unknown"


def test_a_message_of_nodes_is_a_graph(tmp_path: Path) -> None:
    assert recognised(tmp_path, frozen__pb=GRAPH) == "graph-def"


@pytest.mark.parametrize("length", range(len(GRAPH)))
def test_a_graph_cut_short_anywhere_is_unknown(tmp_path: Path, length: int) -> None:
    assert recognised(tmp_path, frozen__pb=GRAPH[:length]) == "unknown"


@pytest.mark.parametrize(
    "foreign",
    [
        b"nothing of the kind",
        b"\x89PNG\r\n\x1a\n" + bytes(40),
        message(1, message(1, b"x")),  # a node without an operation
        message(9, NODE),  # a field that a graph does not have
        b"\x08\x01",  # a number where a node should be
    ],
    ids=["text", "picture", "no-operation", "other-field", "number"],
)
def test_what_is_no_graph_is_unknown(tmp_path: Path, foreign: bytes) -> None:
    assert recognised(tmp_path, frozen__pb=foreign) == "unknown"


def sharded(directory: Path, index: object, shard: bytes = containers.HDF5_MAGIC) -> str:
    listing = index if isinstance(index, bytes) else json.dumps(index).encode()
    return recognised(directory, model__json=listing, part__h5=shard)


def test_a_map_of_weights_beside_its_files_is_a_set_of_shards(tmp_path: Path) -> None:
    assert sharded(tmp_path, {"weight_map": {"/layer": ["part.h5"]}}) == "hdf5-weights-sharded"


@pytest.mark.parametrize(
    "index",
    [b'{"weight_map"', ["weight_map"], {}, {"weight_map": {"/layer": ["absent.h5"]}}, {"weight_map": {}}],
    ids=["cut short", "a list", "no map", "an absent shard", "an empty map"],
)
def test_a_map_that_does_not_lead_to_its_files_is_unknown(tmp_path: Path, index: object) -> None:
    assert sharded(tmp_path, index) == "unknown"


def test_shards_that_are_not_hdf5_are_unknown(tmp_path: Path) -> None:
    assert sharded(tmp_path, {"weight_map": {"/layer": ["part.h5"]}}, b"something else") == "unknown"


# --- saved and loaded in real cells ---

# What only some eras write.
WRITTEN = {
    "tf2.4": {"keras-savedmodel-no-optimizer", "keras-savedmodel-no-traces"},
    "tf2.15": {"keras-savedmodel-no-optimizer", "keras-savedmodel-no-traces"},
    "tf2.21": {"weights-sharded"},
}
EVERYWHERE = {"h5-no-optimizer", "checkpoint-by-name", "frozen-graph", "tflite"}


@dataclass(frozen=True, kw_only=True)
class Era:
    """One cell: what it saved of the listed formats, and the plain load of each there."""

    id: str
    containers: dict[str, str]
    plain: dict[str, Outcome]


@pytest.fixture(scope="module", params=sorted(WRITTEN))
def era(
    request: pytest.FixtureRequest,
    cell: Callable[[str], BuiltCell],
    probe: Prober,
    tmp_path_factory: pytest.TempPathFactory,
) -> Era:
    folder = tmp_path_factory.mktemp(request.param)
    listed = sorted(EVERYWHERE | WRITTEN[request.param])
    built = cell(request.param)
    saved = probe(built, Role.SAVE, [a_job(form, MODEL, form, folder / form) for form in listed])
    loaded = probe(built, Role.LOAD, [a_job(form, MODEL, form, folder / form, "plain") for form in listed])
    return Era(
        id=request.param,
        containers={job: seen.container for (job, _), seen in saved.answers().items()},
        plain={job: seen.outcome for (job, _), seen in loaded.loads().items()},
    )


@pytest.mark.cells
@pytest.mark.slow
def test_an_era_writes_each_format_into_the_container_that_is_declared(era: Era, matrix: Matrix) -> None:
    declared = {form.id: form.container for form in matrix.formats}

    assert set(era.containers) == EVERYWHERE | WRITTEN[era.id]
    assert era.containers == {form: declared[form] for form in era.containers}


@pytest.mark.cells
@pytest.mark.slow
def test_what_an_era_writes_it_loads_as_a_person_would_type_it(era: Era) -> None:
    assert era.plain == dict.fromkeys(EVERYWHERE | WRITTEN[era.id], Outcome.PASS)


@pytest.mark.cells
@pytest.mark.slow
def test_a_graph_of_today_loads_in_2_4_without_the_attributes_that_it_does_not_know(
    cell: Callable[[str], BuiltCell], probe: Prober, tmp_path: Path
) -> None:
    job = a_job("graph", "cnn-batchnorm", "frozen-graph", tmp_path / "graph", "plain", "drop-unknown-attributes")
    probe(cell("tf2.21"), Role.SAVE, [job | {"strategies": []}])

    loads = probe(cell("tf2.4"), Role.LOAD, [job]).loads()

    assert {strategy: found.outcome for (_, strategy), found in loads.items()} == {
        "plain": Outcome.LOAD_ERROR,
        "drop-unknown-attributes": Outcome.PASS,
    }


@pytest.mark.cells
@pytest.mark.slow
def test_releases_whose_converter_is_a_program_find_it(
    cell: Callable[[str], BuiltCell], probe: Prober, tmp_path: Path
) -> None:
    job = a_job("converted", "dense-sequential", "tflite", tmp_path / "converted", "plain")
    probe(cell("tf2.1"), Role.SAVE, [job | {"strategies": []}])

    loads = probe(cell("tf2.1"), Role.LOAD, [job]).loads()

    assert loads["converted", "plain"].outcome is Outcome.PASS
