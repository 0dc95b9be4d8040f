"""Commands of the lab, run in the process of the tests: how they end and what they say."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from lab.cli import main as command_line
from lab.store import open_store

SMALL = ("--cells", "tf2.4 tf2.10", "--models", "dense-sequential", "--formats", "h5 keras")


class Ended(NamedTuple):
    """How a command ended and what it said."""

    code: int
    stdout: str
    stderr: str


Lab = Callable[..., Ended]


@pytest.fixture(name="lab")
def command_runner(capsys: pytest.CaptureFixture[str]) -> Iterator[Lab]:
    """Run a command of the lab in this process."""
    of_pytest = signal.getsignal(signal.SIGTERM)

    def run(*arguments: str | Path) -> Ended:
        try:
            code = command_line.main([str(argument) for argument in arguments])
        except SystemExit as error:  # argparse has ended it
            code = int(error.code or 0)
        said = capsys.readouterr()
        return Ended(code, said.out, said.err)

    yield run
    signal.signal(signal.SIGTERM, of_pytest)  # the lab takes it for Ctrl-C


@pytest.fixture(name="out")
def empty_store(tmp_path: Path) -> Path:
    """A folder with a store in which nothing has been seen."""
    with open_store(tmp_path / "out", writing=True):
        pass
    return tmp_path / "out"
