"""Claims about snippets: what a person pastes is the source that ran, complete, and it loads in a real cell."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Shelf

from lab.engines.protocol import BuiltCell
from lab.identity import ProbeCode
from lab.recipes import RecipeBook
from lab.running.workplace import read_probe_code
from lab.words import Matrix

CODE = {
    "formats/h5.py": 'from probe.recipes import load_model as PLAIN\n\nFILE = "model.h5"\n',
    "formats/other.py": "from probe.formats.h5 import FILE, PLAIN, save\n",
    "recipes/load_model.py": (
        '"""Load it."""\n\nimport tensorflow as tf\n\nGIVES = "model"\n\n\ndef load(path):\n    return tf.load(path)\n'
    ),
    "recipes/mended.py": (
        '"""Mend it."""\n\nimport os\n\nfrom probe.recipes.parts.pen import redraw\n\nGIVES = "model"\n\n\n'
        "# Why it is so.\ndef load(path, custom_objects):\n    return redraw(os.path.abspath(path), custom_objects)\n"
    ),
    "recipes/parts/pen.py": (
        '"""Draw."""\n\nimport json\n\nLIMIT = 3\n\n\n'
        "def redraw(path, objects):\n    return json.dumps([path, LIMIT])\n"
    ),
}


@pytest.fixture(scope="module")
def book() -> RecipeBook:
    return RecipeBook(ProbeCode.of(CODE))


def test_a_snippet_is_the_recipe_and_a_call_of_it(book: RecipeBook) -> None:
    assert book.snippet("h5", "plain") == (
        "# Load it.\nimport tensorflow as tf\n\n\ndef load(path):\n    return tf.load(path)\n\n\n"
        'model = load("model.h5")\n'
    )


def test_a_format_that_borrows_from_another_has_its_recipe_and_its_file(book: RecipeBook) -> None:
    assert book.snippet("other", "plain") == book.snippet("h5", "plain")


def test_parts_come_along_with_their_imports_and_without_the_probes(book: RecipeBook) -> None:
    snippet = book.snippet("h5", "mended", "mine.h5")

    assert "def redraw" in snippet
    assert "LIMIT = 3" in snippet
    assert snippet.index("import json") < snippet.index("import os") < snippet.index("LIMIT")
    assert "# Why it is so." in snippet
    assert "probe" not in snippet
    assert 'path="mine.h5"' in snippet


def test_what_a_recipe_asks_for_is_read_off_its_parameters(book: RecipeBook) -> None:
    assert book.recipe("h5", "mended").parameters == ("path", "custom_objects")


def test_an_unknown_strategy_has_no_recipe(book: RecipeBook) -> None:
    with pytest.raises(KeyError):
        book.recipe("h5", "prayer")


def test_every_strategy_of_the_matrix_has_a_snippet_that_is_python_and_stands_by_itself(matrix: Matrix) -> None:
    real = RecipeBook(read_probe_code())

    for form in matrix.formats:
        for strategy in form.strategies:
            tree = ast.parse(real.snippet(form.id, strategy))
            imported = {
                alias.name if isinstance(node, ast.Import) else node.module
                for node in ast.walk(tree)
                if isinstance(node, ast.Import | ast.ImportFrom)
                for alias in node.names
            }
            assert not [name for name in imported if name and name.startswith("probe")], (form.id, strategy)


def test_no_two_parts_of_a_snippet_define_the_same_name(matrix: Matrix) -> None:
    real = RecipeBook(read_probe_code())

    for form in matrix.formats:
        for strategy in form.strategies:
            names = [name for node in ast.parse(real.snippet(form.id, strategy)).body for name in names_of(node)]
            assert len(set(names)) == len(names), (form.id, strategy, sorted(names))


def names_of(node: ast.stmt) -> list[str]:
    """What a statement at the top of a module defines."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


@pytest.mark.cells
@pytest.mark.parametrize(
    ("form", "strategy"),
    [
        ("h5", "plain"),
        ("h5", "no-compile"),
        ("h5", "drop-optimizer"),
        ("h5", "rewrite-config"),
        ("savedmodel", "plain"),
        ("savedmodel", "trim-and-load"),
        ("savedmodel", "session-loader"),
    ],
)
def test_a_pasted_snippet_loads_in_a_cell(
    form: str,
    strategy: str,
    cell: Callable[[str], BuiltCell],
    shelf: Callable[[str], Shelf],
    tmp_path: Path,
) -> None:
    artifact = shelf("tf2.4").kept["dense-sequential", form] / "model"
    real = RecipeBook(read_probe_code())
    file = real.recipe(form, strategy).file
    snippet = real.snippet(form, strategy, str(artifact if file == "." else artifact / file))
    script = tmp_path / "pasted.py"
    script.write_text(snippet + "\nassert (model if 'model' in dir() else loaded) is not None\n", encoding="utf-8")

    ran = subprocess.run([cell("tf2.4").python, str(script)], capture_output=True, text=True, timeout=300, check=False)

    assert ran.returncode == 0, ran.stderr[-2000:]
