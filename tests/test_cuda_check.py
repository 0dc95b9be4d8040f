"""Claims about the three answers: what is declared, what TensorFlow was built with, what loads."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from lab.cuda_check import check, state_reason
from lab.engines.protocol import BuiltCell
from lab.running.workplace import PROBE
from lab.words import Cell

CPU_CELL = Cell(
    id="tf2.12", tensorflow="2.12.1", python="3.11", as_of=date(2023, 7, 5), package="tensorflow", group="gpu"
)
CELL = replace(CPU_CELL, id="tf2.12-cu11.8-cudnn8.6", cuda="11.8", cudnn="8.6")
DRIVER = {"cuda": "12.2", "version": "535.1", "devices": 1, "device": "NVIDIA H100", "compute_capability": "9.0"}


def library(version: str | None, found_by: str | None = "loader") -> dict[str, Any]:
    return {"soname": "libx.so.8", "found_by": found_by, "version": version}


def facts(**changed: Any) -> dict[str, Any]:
    seen = {
        "built": {"cuda": "11.8", "cudnn": "8"},
        "libraries": {"cudart": library("11.8"), "cudnn": library("8.6.0")},
        "driver": None,
        "no_driver": "driver not found",
        "computed_on": "CPU:0",
    }
    return {"cuda": seen | changed}


def in_the_probe(expression: str) -> Any:  # noqa: ANN401 - whatever it gives
    """What the probe says, by a Python of its own: nothing here may import it."""
    imports = "import json, sys; sys.path.insert(0, sys.argv[1]); from probe import cuda, elf"
    code = f"{imports}; print(json.dumps({expression}))"
    command = [sys.executable, "-I", "-c", code, PROBE.parent]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def test_three_answers_stand_side_by_side() -> None:
    found = check(CELL, facts())

    assert found is not None
    assert [(one.library, one.declared, one.built, one.loaded) for one in found.answers] == [
        ("cuda", "11.8", "11.8", "11.8"),
        ("cudnn", "8.6", "8", "8.6.0"),
    ]
    assert found.problems == ()


@pytest.mark.parametrize(
    ("changed", "problems"),
    [
        ({"libraries": {"cudart": library("11.8"), "cudnn": library(None, None)}}, ("libx.so.8 is not found",)),
        (
            {"libraries": {"cudart": library("11.8"), "cudnn": library("9.1.0")}},
            ("cudnn 8.6 is declared, there is 9.1.0",),
        ),
        ({"built": {"cuda": "12.2", "cudnn": "8"}}, ("cuda 11.8 is declared, TensorFlow was built with 12.2",)),
    ],
    ids=["a library that is not there", "another cuDNN", "built with another CUDA"],
)
def test_what_does_not_fit_is_named(changed: dict[str, Any], problems: tuple[str, ...]) -> None:
    found = check(CELL, facts(**changed))

    assert found is not None
    assert found.problems == problems


def test_without_a_driver_the_reason_says_so() -> None:
    assert state_reason(check(CELL, facts())) == "no GPU here: driver not found; the cell runs on the processor"


def test_green_but_on_the_cpu_is_a_state_of_its_own() -> None:
    found = check(CELL, facts(driver=DRIVER, no_driver=""))

    assert found is not None
    assert found.on_cpu
    assert state_reason(found) == "a GPU is here, but TensorFlow computes on the processor"


def test_on_a_gpu_its_name_is_told() -> None:
    found = check(CELL, facts(driver=DRIVER, no_driver="", computed_on="GPU:0"))

    assert found is not None
    assert (found.device, found.on_cpu) == ("NVIDIA H100 (compute capability 9.0, driver 535.1)", False)
    assert state_reason(found) == ""


def test_a_cell_without_cuda_has_no_check() -> None:
    assert check(CPU_CELL, facts()) is None


@pytest.mark.cells
def test_the_run_path_of_tensorflows_own_library_is_read(cell: Callable[[str], BuiltCell]) -> None:
    environment = cell("tf2.16").environment
    (framework,) = environment.glob("lib/python*/site-packages/tensorflow/libtensorflow_framework.so.2")
    assert in_the_probe(f"elf.run_path({str(framework)!r})") == ["$ORIGIN/"]


def test_what_is_no_library_has_no_run_path(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("text")

    assert in_the_probe(f"elf.run_path({str(tmp_path / 'text')!r})") == []


@pytest.mark.parametrize(
    ("cuda", "cudnn", "runtime", "solver", "dnn"),
    [
        ("10.0", "7", "libcudart.so.10.0", "libcusolver.so.10.0", "libcudnn.so.7"),
        ("10.1", "7", "libcudart.so.10.1", "libcusolver.so.10", "libcudnn.so.7"),
        ("11.0", "8", "libcudart.so.11.0", "libcusolver.so.10", "libcudnn.so.8"),
        ("11.2", "8", "libcudart.so.11.0", "libcusolver.so.11", "libcudnn.so.8"),
        ("12.5.1", "9", "libcudart.so.12", "libcusolver.so.11", "libcudnn.so.9"),
    ],
)
def test_the_names_by_which_tensorflow_opens_its_libraries(
    cuda: str, cudnn: str, runtime: str, solver: str, dnn: str
) -> None:
    names = in_the_probe(f"cuda._sonames({cuda!r}, {cudnn!r})")

    assert (names["cudart"], names["cusolver"], names["cudnn"]) == (runtime, solver, dnn)


@pytest.mark.parametrize(("number", "version"), [(7605, "7.6.5"), (8600, "8.6.0"), (90300, "9.3.0")])
def test_a_number_of_cudnn_is_a_version(number: int, version: str) -> None:
    assert in_the_probe(f"cuda._cudnn_version({number})") == version


def test_a_wheel_tells_the_version_of_its_library(tmp_path: Path) -> None:
    library_file = tmp_path / "nvidia" / "cuda_runtime" / "lib" / "libcudart.so.11.0"
    (tmp_path / "nvidia_cuda_runtime_cu11-11.8.89.dist-info").mkdir()

    assert in_the_probe(f"cuda._version_of_wheel({str(library_file)!r})") == "11.8.89"


@pytest.mark.parametrize(
    ("name", "version"), [("libcudart.so.11.0.221", "11.0.221"), ("libcudart.so.11.0", None)], ids=["full", "soname"]
)
def test_a_file_name_is_a_version_only_where_it_says_more_than_the_soname(name: str, version: str | None) -> None:
    assert in_the_probe(f"cuda._version_in_name({name!r}, 'libcudart.so.11.0')") == version
