"""Hand artifacts to a container one at a time, and take over what it saved."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

OTHERS_READ = stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH
OTHERS_ENTER = OTHERS_READ | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH | stat.S_IWUSR


class Inbox:
    """A folder that the container reads: it holds the artifact that is being loaded, and no other."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._here: str | None = None
        directory.mkdir(parents=True, exist_ok=True)
        directory.chmod(OTHERS_ENTER)

    def deliver(self, job: str, artifact: Path) -> None:
        """Put an artifact into its place, in one step; the one before it is taken away first.

        One that is gone is delivered empty: the probe says so at once instead of waiting for it.
        """
        if self._here == job:
            return
        self.clear()
        arriving = self._directory.with_name(f"{self._directory.name}.part")
        shutil.rmtree(arriving, ignore_errors=True)
        if artifact.is_dir():
            shutil.copytree(artifact, arriving)
        else:
            arriving.mkdir()
        make_readable(arriving)
        arriving.rename(self._directory / job)
        self._here = job

    def clear(self) -> None:
        """Take away what is there."""
        if self._here is not None:
            shutil.rmtree(self._directory / self._here, ignore_errors=True)
            self._here = None


class Outbox:
    """A folder that the container writes."""

    def __init__(self, directory: Path, user: str) -> None:
        self._directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        owner, group = (int(part) for part in user.split(":"))
        if os.getuid() == 0:
            os.chown(directory, owner, group)

    def take(self, job: str, target: Path) -> str | None:
        """Move what was saved to its place, as the caller's own; returns what is wrong with it, if anything."""
        source = self._directory / job
        if not source.is_dir() or source.is_symlink():
            return "the container saved nothing where it should have"
        for path in source.rglob("*"):
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                return f"the container saved something that is no plain file: {path.relative_to(source)}"
        arriving = target.with_name(f"{target.name}.part")
        shutil.rmtree(arriving, ignore_errors=True)
        shutil.copytree(source, arriving)  # a copy belongs to who makes it
        shutil.rmtree(target, ignore_errors=True)
        arriving.rename(target)
        shutil.rmtree(source, ignore_errors=True)
        return None


def make_readable(directory: Path) -> None:
    """Let another user read a tree, whatever the caller's umask is."""
    directory.chmod(OTHERS_ENTER)
    for path in directory.rglob("*"):
        path.chmod(OTHERS_ENTER if path.is_dir() else OTHERS_READ | stat.S_IWUSR)
