"""Hold interrupts back while one between two instructions would leave a lock taken or an event half written."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from threading import Event, current_thread, main_thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def held_back() -> Iterator[Callable[[], None]]:
    """Give a function that raises KeyboardInterrupt where an interrupt has come, to be called where that is safe.

    It is called once more at the end. A signal that is ignored stays so, and threads beside the main one get none.
    """
    asked = Event()

    def give_way() -> None:
        if asked.is_set():
            asked.clear()
            raise KeyboardInterrupt

    before = {}
    if current_thread() is main_thread():
        before = {each: handler for each in SIGNALS if (handler := signal.getsignal(each)) is not signal.SIG_IGN}
        for each in before:
            signal.signal(each, lambda *_: asked.set())
    try:
        yield give_way
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
    give_way()
