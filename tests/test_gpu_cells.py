"""Claims about the GPU cells of ``matrix.toml``: what they name, and that their locks hold what they name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lab.declare import Rules
from lab.engines.locking import LockFolder
from lab.words import Cell, Matrix

LOCKS = LockFolder(directory=Path(__file__).parents[1] / "images" / "locks")
TABLE = "https://www.tensorflow.org/install/source#gpu"
MINORS = 22  # 2.0 to 2.21
ID = re.compile(r"tf(?P<tensorflow>2\.\d+(\.\d+)?)-cu(?P<cuda>\d+\.\d+)-cudnn(?P<cudnn>\d+\.\d+)")
IMAGE = re.compile(
    r"nvidia/cuda:(?P<cuda>\d+\.\d+)\.\d+-cudnn(?P<cudnn>\d+)-runtime-ubuntu\d\d\.04"
    r"|tensorflow/tensorflow:(?P<tensorflow>2\.\d+)\.\d+-gpu(-py3)?"
)
# NVIDIA/cudf-spark-examples#311; tags without a patch ("11.2-…") went before: NVIDIA/nvidia-docker#1735 and #1763.
DELETED = (
    "10.0", "10.1", "10.2", "11.2.0", "11.2.1", "11.3.0", "11.4.0", "11.4.1", "11.4.2", "11.5.0", "11.5.1", "11.6.0",
    "11.6.1", "11.7.0",
)  # fmt: skip
# The runtime has the version of CUDA; libraries have their own: cuBLAS 11.11 is that of CUDA 11.8.
RUNTIME = re.compile(r"^nvidia-cuda-runtime-cu(?P<major>\d+)==(?P<version>\S+)", re.MULTILINE)
CUDNN = re.compile(r"^nvidia-cudnn-cu(?P<major>\d+)==(?P<version>\S+)", re.MULTILINE)
PACKAGE = re.compile(r"^(?P<name>[a-z0-9._-]+)==(?P<version>\S+)", re.MULTILINE)
IS_CUDA = re.compile(r"nvidia-.*|tensorflow(-cpu|-gpu)?")


@pytest.fixture(scope="module")
def gpu(matrix: Matrix) -> list[Cell]:
    return [cell for cell in matrix.cells if cell.group == "gpu"]


@pytest.fixture(scope="module")
def tested(gpu: list[Cell]) -> list[Cell]:
    """The cells of TensorFlow's table, without the deliberate mismatches."""
    return [cell for cell in gpu if cell.source == TABLE]


def _twin(matrix: Matrix, cell: Cell) -> Cell:
    (anchor,) = cell.anchors
    return next(other for other in matrix.cells if other.id == anchor)


def _lock(cell: Cell) -> str:
    text = LOCKS.read(cell)
    assert text is not None, f"{cell.id}: {LOCKS.why_not(cell)}"
    return text


def _packages(cell: Cell) -> dict[str, str]:
    """What a lock installs besides TensorFlow and CUDA."""
    found = {match["name"]: match["version"] for match in PACKAGE.finditer(_lock(cell))}
    return {name: version for name, version in found.items() if not IS_CUDA.fullmatch(name)}


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def test_every_minor_has_one_tested_gpu_cell(tested: list[Cell]) -> None:
    assert [_minor(cell.tensorflow) for cell in tested] == [f"2.{minor}" for minor in range(MINORS)]


def test_every_cell_with_cuda_is_in_the_group_and_in_the_selection(matrix: Matrix, gpu: list[Cell]) -> None:
    ids = [cell.id for cell in gpu]

    assert [cell.id for cell in matrix.cells if cell.cuda] == ids
    assert [each.cells for each in matrix.selections if each.id == "gpu"] == [tuple(ids)]


def test_a_gpu_cell_is_called_what_it_declares(gpu: list[Cell]) -> None:
    for cell in gpu:
        named = ID.fullmatch(cell.id)

        assert named, cell.id
        assert (named["cuda"], named["cudnn"]) == (cell.cuda, cell.cudnn), cell.id
        assert named["tensorflow"] in (_minor(cell.tensorflow), cell.tensorflow), cell.id


