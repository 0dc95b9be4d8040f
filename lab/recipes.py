"""Read recipes as text: what a strategy asks for, and the snippet that a person can paste. Pure.

The probe is never imported here: a snippet is made from the source that ran, so it cannot say anything else.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lab.identity import PLAIN, ProbeCode

PACKAGE = "probe.recipes"

# How a snippet calls the recipe: what stands for each parameter.
PLACEHOLDERS = {
    "path": "{path}",
    "custom_objects": "{{}}  # your own classes and functions by name: {{'MyLayer': MyLayer}}",
    "build_model": "build_model  # your function that builds the same architecture, compiled as it was",
}


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """One strategy of one format: a sentence, what it asks for, its source and that of the parts it uses."""

    title: str
    gives: str
    parameters: tuple[str, ...]
    sources: tuple[str, ...]
    file: str


class RecipeBook:
    """The recipes of a probe's source."""

    def __init__(self, code: ProbeCode) -> None:
        self._texts: Mapping[str, str] = dict(code.files)
        self._read: dict[tuple[str, str], Recipe] = {}

    def recipe(self, format_id: str, strategy: str) -> Recipe:
        """The recipe of a strategy; raises KeyError where the probe has none."""
        place = (format_id, strategy)
        if place not in self._read:
            name, file = self._format(format_id)
            self._read[place] = self._recipe(name if strategy == PLAIN else strategy.replace("-", "_"), file)
        return self._read[place]

    def snippet(self, format_id: str, strategy: str, path: str | None = None) -> str:
        """Python to paste: the recipe as it was run, and a call of it for ``path``."""
        recipe = self.recipe(format_id, strategy)
        body = _merged([*recipe.sources])
        call = _call(recipe, path or (recipe.file if recipe.file != "." else "saved_model"))
        return f"# {recipe.title}\n{body}\n\n\n{call}\n"

    def _format(self, format_id: str) -> tuple[str, str]:
        """The name of a format's plain recipe, and the file that the format writes."""
        path = f"formats/{format_id.replace('-', '_')}.py"
        name, file = "", ""
        for node in ast.parse(self._texts[path]).body:
            if isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    if node.module == PACKAGE and alias.asname == "PLAIN":
                        name = alias.name
                    elif alias.name == "PLAIN" and node.module:
                        name, file = self._format(node.module.rpartition(".")[2])
            elif _assigns(node, "FILE"):
                file = _value(node)
        return name, file

    def _recipe(self, name: str, file: str) -> Recipe:
        text = self._texts[f"recipes/{name}.py"]
        tree = ast.parse(text)
        load = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "load")
        return Recipe(
            title=(ast.get_docstring(tree) or name).splitlines()[0],
            gives=_constant(tree, "GIVES"),
            parameters=tuple(argument.arg for argument in load.args.args),
            sources=tuple(self._sources(f"recipes/{name}.py")),
            file=file,
        )

    def _sources(self, path: str) -> Iterator[str]:
        """The sources of the parts that a recipe uses, then its own."""
        seen: dict[str, str] = {}
        self._collect(path, seen)
        yield from seen.values()

    def _collect(self, path: str, seen: dict[str, str]) -> None:
        for node in ast.parse(self._texts[path]).body:
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(PACKAGE):
                for part in _files(node, self._texts):
                    if part not in seen:
                        self._collect(part, seen)
        seen[path] = self._texts[path]


def _files(node: ast.ImportFrom, texts: Mapping[str, str]) -> Iterator[str]:
    base = (node.module or "").removeprefix("probe.").replace(".", "/")
    if f"{base}.py" in texts:
        yield f"{base}.py"
        return
    yield from (f"{base}/{alias.name}.py" for alias in node.names)


def _constant(tree: ast.Module, name: str) -> str:
    return next((_value(node) for node in tree.body if _assigns(node, name)), "")


def _value(node: ast.stmt) -> str:
    """The text on the right side of an assignment; empty where it is not one constant."""
    right = node.value if isinstance(node, ast.Assign) else None
    return str(right.value) if isinstance(right, ast.Constant) else ""


def _merged(sources: Sequence[str]) -> str:
    """Several modules as one: imports first, once each; no docstrings, no imports of each other, no GIVES."""
    imports: dict[str, None] = {}
    bodies: list[str] = []
    for source in sources:
        tree = ast.parse(source)
        kept = []
        for number, node in enumerate(tree.body):
            if isinstance(node, ast.ImportFrom | ast.Import):
                if not (isinstance(node, ast.ImportFrom) and (node.module or "").startswith(("probe", "__future__"))):
                    imports[ast.unparse(node)] = None
            elif not (_is_docstring(node) and number == 0) and not _assigns(node, "GIVES"):
                kept.append(node)
        bodies.append(_text_of(source, kept))
    return "\n".join([*sorted(imports), "", "", *("\n\n\n".join(body for body in bodies if body).splitlines())])


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _assigns(node: ast.stmt, name: str) -> bool:
    return isinstance(node, ast.Assign) and any(
        isinstance(target, ast.Name) and target.id == name for target in node.targets
    )


def _text_of(source: str, nodes: Sequence[ast.stmt]) -> str:
    """The lines of these nodes as they stand, with the comments directly above them."""
    lines = source.splitlines()
    parts: list[str] = []
    for node in nodes:
        decorators = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(decorator.lineno for decorator in decorators)]) - 1
        while first > 0 and lines[first - 1].startswith("#"):
            first -= 1
        spaced = isinstance(node, ast.FunctionDef | ast.ClassDef)
        parts.append(("\n\n" if spaced and parts else "") + "\n".join(lines[first : node.end_lineno]))
    return "\n".join(parts)


def _call(recipe: Recipe, path: str) -> str:
    """``model = load("model.h5", ...)``, with a line for everything that the person has to give."""
    target = "model" if recipe.gives == "model" else "loaded"
    if recipe.parameters == ("path",):
        return f"{target} = load({json.dumps(path)})"
    lines = [f"    {name}={PLACEHOLDERS[name].format(path=json.dumps(path))}" for name in recipe.parameters]
    code = [line.partition("  #") for line in lines]
    return "\n".join([f"{target} = load(", *(f"{text},{mark}{note}" for text, mark, note in code), ")"])
