"""What an engine does: build a cell, run a probe in it. Inputs and outputs are serialisable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any, Protocol, TypeAlias

from lab.words import Cell, EngineName

OnEvent: TypeAlias = Callable[[dict[str, Any]], None]

# For whoever waits to the end.
NEVER = Event()


@dataclass(frozen=True, kw_only=True)
class BuiltCell:
    """A cell that is ready to run, and how it came about.

    ``libraries`` are the folders that its loader looks into for CUDA; ``settings`` are variables that make it compute
    as on another processor; ``image`` is the Docker engine's.
    """

    cell: Cell
    fingerprint: str
    environment: Path
    python: str
    reused: bool
    seconds: float
    libraries: tuple[str, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()
    image: str = ""


@dataclass(frozen=True, kw_only=True)
class ProbeRun:
    """One run of the probe in one cell. ``code`` holds the package ``probe``; all paths are absolute."""

    request: Path
    results: Path
    scratch: Path
    log: Path
    code: Path
    idle_timeout_s: float


@dataclass(frozen=True, kw_only=True)
class ProbeEnd:
    """How the probe's process ended, and the tail of its log."""

    exit_code: int
    finished: bool
    stopped: bool
    idle: bool
    log_tail: str


class Engine(Protocol):
    """``docker`` or ``local``; a cluster would fit as well."""

    @property
    def name(self) -> EngineName:
        """What results of this engine carry."""
        ...

    def build(self, cell: Cell, lock_text: str, fingerprint: str, log: Path, stop: Event = NEVER) -> BuiltCell:
        """Make the cell ready or reuse it; raises CellFault with a reason that tells what to do.

        Ends early, with a CellFault, when ``stop`` is set; nothing half made is ever taken for a cell.
        """
        ...

    def release(self, built: BuiltCell) -> None:
        """Nobody runs in the cell for now: what it takes may be freed, and is made anew when it is built again."""
        ...

    def run_probe(self, built: BuiltCell, run: ProbeRun, on_event: OnEvent, stop: Event) -> ProbeEnd:
        """Run the probe and hand over its events as they come; ends early when ``stop`` is set."""
        ...
