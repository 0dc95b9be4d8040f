"""Tie a process to its parent and keep it from writing core files (Linux)."""

from __future__ import annotations

import ctypes
import resource
import signal

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36


def die_with_parent() -> None:
    """Ask the kernel to end this process when its parent is gone."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def inherit_orphans() -> None:
    """Ask the kernel to hand detached descendants to this process instead of init, so that it can end them."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def no_core_dumps() -> None:
    """A crash under test is an answer, not a file of gigabytes."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
