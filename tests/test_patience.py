"""Claims about time limits: a trial is not to blame for a busy machine, and a hang ends all the same."""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from conftest import ROOT

WORK_S = 1.0
LIMIT_S = 2.0
OTHERS = 4  # beside them, a second of work takes five

LEAVING = """
import subprocess, sys
print(subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True).pid)
"""


@pytest.fixture(scope="module")
def child() -> Iterator[ModuleType]:
    """The probe's module, as a cell imports it."""
    sys.path.insert(0, str(ROOT / "lab"))
    yield importlib.import_module("probe.child")
    sys.path.remove(str(ROOT / "lab"))


@pytest.fixture(autouse=True)
def host() -> Iterator[None]:
    """A child's parent ends itself when its standard input is closed: the host is gone then."""
    own, (reading, writing) = os.dup(0), os.pipe()
    os.dup2(reading, 0)
    yield
    os.dup2(own, 0)
    for descriptor in (own, reading, writing):
        os.close(descriptor)


@pytest.fixture
def busy_processor() -> Iterator[None]:
    """One processor for this test, and others that want it as well."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    others = [a_stranger() for _ in range(OTHERS)]
    yield
    for other in others:
        os.kill(other, signal.SIGKILL)
    os.sched_setaffinity(0, allowed)


def a_stranger() -> int:
    """A process that wants the processor, and is nobody's here: whose parent has ended at once.

    It leads a session of its own, as a child does: the kernel may share the processor out by sessions.
    """
    spinning = [sys.executable, "-c", "import time\nwhile time.process_time() < 60: pass"]
    said = subprocess.run([sys.executable, "-c", LEAVING, *spinning], check=True, capture_output=True, text=True)
    return int(said.stdout)


def spin(seconds: float) -> None:
    """Use the processor for so long."""
    while time.process_time() < seconds:
        pass


def work(child: ModuleType, scratch: Path, task: Any) -> Any:  # noqa: ANN401 - records of the probe
    """How a child that does this ended, and whether it said that it was done."""
    limits = SimpleNamespace(timeout_s=LIMIT_S, cpu_s=60.0, memory_bytes=1 << 40)
    private = os.open(os.devnull, os.O_RDONLY)
    begun = child.Child(SimpleNamespace(limits=limits, scratch=str(scratch)), 0, task, private)
    said = begun.receive()
    death = begun.reap()
    os.close(private)
    return said, death


def test_waiting_for_the_processor_is_not_counted(
    child: ModuleType,
    busy_processor: None,
    tmp_path: Path,
) -> None:
    def task(send: Callable[[dict[str, bool]], None]) -> None:
        spin(time.process_time() + WORK_S)
        send({"done": True})

    began = time.monotonic()
    said, death = work(child, tmp_path, task)

    assert time.monotonic() - began > LIMIT_S  # else the machine was not busy enough to show anything
    assert (said, death.timed_out) == ({"done": True}, False)


def test_a_hang_ends_at_the_limit(child: ModuleType, tmp_path: Path) -> None:
    said, death = work(child, tmp_path, lambda _: time.sleep(60))

    assert (said, death.timed_out) == (None, True)


def test_a_step_that_crowds_the_processor_itself_ends_at_the_limit(child: ModuleType, tmp_path: Path) -> None:
    def task(send: Callable[[dict[str, bool]], None]) -> None:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        for _ in range(OTHERS):
            if os.fork() == 0:
                spin(60.0)
        spin(time.process_time() + WORK_S)
        send({"done": True})

    said, death = work(child, tmp_path, task)

    assert (said, death.timed_out) == (None, True)
