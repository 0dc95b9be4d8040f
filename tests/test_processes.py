"""Claims about commands that the engines run: what they are given and say, and how they end."""

from __future__ import annotations

import sys
from pathlib import Path
from threading import Event, Timer

from lab.engines import processes
from lab.engines.processes import POLL_S, Completed

LATER_S = 3 * POLL_S  # past some looks at the stop signal
MUCH = "x" * (1 << 20)  # more than a pipe holds


def python(code: str, **given: object) -> Completed:
    return processes.run([sys.executable, "-c", code], **{"timeout_s": 30.0, **given})  # type: ignore[arg-type]


def test_a_command_that_reads_late_gets_all_that_it_is_given() -> None:
    completed = python(f"import sys, time; time.sleep({LATER_S}); print(len(sys.stdin.read()))", stdin=MUCH)

    assert (completed.exit_code, completed.output) == (0, f"{len(MUCH)}\n")


def test_a_command_that_thinks_long_about_its_input_is_waited_for() -> None:
    completed = python(f"import sys, time; given = sys.stdin.read(); time.sleep({LATER_S}); print(given)", stdin="word")

    assert (completed.exit_code, completed.output) == (0, "word\n")


def test_what_is_said_between_two_looks_is_kept() -> None:
    code = f"import time; print('first', flush=True); time.sleep({LATER_S}); print('last')"

    assert python(code).output == "first\nlast\n"


def test_a_command_is_ended_at_its_deadline() -> None:
    completed = python("import time; time.sleep(60)", timeout_s=LATER_S, stdin="word")

    assert (completed.ok, completed.timed_out) == (False, True)


def test_a_command_is_ended_when_the_run_is_stopped() -> None:
    stop = Event()
    Timer(LATER_S, stop.set).start()

    completed = python("import time; time.sleep(60)", stop=stop, stdin="word")

    assert (completed.ok, completed.timed_out) == (False, False)


def test_a_command_that_fails_is_told_with_its_last_words(tmp_path: Path) -> None:
    log = tmp_path / "log"

    completed = python("import sys; sys.exit('not today')", log=log)

    assert "ended with 1: not today" in completed.explain()
    assert "not today" in log.read_text(encoding="utf-8")


def test_a_command_that_is_not_there_is_an_answer_too() -> None:
    completed = processes.run(["no-such-command"], timeout_s=1.0)

    assert (completed.exit_code, completed.ok) == (127, False)
