"""Claims about isolation: a load that crashes, hangs, hoards or leaves costs its own trial, and no other."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import Prober, Seen, Shelf, a_job

from lab.engines.protocol import BuiltCell
from lab.words import Judgement, Outcome, Role

pytestmark = [pytest.mark.cells, pytest.mark.slow]

# Wide of what a healthy load takes on a busy machine: 0.5 s, and 0.6 GiB under the largest TensorFlow.
LIMITS = {"trial_timeout_s": 10.0, "trial_cpu_s": 4.0, "memory_mib": 1500}

SEGFAULT = "ctypes.string_at(0)"
SLEEP = "time.sleep(600)"
SPIN = "while True: pass"
# It stops at 4 GiB: a limit that does not hold fails the test and not the machine.
HOARD = "hoard = [b'x' * (1 << 26) + (time.sleep(0.03) or b'') for _ in range(64)]"
EXIT = "os._exit(0)"
GARBAGE = r"""os.write(1, b'{"finished": "x"}\n\xff\xfe\x00' * 50); os.write(2, b'}{'); print('{"observation": 1}')"""
CLOSE = "os.closerange(3, 512)"
STAY = """
    if os.fork() == 0:
        {leave}
        with open({pid_file!r}, "w") as stream:
            stream.write(str(os.getpid()))
        time.sleep(600)
        os._exit(0)
    while not os.path.exists({pid_file!r}) or not os.path.getsize({pid_file!r}):
        time.sleep(0.01)
"""

# A load has the artifact at hand, a save has not: so the model is built and saved like any other.
MODEL = '''
"""A user's model whose code misbehaves when somebody loads it."""
import ctypes, os, time

def build(tf):
    if os.path.lexists("artifact"):
        {deed}
    features = tf.keras.Input(shape=(4,), name="features")
    return tf.keras.Model(features, tf.keras.layers.Dense(1, name="score")(features))

def sample(rng):
    return [rng.rand(8, 4).astype("float32")], []
'''

# Its artifacts are those of the format savedmodel; its second strategy is innocent.
FORMAT = '''
"""A way of loading that misbehaves."""
import ctypes, os, sys, time
from probe.formats.savedmodel import save
from probe.recipes import saved_model_load

FILE, GIVES, PLAIN = ".", "signatures", sys.modules[__name__]

def load(path):
    {deed}
    return saved_model_load.load(path)
'''

# Its signature answers what it is asked rightly, and takes the process along where it is asked by a wrong name.
TOUCHY = '''
"""A way of loading whose signatures do not survive a wrong question."""
import os, sys, types
from probe.formats.savedmodel import save
from probe.recipes import saved_model_load

FILE, GIVES, PLAIN = ".", "signatures", sys.modules[__name__]

class Touchy:
    def __init__(self, function):
        self._function = function
        self.structured_input_signature = function.structured_input_signature

    def __call__(self, **inputs):
        if "not_an_input" in inputs:
            os.abort()
        return self._function(**inputs)

def load(path):
    loaded = saved_model_load.load(path)
    signatures = {name: Touchy(function) for name, function in loaded.signatures.items()}
    return types.SimpleNamespace(loaded=loaded, signatures=signatures)
