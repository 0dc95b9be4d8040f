"""What keeps a parent and its children in their places (Linux): who ends with whom, who may look into whom."""

from __future__ import annotations

import ctypes
import io
import resource
import signal

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_CHILD_SUBREAPER = 36


def die_with_parent() -> None:
    """Ask the kernel to end this process when its parent is gone."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def inherit_orphans() -> None:
    """Ask the kernel to hand detached descendants to this process instead of init, so that it can end them."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def keep_out() -> None:
    """Close memory and open files to others of the same user: a child cannot write its parent's answers."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def be_first_to_go() -> None:
    """When memory runs out the kernel shall end this process, and not the parent that has to tell of it."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)  # else /proc/self belongs to root
    try:
        with io.open("/proc/self/oom_score_adj", "w", encoding="ascii") as stream:
            stream.write("1000")
    except OSError:
        pass  # a kernel without it: the choice is the kernel's own


def no_core_dumps() -> None:
    """A crash under test is an answer, not a file of gigabytes."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
