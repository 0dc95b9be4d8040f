"""What a container says, as it says it: events of the probe on one stream, its log on the other."""

from __future__ import annotations

import json
import queue
import socket
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import docker
from docker.utils.socket import STDOUT, frames_iter

JOIN_S = 5.0

Event = dict[str, Any]


class Stream:
    """Attached to one container; its standard input stays open until ``close``."""

    def __init__(self, client: docker.DockerClient, container_id: str, log: Path) -> None:
        wanted = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
        self._socket = client.api.attach_socket(container_id, params=wanted)
        self._log = log
        self._events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._last = time.monotonic()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def idle_s(self) -> float:
        """Seconds since the container last said something."""
        return time.monotonic() - self._last

    def next(self, timeout_s: float) -> tuple[Event | None, bool]:
        """The next event, if one comes in time, and whether the stream has ended."""
        try:
            event = self._events.get(timeout=timeout_s)
        except queue.Empty:
            return None, False
        return event, event is None

    def close(self) -> None:
        """Close both directions; the container sees the end of its standard input."""
        connection = getattr(self._socket, "_sock", self._socket)  # the SDK wraps it and would leave it open
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
        self._thread.join(timeout=JOIN_S)
        self._socket.close()
        connection.close()

    def _read(self) -> None:
        rest = b""
        try:
            with self._log.open("ab") as log:
                for stream, data in frames_iter(self._socket, tty=False):  # type: ignore[no-untyped-call]
                    self._last = time.monotonic()
                    if stream != STDOUT:
                        log.write(data)
                        log.flush()
                        continue
                    *lines, rest = (rest + data).split(b"\n")
                    for line in lines:
                        self._events.put(json.loads(line))
        except (OSError, ValueError) as error:  # closed under our hands, or the daemon is gone
            with self._log.open("a", encoding="utf-8") as log_of_lab:
                log_of_lab.write(f"lab: the stream of the container ended: {error}\n")
        finally:
            self._events.put(None)
