"""Claims about real files of Keras 1 and early Keras 2: rewritten, they answer as in the Keras that wrote them.

``files/old-keras/write.py`` wrote them and what they answer, with the releases in their names.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT
from recipe_parts import part

from lab.engines.protocol import BuiltCell
from lab.recipes import RecipeBook
from lab.running.workplace import read_probe_code

FOLDER = ROOT / "tests" / "files" / "old-keras"
# Of Python 3.6, of 2.7 (in a row within a model, and at the head of a row), and of 3.7 with names that TensorFlow had
# before 2.0.
LAMBDAS = ("2.0.8-siamese", "2.1.2-triplet", "2.1.2-windows", "2.2.4-resized")
WITH_LAMBDAS = [FOLDER / f"keras-{name}.h5" for name in LAMBDAS]
FILES = sorted({*FOLDER.glob("*.h5")} - {*WITH_LAMBDAS})

# Loads every file as a person who pasted the snippet, and saves the answers.
ASK = """
import sys
import numpy as np

for path, given, target in zip(*[iter(sys.argv[1:])] * 3):
    try:
        model = load(path, {})
        stored = np.load(given)
        inputs = [stored[name] for name in sorted(stored.files) if name.startswith("input_")]
        answers = model(inputs if len(inputs) > 1 else inputs[0], training=False)
        np.save(target, np.asarray(answers))
    except Exception as error:
        print(path, type(error).__name__, error)
"""


@pytest.mark.cells
@pytest.mark.slow
@pytest.mark.parametrize("cell_id", ["tf2.4", "tf2.15", "tf2.21"])
def test_a_rewritten_file_answers_as_in_the_keras_that_wrote_it(
    cell_id: str, cell: Callable[[str], BuiltCell], tmp_path: Path
) -> None:
    said = answer(cell(cell_id), "rewrite-config", FILES, tmp_path)

    differences = {file.stem: difference(file, tmp_path / f"{file.stem}.npy") for file in FILES}
    assert all(found is not None and found < 1e-5 for found in differences.values()), (differences, said)


@pytest.mark.cells
@pytest.mark.slow
@pytest.mark.parametrize("cell_id", ["tf2.4", "tf2.15", "tf2.21"])
def test_bytecode_of_an_old_python_is_rebuilt_and_answers_as_there(
    cell_id: str, cell: Callable[[str], BuiltCell], tmp_path: Path
) -> None:
    said = answer(cell(cell_id), "rebuild-lambdas", WITH_LAMBDAS, tmp_path)

    differences = {file.stem: difference(file, tmp_path / f"{file.stem}.npy") for file in WITH_LAMBDAS}
    assert all(found is not None and found < 1e-5 for found in differences.values()), (differences, said)


def answer(built: BuiltCell, strategy: str, files: list[Path], folder: Path) -> str:
    """Load these files by the snippet of a strategy, ask them, and leave their answers in a folder; what was said."""
    snippet = RecipeBook(read_probe_code()).snippet("h5", strategy)
    script = folder / "pasted.py"
    script.write_text(snippet[: snippet.rindex("\nmodel = load(")] + ASK, encoding="utf-8")
    told = [str(path) for file in files for path in (file, file.with_suffix(".npz"), folder / f"{file.stem}.npy")]

    ran = subprocess.run([built.python, str(script), *told], capture_output=True, text=True, timeout=600, check=False)

    assert ran.returncode == 0, ran.stderr[-2000:]
    return ran.stdout


def difference(file: Path, answers: Path) -> float | None:
    """The largest, beside the largest answer; None where there are no answers."""
    expected = np.load(file.with_suffix(".npz"))["answers"]
    return float(np.abs(np.load(answers) - expected).max() / np.abs(expected).max()) if answers.exists() else None


# --- weights for CuDNN ---


@pytest.mark.parametrize("gates", [3, 4])
def test_kernels_for_cudnn_are_turned_back(gates: int) -> None:
    units, width = 2, 3
    kernel = np.arange(width * gates * units, dtype="float32").reshape(width, gates * units)
    turn = part("old_weights").turn_for_cpu
    stored = np.hstack([np.reshape(piece.ravel(order="F"), piece.shape) for piece in np.hsplit(kernel, gates)])

    assert np.array_equal(turn(stored, "kernel", gates), kernel)


def test_the_two_biases_of_an_lstm_for_cudnn_are_added_and_those_of_a_gru_kept() -> None:
    turn = part("old_weights").turn_for_cpu

    assert turn(np.arange(16.0), "bias", 4).tolist() == [8.0, 10.0, 12.0, 14.0, 16.0, 18.0, 20.0, 22.0]
    assert turn(np.arange(12.0), "bias", 3).shape == (2, 6)
