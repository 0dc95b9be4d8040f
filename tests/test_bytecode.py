"""Claims about functions rebuilt from bytecode: they do what was written, and what is not understood is refused."""

from __future__ import annotations

import base64
import builtins
import contextlib
import json
import marshal
import operator
import random
import subprocess
import textwrap
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType
from typing import Any

import pytest
from conftest import ROOT
from recipe_parts import part

from lab.engines.protocol import BuiltCell

FUNCTIONS = (ROOT / "tests" / "files" / "functions.txt").read_text(encoding="utf-8").strip().split("\n\n")
NAMES = ("tf", "K", "np", "keras", "math", "f", "g", "SIZE")

# Runs in the Python of a cell, which may be 3.7: the bytecode of each function, null where it cannot be written there.
DUMP = """
import base64, json, marshal, sys

def code_of(source):
    namespace = {}
    try:
        exec(source if source.startswith("def ") else "found = " + source, namespace)
    except SyntaxError:
        return None
    function = next(value for name, value in namespace.items() if name != "__builtins__")
    return base64.b64encode(marshal.dumps(function.__code__)).decode("ascii")

print(json.dumps([code_of(source) for source in json.load(sys.stdin)]))
"""

BINARY = {
    **{name: getattr(operator, name) for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul")},
    **{name: getattr(operator, f"{name}_" if name in {"and", "or"} else name) for name in ("and", "or", "xor")},
    **{name: getattr(operator, name) for name in ("lshift", "rshift", "lt", "le", "gt", "ge", "eq", "ne")},
}


class Traced:
    """A value that stands for anything: what is done with it becomes its text, and its truth is chosen."""

    text: str
    log: list[str]
    truth: bool

    def __init__(self, text: str, log: list[str], *, truth: bool) -> None:
        self.__dict__.update(text=text, log=log, truth=truth)

    def _next(self, text: str) -> Traced:
        self.log.append(text)
        return Traced(text, self.log, truth=len(text) % 2 == 1)

    def __repr__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return self.truth

    def __hash__(self) -> int:
        return hash(self.text)

    def __getattr__(self, name: str) -> Traced:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._next(f"{self.text}.{name}")

    def __setattr__(self, name: str, value: object) -> None:
        self.log.append(f"{self.text}.{name} = {value!r}")

    def __call__(self, *args: Any, **kwargs: Any) -> Traced:
        shown = [value(self._next("given")) if isinstance(value, FunctionType) else value for value in args]
        return self._next(f"{self.text}({shown!r}, {kwargs!r})")

    def __getitem__(self, key: object) -> Traced:
        return self._next(f"{self.text}[{key!r}]")

    def __setitem__(self, key: object, value: object) -> None:
        self.log.append(f"{self.text}[{key!r}] = {value!r}")

    def __iter__(self) -> Iterator[Traced]:
        return iter([Traced(f"{self.text}/{n}", self.log, truth=n == 0) for n in range(2)])

    def __contains__(self, item: object) -> bool:
        self.log.append(f"{item!r} in {self.text}")
        return True

    def keys(self) -> list[str]:
        return ["one", "two"]


def _binary(name: str) -> Callable[[Traced, object], Traced]:
    return lambda self, other: self._next(f"({self!r} {name} {other!r})")


for operation in BINARY:
    for kind in ("", "r", "i"):
        if not kind or operation not in {"lt", "le", "gt", "ge", "eq", "ne"}:
            setattr(Traced, f"__{kind}{operation}__", _binary(kind + operation))
for operation in ("neg", "pos", "invert", "abs"):
    setattr(Traced, f"__{operation}__", lambda self, name=operation: self._next(f"{name}({self!r})"))


def inputs() -> Iterator[tuple[list[Any], list[str]]]:
    """Arguments to call a function with, and the log that traced ones write."""
    for truths in range(8):
        log: list[str] = []
        yield [Traced(name, log, truth=bool(truths >> n & 1)) for n, name in enumerate("xyz")], log
    for plain in ([2.5, 3, 0.5], [0, 7, 1], [[1.0, 2.0, 4.0], 2, 1], ["text", 1, 2], [None, None, 1], [-1.5, 0.0, 3]):
        yield plain, []


def made_of(source: str, free: tuple[str, ...] = (), log: list[str] | None = None) -> FunctionType:
    """A function of its source, with traced values for all that it reads."""
    known = [] if log is None else log
    namespace: dict[str, Any] = {name: Traced(name, known, truth=True) for name in NAMES}
    is_lambda = not source.startswith("def ")
    body = f"return {source}" if is_lambda else f"{source}\nreturn {source[4 : source.index('(')]}"
    head = f"def around({', '.join(free)}):\n"
    exec(head + textwrap.indent(body, "    "), namespace)  # noqa: S102 - the functions of this test
    made: FunctionType = namespace["around"](*(Traced(name, known, truth=True) for name in free))
    return made


def does(source: str) -> list[tuple[str, list[str]]]:
    """What a function answers and what it does on the way, for all inputs."""
    found = []
    for arguments, log in inputs():
        function = made_of(source, log=log)
        try:
            answer = function(*arguments[: function.__code__.co_argcount])
            said = repr(sorted(map(repr, answer)) if isinstance(answer, set) else answer)
        except Exception as error:  # noqa: BLE001 - what it raises is what it does
            said = type(error).__name__
        found.append((said, list(log)))
    return found


def rebuilt(code: bytes) -> Any:  # noqa: ANN401 - a record of the probe
    return part("bytecode.reading").rebuild_source(code)


@pytest.mark.cells
@pytest.mark.slow
@pytest.mark.parametrize("cell_id", ["tf2.4", "tf2.10", "tf2.15", "tf2.16", "tf2.21"])
def test_what_another_python_compiled_does_the_same_when_it_is_rebuilt(
    cell_id: str, cell: Callable[[str], BuiltCell]
) -> None:
    ran = subprocess.run(
        [cell(cell_id).python, "-c", DUMP], input=json.dumps(FUNCTIONS), capture_output=True, text=True, check=True
    )
    written = {source: code for source, code in zip(FUNCTIONS, json.loads(ran.stdout), strict=True) if code}

    assert len(written) > len(FUNCTIONS) * 0.9
    for source, code in written.items():
        again = rebuilt(base64.b64decode(code)).source
        if made_of(source).__kwdefaults__:
            continue  # the default of a keyword is in no config of Keras
        assert does(again) == does(source), f"{source}\n{again}"


def compiled(source: str) -> CodeType:
    namespace: dict[str, Any] = {}
    exec(f"found = {source}" if source.startswith("lambda") else source, namespace)  # noqa: S102 - of this test
    function: FunctionType = next(value for value in namespace.values() if isinstance(value, FunctionType))
    return function.__code__


def test_names_that_it_reads_and_does_not_define_are_told() -> None:
    assert rebuilt(marshal.dumps(compiled("lambda x: tf.reshape(x, [len(x), SIZE])"))).globals == ("SIZE", "len", "tf")


@pytest.mark.parametrize(
    "source",
    [
        "def f(x):\n    try:\n        return x\n    except ValueError:\n        return 0",
        "def f(x):\n    while x:\n        x = x - 1\n    return x",
        "def f(x):\n    global SIZE\n    SIZE = x",
        "def f(x):\n    yield x",
        "async def f(x):\n    return x",
        "def f(x):\n    with x as y:\n        return y",
    ],
)
def test_what_no_lambda_layer_should_do_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        rebuilt(marshal.dumps(compiled(source)))


def test_no_bytes_bring_it_down() -> None:
    chance = random.Random(0)  # noqa: S311 - to break files, not to keep secrets
    whole = marshal.dumps(compiled("lambda x, y: [tf.reshape(x, (-1, 3)) if y else i * 2.0 for i in x]"))

    for _ in range(2000):
        broken = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        with contextlib.suppress(ValueError):
            rebuilt(bytes(broken[: chance.choice([len(broken), chance.randrange(len(broken))])]))


def test_a_rebuilt_function_has_no_more_names_than_its_source_says() -> None:
    names = part("bytecode.reading").rebuild_source(marshal.dumps(compiled("lambda x: x.mean() + abs(x)"))).globals

    assert names == ("abs",)
    assert hasattr(builtins, "abs")
