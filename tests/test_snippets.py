"""Claims about snippets, the text that a person pastes: everything that is in one stands there once."""

from __future__ import annotations

import ast
import builtins
from collections import Counter

import pytest
from conftest import ROOT

from lab.declare import read_matrix
from lab.recipes import RecipeBook
from lab.running.workplace import read_probe_code

MATRIX = read_matrix(ROOT / "matrix.toml")
BOOK = RecipeBook(read_probe_code())
PLACES = [(form.id, strategy) for form in MATRIX.formats for strategy in form.strategies]


def names_of(node: ast.stmt) -> list[str]:
    """What a statement of a module defines."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    return []


@pytest.mark.parametrize(("form", "strategy"), PLACES)
def test_no_two_parts_of_a_snippet_have_a_name_in_common(form: str, strategy: str) -> None:
    tree = ast.parse(BOOK.snippet(form, strategy))
    defined = Counter(name for node in tree.body for name in names_of(node))

    assert {name for name, times in defined.items() if times > 1} == set()


@pytest.mark.parametrize(("form", "strategy"), PLACES)
def test_a_snippet_reads_no_name_that_is_not_in_it(form: str, strategy: str) -> None:
    tree = ast.parse(BOOK.snippet(form, strategy))
    bound = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    bound |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    bound |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    bound |= {node.name for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler) and node.name}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            bound |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}

    assert {name for name in read - bound if not hasattr(builtins, name)} <= {"build_model"}
