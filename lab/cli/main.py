"""Read the arguments, run the command, print errors, return the exit code."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence

from lab import __version__
from lab.bench import command as bench
from lab.cli import (
    adding,
    blaming,
    causes,
    findings,
    images,
    locking,
    matrix,
    planning,
    promises,
    reading,
    reporting,
    reproducing,
    tidying,
    trying,
)
from lab.cli.arguments import common_options
from lab.errors import ExitCode, LabError

COMMANDS = (
    matrix,
    planning,
    locking,
    adding,
    images,
    reading,
    trying,
    causes,
    blaming,
    findings,
    promises,
    reproducing,
    reporting,
    bench,
    tidying,
)

EXIT_CODES = """exit codes:
  0 done (an incompatibility found is a success of the lab)   2 bad input
  3 nothing selected   4 no engine   5 some trials are infra-error   6 regressed   130 interrupted"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    parsed = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _interrupt)  # whoever ends the lab politely gets what Ctrl-C gives
    try:
        return int(parsed.command(parsed))
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
        return int(error.exit_code)
    except KeyboardInterrupt:
        print("lab: interrupted", file=sys.stderr)
        return int(ExitCode.INTERRUPTED)
    except BrokenPipeError:
        # The reader (head, less) has seen enough; nothing is wrong.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(ExitCode.DONE)


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m lab",
        description="A version-matrix compatibility lab for TensorFlow: which model saved where loads where.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for module in COMMANDS:
        module.register(commands, common_options())
    return parser
