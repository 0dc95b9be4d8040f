"""Claims about the code that comes with a file: what of it is refused before any cell runs it."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.errors import LabError
from lab.running.user_code import read_code


def a_file(directory: Path, text: str) -> Path:
    path = directory / "mine.py"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "text",
    [
        "def custom_objects(tf):\n    return {}\n",
        "def build(tf):\n    return tf.keras.Sequential()\n",
        "from models import make as build\n",
        "custom_objects = lambda tf: {}\n",
    ],
)
def test_a_module_with_one_of_the_two_is_taken_as_it_is(text: str, tmp_path: Path) -> None:
    assert read_code(a_file(tmp_path, text)).text == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def build(tf:\n", "is no Python: "),
        ("The lab loads models.\n", "is no Python: "),
        ("def model(tf):\n    return None\n", "has neither custom_objects(tf)"),
        ("", "nor build(tf)"),
    ],
)
def test_what_is_of_no_use_is_refused_with_the_reason(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(LabError) as caught:
        read_code(a_file(tmp_path, text))

    assert said in str(caught.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="cannot be read"):
        read_code(tmp_path / "none.py")


def test_code_that_only_names_classes_builds_nothing(tmp_path: Path) -> None:
    assert not read_code(a_file(tmp_path, "def custom_objects(tf):\n    return {}\n")).builds
    assert read_code(a_file(tmp_path, "def build(tf):\n    return None\n")).builds
