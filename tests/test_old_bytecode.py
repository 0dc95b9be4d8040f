"""Claims about functions that Python 2.7, 3.4 and 3.5 wrote, as in most models with Lambda layers up to 2018."""

from __future__ import annotations

import base64
import marshal
import struct

import pytest
from conftest import ROOT
from recipe_parts import part
from test_bytecode import FUNCTIONS, does, rebuilt

# For each of functions.txt base64.b64encode(marshal.dumps(function.__code__)) of CPython 2.7.18; empty for those that
# Python 2 does not have, or that mean something else there.
OF_2_7 = (ROOT / "tests" / "files" / "functions-of-python-2.7.txt").read_text(encoding="ascii").split("\n")

# Likewise of a function that gives x / y, x / 2.0 and 7 / x.
DIVIDES_IN_2_7 = (
    "YwIAAAACAAAABAAAAEMAAABzGQAAAHwAAHwBABV8AABkAQAVZAIAfAAAFWYDAFMoAwAAAE5nAAAAAAAAAEBpBwAAACgAAAAAKAIAAAB0AQAAAHh0AQ"
    "AAAHkoAAAAACgAAAAAcwgAAAA8c3RyaW5nPnQIAAAAPGxhbWJkYT4BAAAAdAAAAAA="
)


@pytest.mark.parametrize(
    ("source", "stored"), [(source, code) for source, code in zip(FUNCTIONS, OF_2_7, strict=False) if code]
)
def test_what_python_2_compiled_does_the_same_when_it_is_rebuilt(source: str, stored: str) -> None:
    again = rebuilt(base64.b64decode(stored))

    assert again.pythons == ("2.7",)
    assert does(again.source) == does(source), again.source


def test_most_functions_are_there_as_python_2_wrote_them() -> None:
    assert len(OF_2_7) == len(FUNCTIONS) + 1  # the last line ends
    assert sum(map(bool, OF_2_7)) > 0.8 * len(FUNCTIONS)


def test_a_division_of_python_2_is_told_from_that_of_python_3() -> None:
    again = rebuilt(base64.b64decode(DIVIDES_IN_2_7))

    assert again.source == "lambda x, y: (divide_as_python_2(x, y), x / 2.0, divide_as_python_2(7, x))"
    assert again.globals == ("divide_as_python_2",)


def test_bytes_that_a_config_holds_as_characters_are_no_base64() -> None:
    stored = base64.b64decode(OF_2_7[0])

    assert part("bytecode.reading").bytecode_of(stored.decode("raw_unicode_escape")) == stored


# --- 3.4 and 3.5, of which there is none to compile with: put together by what their documentation says ---

NUMBERS = {
    "ROT_TWO": 2, "BINARY_ADD": 23, "BINARY_MULTIPLY": 20, "BINARY_SUBTRACT": 24, "BINARY_SUBSCR": 25,
    "BINARY_TRUE_DIVIDE": 27, "STORE_MAP": 54, "GET_ITER": 68, "RETURN_VALUE": 83, "FOR_ITER": 93,
    "LOAD_CONST": 100, "BUILD_TUPLE": 102, "BUILD_LIST": 103, "BUILD_MAP": 105, "LOAD_ATTR": 106, "JUMP_ABSOLUTE": 113,
    "POP_JUMP_IF_FALSE": 114, "LOAD_GLOBAL": 116, "LOAD_FAST": 124, "STORE_FAST": 125, "CALL_FUNCTION": 131,
    "MAKE_FUNCTION": 132, "BUILD_SLICE": 133, "MAKE_CLOSURE": 134, "LOAD_CLOSURE": 135, "LOAD_DEREF": 136,
    "CALL_FUNCTION_VAR": 140, "CALL_FUNCTION_KW": 141, "LIST_APPEND": 145,
}  # fmt: skip
TRAILING = 90  # from this number on an operation has an argument


def assembled(text: str) -> bytes:
    """``LOAD_FAST 0; RETURN_VALUE``: one byte an operation, three with an argument."""
    code = b""
    for word in text.split(";"):
        name, *argument = word.split()
        number = NUMBERS[name]
        code += struct.pack("<BH", number, int(argument[0])) if number >= TRAILING else bytes([number])
    return code


class Stored:
    """A code object as marshal of 3.4 and 3.5 writes it."""

    def __init__(  # noqa: PLR0913 - a code object has these
        self,
        text: str,
        consts: tuple[object, ...] = (None,),
        names: tuple[str, ...] = (),
        varnames: tuple[str, ...] = ("x",),
        *,
        argcount: int = 1,
        freevars: tuple[str, ...] = (),
        cellvars: tuple[str, ...] = (),
        name: str = "<lambda>",
    ) -> None:
        numbers = (argcount, 0, len(varnames), 10, 0x43)
        objects = (assembled(text), consts, names, varnames, freevars, cellvars, "file.py", name)
        self.bytes = b"c" + struct.pack("<5i", *numbers) + b"".join(map(written, objects))
        self.bytes += struct.pack("<i", 1) + written(b"")


def written(value: object) -> bytes:
    if isinstance(value, Stored):
        return value.bytes
    if isinstance(value, tuple):
        return b"(" + struct.pack("<i", len(value)) + b"".join(map(written, value))
    return marshal.dumps(value, 2)