'''

MODELS = {"m-segfaults": SEGFAULT, "m-sleeps": SLEEP, "m-hoards": HOARD, "m-exits": EXIT}
FORMATS = {"f-segfaults": SEGFAULT, "f-spins": SPIN, "f-hoards": HOARD, "f-exits": EXIT}
HARMLESS = {"f-prints-garbage": GARBAGE}
BATCH = "dense-uncompiled"


@dataclass(frozen=True, kw_only=True)
class Ran:
    """Healthy and planted loads of one cell, in one list, and the processes that some of them left behind."""

    seen: Seen
    healthy: tuple[str, ...]
    pid_files: Mapping[str, Path]

    def outcome(self, job: str, strategy: str = "plain") -> Judgement:
        return self.seen.load(job, strategy)


@pytest.fixture(scope="module", params=["tf2.4", "tf2.16"])
def ran(
    request: pytest.FixtureRequest,
    cell: Callable[[str], BuiltCell],
    shelf: Callable[[str], Shelf],
    probe: Prober,
    tmp_path_factory: pytest.TempPathFactory,
) -> Ran:
    built, shelved, folder = cell(request.param), shelf(request.param), tmp_path_factory.mktemp("planted")
    pid_files = {"f-leaves-a-process": folder / "pid", "f-leaves-a-daemon": folder / "daemon-pid"}
    planted = planted_code(pid_files)

    saves = [a_job(model, model, "checkpoint", folder / model) for model in MODELS]
    assert all(seen.exception is None for seen in probe(built, Role.SAVE, saves, planted=planted).answers().values())

    healthy, jobs = interleaved(shelved, [*FORMATS, *HARMLESS, *pid_files, "f-closes-its-pipe", "f-is-touchy"])
    jobs += [a_job(model, model, "checkpoint", folder / model, "plain") for model in MODELS]
    spins = ("plain", "no-compile", "saved-model-load")
    jobs.append(a_job("spins-in-many-ways", BATCH, "f-spins", shelved.kept[BATCH, "savedmodel"], *spins))
    seen = probe(built, Role.LOAD, jobs, planted=planted, **LIMITS)
    return Ran(seen=seen, healthy=healthy, pid_files=pid_files)


def planted_code(pid_files: Mapping[str, Path]) -> dict[str, str]:
    stay, stay_apart = (str(path) for path in pid_files.values())
    formats = {
        **FORMATS,
        **HARMLESS,
        "f-closes-its-pipe": CLOSE,
        "f-leaves-a-process": STAY.format(leave="pass", pid_file=stay),
        "f-leaves-a-daemon": STAY.format(leave="os.setsid()", pid_file=stay_apart),
    }
    return {
        **{f"zoo/{name.replace('-', '_')}.py": MODEL.format(deed=deed) for name, deed in MODELS.items()},
        **{f"formats/{name.replace('-', '_')}.py": FORMAT.format(deed=deed) for name, deed in formats.items()},
        "formats/f_is_touchy.py": TOUCHY,
    }


def interleaved(shelved: Shelf, planted: list[str]) -> tuple[tuple[str, ...], list[dict[str, Any]]]:
    """Healthy loads of one model with the planted ones between them, and healthy models before and after."""
    healthy = [shelved.load_job(model, form) for model, form in shelved.kept if model == BATCH]
    directory = shelved.kept[BATCH, "savedmodel"]
    strategies = {name: ("plain", "saved-model-load") if name in FORMATS else ("plain",) for name in planted}
    bad = [a_job(name, BATCH, name, directory, *strategies[name]) for name in planted]
    ends = [shelved.load_job("custom-layer", "checkpoint"), shelved.load_job("tf-module", "savedmodel")]
    mixed = [job for index, one in enumerate(bad) for job in (healthy[index % len(healthy)], one)]
    fresh = {job["id"]: job for job in mixed + healthy}  # each once, at its first place
    return tuple(job["id"] for job in healthy + ends), [*fresh.values(), *ends]


def test_healthy_loads_beside_planted_ones_all_pass(ran: Ran) -> None:
    assert {job: ran.outcome(job).outcome for job in ran.healthy} == dict.fromkeys(ran.healthy, Outcome.PASS)


def test_every_attempt_is_answered_exactly_once(ran: Ran) -> None:
    answers = Counter((event["id"], event["strategy"]) for event in ran.seen.events if event["kind"] == "load")

    assert set(answers.values()) == {1}


@pytest.mark.parametrize("job", ["m-segfaults", "f-segfaults"])
def test_a_segfault_is_a_crash_by_its_signal(ran: Ran, job: str) -> None:
    found = ran.outcome(job)

    assert (found.outcome, found.reason) == (Outcome.CRASH, "ended by signal 11")


@pytest.mark.parametrize("job", ["m-sleeps", "f-spins"])
def test_a_load_that_never_ends_is_a_timeout(ran: Ran, job: str) -> None:
    assert ran.outcome(job).outcome is Outcome.TIMEOUT


@pytest.mark.parametrize("job", ["m-hoards", "f-hoards"])
def test_a_load_that_eats_memory_meets_the_labs_limit_and_is_no_finding(ran: Ran, job: str) -> None:
    found = ran.outcome(job)

    assert found.outcome is Outcome.INFRA_ERROR
    assert found.reason.startswith("over the memory limit")


@pytest.mark.parametrize("job", ["m-exits", "f-exits"])
def test_a_load_that_leaves_with_exit_code_0_is_a_crash_and_no_pass(ran: Ran, job: str) -> None:
    found = ran.outcome(job)

    assert (found.outcome, "exit code 0" in found.reason) == (Outcome.CRASH, True)


@pytest.mark.parametrize("job", list(FORMATS))
def test_after_a_death_the_next_strategy_is_still_tried(ran: Ran, job: str) -> None:
    assert ran.outcome(job, "saved-model-load").outcome is Outcome.PASS


def test_after_a_load_that_never_ends_what_would_hang_likewise_is_tried_last(ran: Ran) -> None:
    loads = [event for event in ran.seen.events if event["kind"] == "load" and event["id"] == "spins-in-many-ways"]

    assert [event["strategy"] for event in loads] == ["plain", "saved-model-load"]
    assert ran.outcome("spins-in-many-ways", "saved-model-load").outcome is Outcome.PASS


@pytest.mark.parametrize("job", list(HARMLESS))
def test_what_a_load_prints_is_never_parsed(ran: Ran, job: str) -> None:
    assert ran.outcome(job).outcome is Outcome.PASS


def test_a_load_that_closes_the_probes_pipe_is_a_crash_of_its_own(ran: Ran) -> None:
    assert ran.outcome("f-closes-its-pipe").outcome is Outcome.CRASH


def test_a_model_that_answers_rightly_passes_though_a_wrong_question_ends_the_process(ran: Ran) -> None:
    assert ran.outcome("f-is-touchy").outcome is Outcome.PASS


def test_a_wrong_question_that_ends_the_process_is_noted_beside_the_answers_before_it(ran: Ran) -> None:
    [answer] = [event for event in ran.seen.events if event.get("id") == "f-is-touchy" and event["kind"] == "load"]
    refusals = answer["notes"]["refusals"]

    assert refusals["name"] == "it ended the process"
    assert refusals["dtype"] != "it ended the process"


@pytest.mark.parametrize("job", ["f-leaves-a-process", "f-leaves-a-daemon"])
def test_a_load_may_start_processes_and_still_pass(ran: Ran, job: str) -> None:
    assert ran.outcome(job).outcome is Outcome.PASS


@pytest.mark.parametrize("job", ["f-leaves-a-process", "f-leaves-a-daemon"])
def test_a_process_that_a_load_left_behind_is_gone_afterwards(ran: Ran, job: str) -> None:
    assert not is_running(int(ran.pid_files[job].read_text()))


def is_running(pid: int) -> bool:
    """Whether a process still runs a little later; one that has ended and waits to be collected does not."""
    for _ in range(50):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return False
        if state in "ZX":
            return False
        time.sleep(0.05)
    os.kill(pid, 9)  # the test fails; nothing need stay for that
    return True
