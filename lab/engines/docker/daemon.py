"""Reach the Docker daemon, and say in plain words what is wrong with it."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
from docker.errors import APIError, DockerException
from docker.types import DeviceRequest
from requests.exceptions import RequestException

from lab.errors import CellFault

ANSWER_TIMEOUT_S = 120
PROBE_TIMEOUT_S = 3
UNIX = "unix://"
DEFAULT_HOST = "unix:///var/run/docker.sock"
API_VERSION = "1.41"  # Docker 20.10; every later daemon speaks it
COMES_BACK_WITHIN_S = 60.0
NVIDIA_DEVICES = Path("/dev")
CALLER_IS_ROOT = 0


@dataclass(frozen=True, kw_only=True)
class Daemon:
    """A daemon that answered, and what it said of itself."""

    client: docker.DockerClient
    info: dict[str, Any]

    @property
    def is_rootless(self) -> bool:
        """Whether root in a container is the caller on the host."""
        return any("rootless" in option for option in self.info.get("SecurityOptions") or ())

    @property
    def has_nvidia_runtime(self) -> bool:
        """Whether NVIDIA's container runtime is set up."""
        return "nvidia" in (self.info.get("Runtimes") or {})

    @property
    def has_cdi(self) -> bool:
        """Whether the daemon reads CDI specifications and NVIDIA's is among them."""
        return any(any(Path(folder).glob("nvidia*")) for folder in self.info.get("CDISpecDirs") or ())

    def user(self, unprivileged: str) -> str:
        """Whom a container runs as: the caller, so that what it saves is the caller's; never root on the host."""
        if self.is_rootless:
            return "0:0"
        return unprivileged if os.getuid() == CALLER_IS_ROOT else f"{os.getuid()}:{os.getgid()}"


def connect() -> Daemon | None:
    """The daemon that ``DOCKER_HOST`` or the default socket names, or None where none answers."""
    if not _listens(os.environ.get("DOCKER_HOST") or DEFAULT_HOST):
        return None
    try:
        # The version is named so that nothing is asked before there is something to close.
        client = docker.from_env(timeout=PROBE_TIMEOUT_S, version=API_VERSION)
    except (DockerException, OSError):
        return None
    try:
        info = client.info()
    except (DockerException, RequestException, OSError):
        client.close()
        return None
    client.api.timeout = ANSWER_TIMEOUT_S
    return Daemon(client=client, info=info)


def _listens(host: str) -> bool:
    """Whether anybody is at a socket of this machine; the SDK would leave its own open where nobody is."""
    if not host.startswith(UNIX):
        return True
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as attempt:
        attempt.settimeout(PROBE_TIMEOUT_S)
        try:
            attempt.connect(host.removeprefix(UNIX))
        except OSError:
            return False
    return True


def comes_back(client: docker.DockerClient, within_s: float = COMES_BACK_WITHIN_S) -> bool:
    """Wait for a daemon that went away."""
    deadline = time.monotonic() + within_s
    while True:
        try:
            client.ping()
        except (DockerException, RequestException, OSError):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.5)
        else:
            return True


@contextmanager
def explained(doing: str) -> Iterator[None]:
    """What the daemon refuses, or that it is gone, becomes the reason why a cell cannot be had."""
    try:
        yield
    except APIError as error:
        message = f"{doing}: {error.explanation or error}"
        raise CellFault(message) from error
    except (DockerException, RequestException) as error:
        message = f"{doing}: the Docker daemon does not answer ({error}); start it and run the same command again"
        raise CellFault(message) from error


def gpu_devices(root: Path = NVIDIA_DEVICES) -> tuple[str, ...]:
    """The numbers of this host's NVIDIA devices."""
    return tuple(sorted(path.name.removeprefix("nvidia") for path in root.glob("nvidia[0-9]*")))


def gpu_request(daemon: Daemon, device: str) -> DeviceRequest:
    """Ask for one device: by CDI where only that is set up, else from NVIDIA's runtime."""
    if not daemon.has_nvidia_runtime and daemon.has_cdi:
        return DeviceRequest(driver="cdi", device_ids=[f"nvidia.com/gpu={device}"])
    return DeviceRequest(driver="nvidia", device_ids=[device], capabilities=[["gpu"]])
