"""Which images are in use and which only wait, where the disk holds only so many."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from threading import Lock

from lab.engines.docker.images import Images
from lab.errors import CellFault


class Shelf:
    """Makes room where no more than ``keep`` images may be there (0: as many as come)."""

    def __init__(self, images: Images, keep: int) -> None:
        self._images = images
        self._keep = keep
        self._lock = Lock()
        self._in_use: dict[str, int] = {}
        self._idle: OrderedDict[str, str] = OrderedDict()

    def take(self, fingerprint: str) -> None:
        """An image is going to be used, or built."""
        with self._lock:
            self._in_use[fingerprint] = self._in_use.get(fingerprint, 0) + 1
            self._idle.pop(fingerprint, None)
            self._make_room()

    def put_back(self, fingerprint: str, image: str | None) -> None:
        """An image is not used any more; None where it could not be built."""
        with self._lock:
            self._in_use[fingerprint] = self._in_use.get(fingerprint, 1) - 1
            if self._in_use[fingerprint] <= 0:
                del self._in_use[fingerprint]
                if image is not None:
                    self._idle[fingerprint] = image
            self._make_room()

    def _make_room(self) -> None:
        while self._keep and self._idle and len(self._idle) + len(self._in_use) > self._keep:
            _, image = self._idle.popitem(last=False)
            with suppress(CellFault):
                self._images.remove(image)
