"""Look at other processes and end them, by way of /proc (Linux)."""

from __future__ import annotations

import errno
import io
import os
import signal
from typing import List

# Where a container finds what the kernel did in its control group, version 2 and version 1.
MEMORY_EVENTS = ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control")


def end_descendants() -> None:
    """End and collect every process that is left below this one; as the subreaper it inherits the detached ones."""
    own = os.getpid()
    if own == 1:
        kill(-1)  # the first process of a container: everything else in it, at one stroke
    while True:
        found = [pid for pid in _processes() if _parent_of(pid) == own]
        for pid in found:
            kill(pid)
        for pid in found:
            os.waitpid(pid, 0)
        if not found:
            return


def descendants() -> int:
    """How many processes there are below this one."""
    below = {os.getpid()}
    parents = {pid: _parent_of(pid) for pid in _processes()}
    while True:
        found = {pid for pid, parent in parents.items() if parent in below} - below
        if not found:
            return len(below) - 1
        below |= found


def _processes() -> List[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _parent_of(pid: int) -> int:
    try:
        with io.open("/proc/{}/stat".format(pid), encoding="ascii", errors="replace") as stream:
            return int(stream.read().rpartition(")")[2].split()[1])
    except (OSError, IndexError, ValueError):
        return 0


def free_bytes(directory: str) -> int:
    """What is left on the file system of a folder."""
    disk = os.statvfs(directory)
    return disk.f_bavail * disk.f_frsize


def kill(target: int) -> None:
    """End a process, or with a negative number a group; one that is gone already is no error."""
    try:
        os.kill(target, signal.SIGKILL)
    except OSError as error:
        if error.errno != errno.ESRCH:
            raise


def cpu_s(pid: int) -> float:
    """Processor seconds of a process so far, user and system."""
    try:
        with io.open("/proc/{}/stat".format(pid), encoding="ascii", errors="replace") as stream:
            fields = stream.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / float(os.sysconf("SC_CLK_TCK"))
    except (OSError, IndexError, ValueError):
        return 0.0


def queued_s(pid: int) -> float:
    """Seconds that a process was ready to run and others had the processor; 0 where the kernel does not count them."""
    try:
        with io.open("/proc/{}/schedstat".format(pid), encoding="ascii") as stream:
            return int(stream.read().split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0


def oom_kills() -> int:
    """How often the kernel ended a process of this container for want of memory; 0 outside of one."""
    for path in MEMORY_EVENTS:
        if os.path.exists(path):
            with io.open(path, encoding="ascii") as stream:
                counts = [int(line.split()[1]) for line in stream if line.startswith("oom_kill ")]
            return sum(counts)
    return 0


def rss_bytes(pid: int) -> int:
    """Resident memory of a process; 0 when it is gone."""
    try:
        with io.open("/proc/{}/statm".format(pid), encoding="ascii") as stream:
            return int(stream.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        return 0
