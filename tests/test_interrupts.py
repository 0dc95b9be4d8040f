"""Claims about interrupts that are held back: none is lost, and none comes in between."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import time
from collections.abc import Iterator
from threading import Event, Thread

import pytest

from lab.running.interrupts import held_back

MANY = 300


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell ignores it for what runs in the background
    yield
    for each, handler in before.items():
        signal.signal(each, handler)


def send(number: int) -> None:
    os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_comes_where_it_is_asked_for(number: int) -> None:
    steps = []

    def work() -> None:
        with held_back() as give_way:
            send(number)
            steps.append("the step is ended")
            give_way()
            steps.append("never")

    with pytest.raises(KeyboardInterrupt):
        work()

    assert steps == ["the step is ended"]


def test_an_interrupt_in_the_last_step_is_not_lost() -> None:
    with pytest.raises(KeyboardInterrupt), held_back():
        send(signal.SIGINT)


def test_a_signal_that_is_ignored_stays_ignored() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    with held_back() as give_way:
        send(signal.SIGINT)
        give_way()

    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_the_handlers_of_before_are_back() -> None:
    before = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)]

    with held_back():
        pass

    assert [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)] == before


def test_whoever_hands_events_over_is_never_locked_out() -> None:
    """Interrupt a reader of a queue again and again while another thread fills it: all of it must arrive."""
    signal.signal(signal.SIGINT, lambda *_: None)  # between two rounds nothing is to be interrupted
    events: queue.SimpleQueue[int] = queue.SimpleQueue()
    done = Event()

    def fill() -> None:
        for number in range(MANY):
            events.put(number)
            send(signal.SIGINT)
            time.sleep(0.001)
        done.set()

    filler = Thread(target=fill)
    filler.start()
    read, interrupts = 0, 0
    while not (done.is_set() and events.empty()):
        try:
            with held_back() as give_way:
                while not (done.is_set() and events.empty()):
                    with contextlib.suppress(queue.Empty):
                        events.get(timeout=0.01)
                        read += 1
                    give_way()
        except KeyboardInterrupt:
            interrupts += 1
    filler.join()

    assert read == MANY
    assert interrupts > 0