def test_a_mismatch_says_what_is_wrong_and_who_was_hit(gpu: list[Cell], tested: list[Cell]) -> None:
    mismatches = [cell for cell in gpu if cell not in tested]

    assert mismatches
    for cell in mismatches:
        assert cell.note, cell.id
        assert re.fullmatch(r"https://github\.com/tensorflow/tensorflow/issues/\d+", cell.source or ""), cell.id


def test_a_gpu_cell_differs_from_its_twin_in_cuda_alone(matrix: Matrix, gpu: list[Cell]) -> None:
    for cell in gpu:
        twin = _twin(matrix, cell)

        assert twin.group == "main", cell.id
        assert (cell.python, cell.as_of, cell.env) == (twin.python, twin.as_of, twin.env), cell.id
        assert _packages(cell) == _packages(twin), cell.id


def test_a_tested_cell_has_the_tensorflow_of_its_twin(matrix: Matrix, tested: list[Cell]) -> None:
    for cell in tested:
        assert cell.tensorflow == _twin(matrix, cell).tensorflow, cell.id


def test_the_same_is_declared_unsupported_for_a_gpu_cell_and_its_twin(matrix: Matrix, gpu: list[Cell]) -> None:
    declared = Rules(matrix).declared_unsupported
    for cell in gpu:
        twin = _twin(matrix, cell)
        for model in matrix.models:
            for form in model.formats:
                expected = declared(twin.id, twin.id, model.id, form)

                assert declared(cell.id, twin.id, model.id, form) is expected, (cell.id, model.id, form)
                assert declared(twin.id, cell.id, model.id, form) is expected, (cell.id, model.id, form)


def test_a_cell_that_is_built_without_cuda_wheels_takes_the_libraries_out_of_an_image(gpu: list[Cell]) -> None:
    for cell in gpu:
        assert (cell.cuda_image is None) == bool(RUNTIME.search(_lock(cell))), cell.id


def test_an_image_holds_the_declared_cuda(gpu: list[Cell]) -> None:
    for cell in gpu:
        if cell.cuda_image is None:
            continue
        image = IMAGE.fullmatch(cell.cuda_image)

        assert image, f"{cell.id}: {cell.cuda_image}"
        if image["tensorflow"]:
            assert image["tensorflow"] == _minor(cell.tensorflow), cell.id
        else:
            assert (image["cuda"], image["cudnn"]) == (cell.cuda, (cell.cudnn or "").split(".")[0]), cell.id


def test_no_cell_takes_an_image_that_nvidia_deleted(gpu: list[Cell]) -> None:
    for cell in gpu:
        name, _, tag = (cell.cuda_image or "").partition(":")

        assert name != "nvidia/cuda" or tag.split("-")[0] not in DELETED, cell.id


def test_cuda_wheels_are_of_the_declared_versions(gpu: list[Cell]) -> None:
    for cell in gpu:
        if cell.cuda_image is not None:
            continue
        runtime, cudnn = RUNTIME.search(_lock(cell)), CUDNN.search(_lock(cell))

        assert runtime, cell.id
        assert cudnn, cell.id
        assert (_minor(runtime["version"]), _minor(cudnn["version"])) == (cell.cuda, cell.cudnn), cell.id
        assert runtime["major"] == cudnn["major"] == (cell.cuda or "").split(".")[0], cell.id


def test_wheels_are_on_the_loaders_path_where_tensorflow_does_not_look_for_them(gpu: list[Cell]) -> None:
    # The run path of libtensorflow_framework.so.2 names them from 2.14 on.
    with_wheels = [cell for cell in gpu if cell.cuda_image is None]
    by_itself = [cell for cell in with_wheels if int(cell.tensorflow.split(".")[1]) >= 14]

    assert [cell.id for cell in with_wheels if not cell.wheels_on_path] == [cell.id for cell in by_itself]