INNER = Stored(
    "LOAD_FAST 0; LOAD_DEREF 0; BINARY_ADD; RETURN_VALUE", varnames=("y",), freevars=("x",), name="<lambda>.<locals>"
)
LISTED = Stored(
    "BUILD_LIST 0; LOAD_FAST 0; FOR_ITER 12; STORE_FAST 1; LOAD_FAST 1; LIST_APPEND 2; JUMP_ABSOLUTE 6; RETURN_VALUE",
    varnames=(".0", "i"),
    name="<listcomp>",
)
IN_BOTH: list[tuple[str, Stored]] = [
    (
        "lambda x: x / 127.5 - 1.0",
        Stored(
            "LOAD_FAST 0; LOAD_CONST 1; BINARY_TRUE_DIVIDE; LOAD_CONST 2; BINARY_SUBTRACT; RETURN_VALUE",
            (None, 127.5, 1.0),
        ),
    ),
    (
        "lambda x: K.mean(x, axis=1, keepdims=True)",
        Stored(
            "LOAD_GLOBAL 0; LOAD_ATTR 1; LOAD_FAST 0; LOAD_CONST 1; LOAD_CONST 2; LOAD_CONST 3; LOAD_CONST 4;"
            "CALL_FUNCTION 513; RETURN_VALUE",
            (None, "axis", 1, "keepdims", True),
            ("K", "mean"),
        ),
    ),
    (
        "lambda x: x[:, -1, :]",
        Stored(
            "LOAD_FAST 0; LOAD_CONST 0; LOAD_CONST 0; BUILD_SLICE 2; LOAD_CONST 1; LOAD_CONST 0; LOAD_CONST 0;"
            "BUILD_SLICE 2; BUILD_TUPLE 3; BINARY_SUBSCR; RETURN_VALUE",
            (None, -1),
        ),
    ),
    (
        "lambda x: tf.map_fn(lambda y: y + x, x)",
        Stored(
            "LOAD_GLOBAL 0; LOAD_ATTR 1; LOAD_CLOSURE 0; BUILD_TUPLE 1; LOAD_CONST 1; LOAD_CONST 2; MAKE_CLOSURE 0;"
            "LOAD_DEREF 0; CALL_FUNCTION 2; RETURN_VALUE",
            (None, INNER, "<lambda>.<locals>.<lambda>"),
            ("tf", "map_fn"),
            cellvars=("x",),
        ),
    ),
    (
        "lambda x: [i for i in x]",
        Stored(
            "LOAD_CONST 1; LOAD_CONST 2; MAKE_FUNCTION 0; LOAD_FAST 0; GET_ITER; CALL_FUNCTION 1; RETURN_VALUE",
            (None, LISTED, "<lambda>.<locals>.<listcomp>"),
        ),
    ),
    (
        "lambda x: 1 if x else 2",
        Stored(
            "LOAD_FAST 0; POP_JUMP_IF_FALSE 10; LOAD_CONST 1; RETURN_VALUE; LOAD_CONST 2; RETURN_VALUE", (None, 1, 2)
        ),
    ),
    (
        "lambda x, y: f(1, **y)",
        Stored(
            "LOAD_GLOBAL 0; LOAD_CONST 1; LOAD_FAST 1; CALL_FUNCTION_KW 1; RETURN_VALUE",
            (None, 1), ("f",), ("x", "y"), argcount=2,
        ),
    ),
]  # fmt: skip
IN_ONE: list[tuple[str, str, Stored]] = [
    (
        "3.4",
        "lambda x: {'a': x, 'b': 2}",
        Stored(
            "BUILD_MAP 2; LOAD_FAST 0; LOAD_CONST 1; STORE_MAP; LOAD_CONST 2; LOAD_CONST 3; STORE_MAP; RETURN_VALUE",
            (None, "a", 2, "b"),
        ),
    ),
    (
        "3.5",
        "lambda x: {'a': x, 'b': 2}",
        Stored("LOAD_CONST 1; LOAD_FAST 0; LOAD_CONST 2; LOAD_CONST 3; BUILD_MAP 2; RETURN_VALUE", (None, "a", "b", 2)),
    ),
    (
        "3.5",
        "lambda x: f(1, *x, y=2)",
        Stored(
            "LOAD_GLOBAL 0; LOAD_CONST 1; LOAD_FAST 0; LOAD_CONST 2; LOAD_CONST 3; CALL_FUNCTION_VAR 257; RETURN_VALUE",
            (None, 1, "y", 2),
            ("f",),
        ),
    ),
    (
        "3.4",
        "lambda x: f(1, *x, y=2)",
        Stored(
            "LOAD_GLOBAL 0; LOAD_CONST 1; LOAD_CONST 2; LOAD_CONST 3; LOAD_FAST 0; CALL_FUNCTION_VAR 257; RETURN_VALUE",
            (None, 1, "y", 2),
            ("f",),
        ),
    ),
]


@pytest.mark.parametrize(("source", "stored"), IN_BOTH)
def test_what_3_4_and_3_5_wrote_is_rebuilt(source: str, stored: Stored) -> None:
    again = rebuilt(stored.bytes)

    assert again.pythons == ("3.4", "3.5")
    assert does(again.source) == does(source), again.source


@pytest.mark.parametrize(("python", "source", "stored"), IN_ONE)
def test_what_3_4_and_3_5_wrote_otherwise_is_told_apart(python: str, source: str, stored: Stored) -> None:
    again = rebuilt(stored.bytes)

    assert again.pythons == (python,)
    assert does(again.source) == does(source), again.source
