"""A small ``matrix.toml`` and what the tests of declarations do with it: change it, read it, have it refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.declare import read_matrix
from lab.errors import ExitCode, LabError
from lab.words import Cell, Matrix

REAL = Path(__file__).parent.parent / "matrix.toml"

SMALL = """\
schema = 1

[defaults]
package = "tensorflow-cpu"
group = "main"

[limits]
trial_timeout_s = 60
trial_cpu_s = 12
save_timeout_s = 180
memory_mib = 4096
build_timeout_s = 900
batch = 24

[tolerances]
atol = 1e-5
rtol = 1e-4

[ladder]
depth = "train"
seed = 7
[groups]
main = "TensorFlow releases"
dependency = "Dependencies"

[selections.quick]
cells = ["tf2.4", "tf2.1*"]

# The oldest.
[cells."tf2.4"]
tensorflow = "2.4.4"
python = "3.8"
as_of = 2021-11-15

[cells."tf2.15"]
tensorflow = "2.15.1"
python = "3.11"
as_of = 2024-03-22

# Ends the cells.
[cells."tf2.4-h5py3"]
tensorflow = "2.4.4"
python = "3.8"
as_of = 2021-11-15
group = "dependency"
overrides = ["h5py==3.1.0"]
anchors = ["tf2.4"]

[formats.h5]
title = "model.save"
container = "hdf5-model"
strategies = ["plain", "no-compile"]

[formats.keras]
title = "model.save, zip"
container = "zip"
strategies = ["plain"]

[models.lstm]
detects = "recurrence"

[models.gru]
detects = "biases"
formats = ["h5"]

[[unsupported]]
producers = ["tf2.4*"]
formats = ["keras"]
reason = "no zip yet"
source = "https://example.org/zip"

[[known_failures]]
trial = "tf2.4/tf2.15/lstm/h5/plain"
reason = "it does not load"
link = "https://example.org/issue"
"""


@pytest.fixture(name="real", scope="module")
def real_matrix() -> Matrix:
    """The matrix of the project."""
    return read_matrix(REAL)


@pytest.fixture(name="small")
def small_matrix(tmp_path: Path) -> Matrix:
    """The small matrix, read."""
    return read(tmp_path, SMALL)


def read(directory: Path, text: str) -> Matrix:
    """Read a text as a matrix."""
    path = directory / "matrix.toml"
    path.write_text(text, encoding="utf-8")
    return read_matrix(path)


def refused(directory: Path, text: str) -> str:
    """What is said of a text that is no matrix."""
    with pytest.raises(LabError) as caught:
        read(directory, text)
    assert caught.value.exit_code is ExitCode.BAD_INPUT
    return str(caught.value)


def small_with(old: str, new: str) -> str:
    """The small matrix with one place changed."""
    assert SMALL.count(old) == 1, f"{old!r} stands {SMALL.count(old)} times in the small matrix"
    return SMALL.replace(old, new)


def ids(cells: tuple[Cell, ...]) -> list[str]:
    """The ids of cells, in their order."""
    return [cell.id for cell in cells]
