"""Show progress on stderr: one live display on a terminal, one plain line a finished step elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import TaskID


PLAIN_EVERY_S = 10.0


def say(text: str) -> None:
    """One line to stderr."""
    print(text, file=sys.stderr, flush=True)


class LiveProgress:
    """A bar a phase; lines scroll above it."""

    def __init__(self) -> None:
        # Only here: rich takes a tenth of a second to import, and most runs of the lab are not on a terminal.
        from rich.console import Console  # noqa: PLC0415
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415

        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
        )
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._progress.stop()

    def phase(self, name: str, total: int) -> None:
        """Begin a bar."""
        self._task = self._progress.add_task(name, total=total)

    def step(self, text: str, *, advance: int = 1) -> None:
        """Move the bar, print the line."""
        if self._task is not None and advance:
            self._progress.advance(self._task, advance)
        if text:
            self._progress.console.print(text, markup=False, highlight=False)


class PlainProgress:
    """Lines; counts at most every ten seconds."""

    def __init__(self) -> None:
        self._name, self._total, self._done = "", 0, 0
        self._last = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        return None

    def phase(self, name: str, total: int) -> None:
        """Begin to count."""
        self._name, self._total, self._done = name, total, 0
        say(f"{name}: {total} artifacts")

    def step(self, text: str, *, advance: int = 1) -> None:
        """Print the line, or the count when it is time."""
        self._done += advance
        if text:
            say(text)
        elif time.monotonic() - self._last > PLAIN_EVERY_S:
            self._last = time.monotonic()
            say(f"{self._name}: {self._done} of {self._total}")


def progress() -> LiveProgress | PlainProgress:
    """The display that fits where stderr goes."""
    return LiveProgress() if sys.stderr.isatty() else PlainProgress()
