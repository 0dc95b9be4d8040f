"""The one error type that the lab raises on purpose, and the exit codes it leads to."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What a command ends with; a public contract, never a count."""

    DONE = 0
    BAD_INPUT = 2
    NOTHING_SELECTED = 3
    NO_ENGINE = 4
    INFRA_ERROR = 5
    REGRESSED = 6
    INTERRUPTED = 130


class LabError(Exception):
    """Something a person can mend; the text says what, where and what to do."""

    def __init__(self, text: str, exit_code: ExitCode = ExitCode.BAD_INPUT) -> None:
        super().__init__(text)
        self.exit_code = exit_code


class CellFault(LabError):
    """One cell cannot be had here; the others go on. Never a finding."""

    def __init__(self, text: str) -> None:
        super().__init__(text, ExitCode.INFRA_ERROR)
