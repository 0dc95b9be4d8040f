"""Images of cells: find them by their fingerprint, build them, list and remove the lab's own."""

from __future__ import annotations

import io
import os
import queue
import re
import tarfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from threading import Event
from typing import Any

import docker
from docker.errors import DockerException, ImageNotFound, NotFound
from docker.models.images import Image
from requests.exceptions import RequestException

from lab.engines.docker.daemon import explained
from lab.engines.docker.recipe import base_image, dockerfile, mirrored
from lab.errors import CellFault
from lab.identity import lock_digest
from lab.words import Cell

LABEL = "org.tensorflow-version-lab"
FINGERPRINT = f"{LABEL}.fingerprint"
REPOSITORY = "tensorflow-version-lab"
LOG_TAIL_LINES = 30
POLL_S = 0.25
STEP = re.compile(r"Step \d+/\d+ : (?P<instruction>[A-Z]+) ")
LAYER = re.compile(r" ---> (?P<image>[0-9a-f]{12})$")
# What reaches the builder stage of an image, and never its last one.
INDEX_SETTINGS = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_TRUSTED_HOST")
UV_INDEX_SETTINGS = {"UV_DEFAULT_INDEX": "PIP_INDEX_URL", "UV_INDEX_URL": "PIP_INDEX_URL"}
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")
CERTIFICATES = ("PIP_CERT", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")


@dataclass(frozen=True, kw_only=True)
class Built:
    """An image of the lab: bytes on disk, shared layers included."""

    id: str
    cell: str
    fingerprint: str
    size: int
    created: str


@dataclass(frozen=True, kw_only=True)
class Watch:
    """Where the words of a build go, how long it may take, and what ends it early."""

    log: Path
    timeout_s: float
    stop: Event


class Images:
    """The lab's images at one daemon."""

    def __init__(self, client: docker.DockerClient, registry: str, revision: str) -> None:
        self._client = client
        self._registry = registry
        self._revision = revision

    def find(self, fingerprint: str) -> str | None:
        """The id of the image with this fingerprint."""
        with explained("cannot look for images"):
            found = self._client.images.list(filters={"label": f"{FINGERPRINT}={fingerprint}"})
        return str(found[0].id) if found else None

    def build(self, cell: Cell, lock_text: str, fingerprint: str, watch: Watch) -> str:
        """Build an image; returns its id, raises CellFault with the last lines of the build."""
        arguments = {"BASE": self._base(base_image(cell)), **host_settings(os.environ)}
        if cell.cuda_image:
            arguments["CUDA_IMAGE"] = self._base(cell.cuda_image)
        context = _context(dockerfile(cell), lock_text, _certificates(os.environ))
        with explained(f"{cell.id} cannot be built"):
            stream = self._client.api.build(
                fileobj=context,
                custom_context=True,
                encoding="gzip",
                decode=True,
                rm=True,
                forcerm=True,
                tag=f"{REPOSITORY}/{cell.id}:{fingerprint}",
                labels=self._labels(cell, lock_text, fingerprint),
                buildargs=arguments,
                timeout=int(watch.timeout_s),
                use_config_proxy=False,
            )
            image_id, stages = follow(stream, cell, watch)
        self._remove_stages(stages)
        return image_id

    def list(self) -> list[Built]:
        """Every image of the lab, the newest first."""
        with explained("cannot list images"):
            images = self._client.images.list(filters={"label": FINGERPRINT})
        found = [_built(image) for image in images]
        return sorted(found, key=lambda image: image.created, reverse=True)

    def remove(self, image_id: str) -> None:
        """Remove an image of the lab; one that is gone already is no error."""
        with explained("cannot remove an image"):
            try:
                self._client.images.remove(image_id, force=True)
            except (ImageNotFound, NotFound):
                return

    def _remove_stages(self, stages: Sequence[str]) -> None:
        """The builder's layers hold the whole cell once more; a build that shares them keeps them."""
        for image_id in stages:
            with suppress(DockerException, RequestException):
                self._client.images.remove(image_id)

    def _base(self, image: str) -> str:
        """The base at the mirror, if there is one; pulled where it is not here yet."""
        name = mirrored(image, self._registry)
        try:
            self._client.images.get(name)
        except ImageNotFound:
            try:
                self._client.images.pull(name)
            except (DockerException, RequestException) as error:
                message = (
                    f"the base image {name} is neither here nor can it be pulled: {error}; "
                    "name a mirror as [images] registry in matrix.toml"
                )
                raise CellFault(message) from error
        return name

    def _labels(self, cell: Cell, lock_text: str, fingerprint: str) -> dict[str, str]:
        own = {
            "cell": cell.id,
            "fingerprint": fingerprint,
            "tensorflow": cell.tensorflow,
            "python": cell.python,
            "cuda": cell.cuda or "",
            "cudnn": cell.cudnn or "",
            "lock": lock_digest(lock_text),
        }
        return {
            **{f"{LABEL}.{name}": value for name, value in own.items()},
            "org.opencontainers.image.title": cell.id,
            "org.opencontainers.image.version": cell.tensorflow,
            "org.opencontainers.image.revision": self._revision,
            "org.opencontainers.image.base.name": base_image(cell),
        }


def host_settings(variables: Mapping[str, str]) -> dict[str, str]:
    """The host's package index and proxies, as build arguments; pip's own names win over uv's."""
    settings = {pip: variables[uv] for uv, pip in UV_INDEX_SETTINGS.items() if variables.get(uv)}
    settings |= {name: variables[name] for name in (*INDEX_SETTINGS, *PROXIES) if variables.get(name)}
    return settings


def _certificates(variables: Mapping[str, str]) -> bytes:
    """The host's own bundle of certificate authorities; empty where none is named."""
    for name in CERTIFICATES:
        path = variables.get(name)
        if path and Path(path).is_file():
            return Path(path).read_bytes()
    return b""


def _context(recipe: str, lock_text: str, certificates: bytes) -> io.BytesIO:
    files = {"Dockerfile": recipe.encode(), "lock.txt": lock_text.encode(), "ca.crt": certificates}
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w:gz") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)  # no time, no owner: the same bytes make the same layers
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    target.seek(0)
    return target


def follow(stream: Iterator[dict[str, Any]], cell: Cell, watch: Watch) -> tuple[str, tuple[str, ...]]:
    """Write the build's words into its log; returns the id of the image and those of its earlier stages."""
    lines: list[str] = []
    image_id = ""
    with watch.log.open("a", encoding="utf-8") as target:
        for message in _heard(stream, cell, watch, lines):
            text = message.get("stream") or message.get("error") or message.get("status") or ""
            target.write(text if text.endswith("\n") else text + "\n")
            target.flush()
            lines += text.splitlines()
            image_id = (message.get("aux") or {}).get("ID", image_id)
            if "error" in message:
                raise _build_fault(cell, message["error"], lines, watch.log)
    if not image_id:
        raise _build_fault(cell, "the daemon named no image", lines, watch.log)
    return image_id, stage_images(lines)


def _heard(stream: Iterator[dict[str, Any]], cell: Cell, watch: Watch, lines: list[str]) -> Iterator[dict[str, Any]]:
    """The messages of a build as they come; raises CellFault at the deadline, and when the build is to stop.

    A thread of its own listens, for nothing can be heard of a stop while a message is waited for. It goes with this
    process, and the daemon gives a build up whose listener has gone.
    """
    heard: queue.SimpleQueue[dict[str, Any] | Exception | None] = queue.SimpleQueue()

    def listen() -> None:
        try:
            for message in stream:
                heard.put(message)
            heard.put(None)
        except Exception as error:  # noqa: BLE001 - raised again where the build is followed
            heard.put(error)

    threading.Thread(target=listen, daemon=True).start()
    deadline = time.monotonic() + watch.timeout_s
    while True:
        with suppress(queue.Empty):
            message = heard.get(timeout=POLL_S)
            if message is None:
                return
            if isinstance(message, Exception):
                raise message
            yield message
        if watch.stop.is_set():
            raise _build_fault(cell, "interrupted", [], watch.log)
        if time.monotonic() > deadline:
            late = f"not done after {watch.timeout_s:.0f} s (limits.build_timeout_s in matrix.toml)"
            raise _build_fault(cell, late, lines, watch.log)


def stage_images(lines: Sequence[str]) -> tuple[str, ...]:
    """The images that the stages before the last one ended in, read off what the builder says."""
    steps = [line for line in lines if STEP.match(line) or LAYER.match(line)]
    ends = [
        LAYER.match(before)
        for before, line in pairwise(steps)
        if (step := STEP.match(line)) is not None and step["instruction"] == "FROM"
    ]
    return tuple(end["image"] for end in ends if end is not None)


def _build_fault(cell: Cell, reason: str, lines: list[str], log: Path) -> CellFault:
    tail = "\n  ".join(line for line in lines[-LOG_TAIL_LINES:] if line.strip())
    return CellFault(f"{cell.id} cannot be built: {reason}\n  {tail}\n  the whole log: {log}")


def _built(image: Image) -> Built:
    return Built(
        id=str(image.id),
        cell=image.labels.get(f"{LABEL}.cell", ""),
        fingerprint=image.labels.get(FINGERPRINT, ""),
        size=int(image.attrs.get("Size", 0)),
        created=str(image.attrs.get("Created", "")),
    )
