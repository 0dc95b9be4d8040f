"""What a container may do, as the request that the daemon gets. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docker.types import DeviceRequest, LogConfig, Mount, Ulimit

SCRATCH = "/scratch"
CODE = "/lab/code"
REQUEST = "/lab/request.json"
INBOX = "/lab/artifacts"
OUTBOX = "/lab/saved"

SCRATCH_MIB = 2048
ZYGOTE_MIB = 1536  # what the process that imported TensorFlow takes on top of its child
PROCESSES = 512  # threads count: TensorFlow starts some dozens
CPUS = 2
MIB = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Shared:
    """A folder or file of the host that the container sees."""

    source: Path
    target: str
    writable: bool = False


@dataclass(frozen=True, kw_only=True)
class Sandbox:
    """What one container is for."""

    image: str
    command: tuple[str, ...]
    variables: Mapping[str, str]
    user: str
    shared: tuple[Shared, ...]
    labels: Mapping[str, str]
    memory_mib: int
    gpu: DeviceRequest | None


def container(wanted: Sandbox) -> tuple[dict[str, Any], dict[str, Any]]:
    """The settings of a container and those of its host side, as keyword arguments of the Docker SDK.

    No network, a root that cannot be written, an unprivileged user without capabilities, bounded memory, processors
    and processes, a scratch folder in memory, and nothing of the host but what is ``shared``.
    """
    limit = (wanted.memory_mib + ZYGOTE_MIB) * MIB
    host = {
        "network_mode": "none",
        "read_only": True,
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges"],
        "ipc_mode": "none",  # no /dev/shm to leave things in
        "mem_limit": limit,
        "memswap_limit": limit,  # the same: no swap on top
        "nano_cpus": CPUS * 10**9,
        "pids_limit": PROCESSES,
        "tmpfs": {SCRATCH: f"rw,noexec,nosuid,nodev,mode=1777,size={SCRATCH_MIB}m"},
        "ulimits": [Ulimit(name="core", soft=0, hard=0)],
        "mounts": [
            Mount(target=one.target, source=str(one.source), type="bind", read_only=not one.writable)
            for one in wanted.shared
        ],
        "log_config": LogConfig(type="none"),  # what it prints is read as it comes and kept with the run
        "device_requests": [wanted.gpu] if wanted.gpu is not None else None,
    }
    settings = {
        "image": wanted.image,
        "command": list(wanted.command),
        "environment": dict(wanted.variables),
        "user": wanted.user,
        "working_dir": "/",  # not the scratch folder: the daemon would make it, as root's, before it is mounted
        "labels": dict(wanted.labels),
        "stdin_open": True,  # closed when the lab is gone, whatever ended it; the probe sees it and ends
        "hostname": "cell",
    }
    return settings, host
