"""Claims about ``kill -9`` at any moment: a plain re-run ends as if nothing had happened.

``LAB_KILLS=20`` kills more often than the five times that are enough for every day.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from conftest import probes_in

from lab.declare import pairs, select
from lab.engines.protocol import NEVER, BuiltCell, OnEvent, ProbeEnd, ProbeRun
from lab.errors import ExitCode
from lab.identity import KeyMaker, ProbeCode
from lab.planning import Known, Scope, plan
from lab.running.cells import LockedCell
from lab.running.run import Order, Run
from lab.running.workplace import Workplace
from lab.store import open_store
from lab.strategies import Strategies
from lab.words import Cell, EngineName, Matrix, Role

CELLS = ("tf2.4", "tf2.10")
MODELS = "dense-sequential dense-functional dense-uncompiled"
FORMATS = "h5 savedmodel keras-savedmodel weights-h5"
KILLS = int(os.environ.get("LAB_KILLS", "5"))
SEED = 20
PATIENCE_S = 300.0
STORE = ("store.sqlite", "store.sqlite-wal", "store.sqlite-shm")
SURELY_RUNNING = 0.7  # the part of all answers after which a fresh run is not finished
STARTING_S = 3.0  # some kills hit a run that has not answered anything yet
SETTLED_S = 1.5  # what was seen so long ago is not in flight any more
GONE_WITHIN_S = 60.0  # a probe that imports TensorFlow sees that the lab is gone when it has done so


def on_cells(test: Callable[..., None]) -> Callable[..., None]:
    """Mark what runs real TensorFlow for minutes."""
    return pytest.mark.cells(pytest.mark.slow(test))


@dataclass(frozen=True, kw_only=True)
class Kill:
    """One kill: the trials that were seen well before it, those in the store and those known after it."""

    finished_before: bool
    seen: int
    stored: int
    known: int
    left_behind: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Undisturbed:
    """A run that was left in peace."""

    out: Path
    results: list[dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Story:
    """A run that was killed again and again and then left in peace."""

    results: list[dict[str, Any]]
    exit_code: int
    kills: tuple[Kill, ...]

    @property
    def hits(self) -> list[Kill]:
        return [kill for kill in self.kills if not kill.finished_before]


def command(name: str, out: Path, *arguments: str) -> list[str]:
    selection = ["--cells", " ".join(CELLS), "--models", MODELS, "--formats", FORMATS]
    return [sys.executable, "-m", "lab", name, *arguments, *selection, "--engine", "local", "--out", str(out)]


def run(name: str, out: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(name, out, *arguments), capture_output=True, text=True, check=False, timeout=PATIENCE_S
    )


def results(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run("results", out, "--json").stdout.splitlines()]


def outcomes(found: list[dict[str, Any]]) -> dict[str, str]:
    return {name_of(result): result["outcome"] for result in found}


def name_of(result: dict[str, Any]) -> str:
    return "/".join(result[part] for part in ("producer", "consumer", "model", "format", "strategy"))


def kill_when(delay_s: float, answers: int, out: Path, *arguments: str) -> Kill:
    """Start a run and kill its process group when its probes have given so many answers, and not before ``delay_s``."""
    shutil.rmtree(out / "work", ignore_errors=True)  # answers of the run before are not this one's
    process = subprocess.Popen(
        command("matrix", out, *arguments),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    not_before = time.monotonic() + delay_s
    history = [(time.monotonic(), 0)]
    while process.poll() is None and (history[-1][1] < answers or time.monotonic() < not_before):
        history.append((time.monotonic(), seen_by_probes(out)))
        time.sleep(0.01)
    finished_before = process.poll() is not None
    killed_at = time.monotonic()
    if not finished_before:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(PATIENCE_S)
    seen = max((count for moment, count in history if moment <= killed_at - SETTLED_S), default=0)
    stored, known = trials_after(out)
    return Kill(finished_before=finished_before, seen=seen, stored=stored, known=known, left_behind=left_behind(out))


def seen_by_probes(out: Path) -> int:
    """How many trials the probes of the run at hand have written down."""
    events = [json.loads(line) for path in out.glob("work/*/*-load-*/results-*.jsonl") for line in whole_lines(path)]
    return sum(1 for event in events if event["kind"] == "load" and not event["id"].startswith("canary:"))


def whole_lines(path: Path) -> list[str]:
    """What a probe has written so far; nothing when the run has just cleared it away."""
    try:
        return path.read_text(encoding="utf-8").splitlines()[:-1]  # the last line may be half written
    except FileNotFoundError:
        return []


def trials_after(out: Path) -> tuple[int, int]:
    """How many trials of the newest run are in the store, and how many of all need not be run again.

    Looks at a copy: who opens a store that was left open tidies it up.
    """
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch)
        for name in STORE:
            if (out / name).exists():
                shutil.copy(out / name, copy / name)
        stored = stored_trials(copy)
        if not stored:
            return 0, 0
        return stored, int(json.loads(run("plan", copy, "--json").stdout)["known_trials"])


def stored_trials(out: Path) -> int:
    """How many trials the newest run has in the store."""
    if not (out / "store.sqlite").exists():
        return 0
    with closing(sqlite3.connect(f"{(out / 'store.sqlite').as_uri()}?mode=ro", uri=True)) as connection:
        try:
            (count,) = connection.execute(
                "SELECT count(*) FROM trials WHERE run = (SELECT max(id) FROM runs)"
            ).fetchone()
        except sqlite3.OperationalError:
            return 0  # there are no tables yet
    return int(count)


def left_behind(out: Path) -> tuple[str, ...]:
    """Probes that are still there after a time in which they must have seen that the lab is gone."""
    deadline = time.monotonic() + GONE_WITHIN_S
    while (found := tuple(probes_in(out))) and time.monotonic() < deadline:
        time.sleep(0.2)
    return found


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory, cell: Callable[[str], BuiltCell]) -> Undisturbed:
    """A run that nobody kills."""
    for cell_id in CELLS:
        cell(cell_id)
    out = tmp_path_factory.mktemp("undisturbed") / "out"
    run("matrix", out)
    return Undisturbed(out=out, results=results(out))


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, undisturbed: Undisturbed) -> Story:
    """Kill a run at random moments, again and again, and run it once more in peace."""
    out = tmp_path_factory.mktemp("killed") / "out"
    moments = random.Random(SEED)  # noqa: S311 - the same moments each time, not a secret
    kills: list[Kill] = []
    for number in range(KILLS):
        anew = ["--fresh"] if number % 2 == 0 else []  # every other run goes on where a kill left the one before
        answers = moments.randint(0, int(SURELY_RUNNING * len(undisturbed.results)))
        kills.append(kill_when(moments.uniform(0.1, STARTING_S), answers, out, *anew))
    last = run("matrix", out)
    return Story(results=results(out), exit_code=last.returncode, kills=tuple(kills))


@pytest.fixture(scope="module")
def killed_anew(tmp_path_factory: pytest.TempPathFactory, undisturbed: Undisturbed) -> Path:
    """The output folder of a finished run, after a run with --fresh that was killed in the midst of its loads."""
    out = tmp_path_factory.mktemp("anew") / "out"
    shutil.copytree(undisturbed.out, out)
    known = stored_trials(out)
    process = subprocess.Popen(
        command("matrix", out, "--fresh"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + PATIENCE_S
    while stored_trials(out) in (0, known) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(PATIENCE_S)
    left_behind(out)
    return out


@on_cells
@pytest.mark.timeout(300 + 120 * KILLS)
def test_most_kills_hit_a_run(story: Story) -> None:
    """Else the others say nothing."""
    assert 2 * len(story.hits) >= KILLS


@on_cells
def test_a_run_after_kills_ends_with_0(story: Story) -> None:
    assert story.exit_code == ExitCode.DONE


@on_cells
def test_a_run_after_kills_ends_with_the_results_of_an_undisturbed_one(story: Story, undisturbed: Undisturbed) -> None:
    assert outcomes(story.results) == outcomes(undisturbed.results)


@on_cells
def test_no_trial_is_counted_twice_after_kills(story: Story) -> None:
    counted = Counter(name_of(result) for result in story.results)

    assert [name for name, count in counted.items() if count > 1] == []


@on_cells
def test_a_kill_loses_nothing_from_the_store_but_what_is_in_flight(story: Story) -> None:
    assert [kill for kill in story.hits if kill.stored < kill.seen] == []


@on_cells
def test_what_was_seen_before_a_kill_is_not_run_again(story: Story) -> None:
    assert [kill for kill in story.hits if kill.known < kill.seen] == []


@on_cells
def test_a_kill_leaves_no_probe_behind(story: Story) -> None:
    assert [kill.left_behind for kill in story.kills if kill.left_behind] == []


@on_cells
def test_a_run_after_a_killed_fresh_one_ends_with_the_results_of_an_undisturbed_one(
    killed_anew: Path, undisturbed: Undisturbed
) -> None:
    run("matrix", killed_anew)

    assert outcomes(results(killed_anew)) == outcomes(undisturbed.results)


# --- without TensorFlow ---


class Talkative:
    """An engine whose probes never pause: an event every fiftieth of a second; it counts what the file holds."""

    name = EngineName.LOCAL

    def __init__(self, out: Path) -> None:
        self._out = out
        self.in_the_file = 0

    def build(self, cell: Cell, lock_text: str, fingerprint: str, log: Path, stop: Event = NEVER) -> BuiltCell:
        return BuiltCell(
            cell=cell, fingerprint=fingerprint, environment=log.parent, python="python", reused=True, seconds=0.0
        )

    def release(self, built: BuiltCell) -> None:
        """Nothing is held."""

    def run_probe(self, built: BuiltCell, probe_run: ProbeRun, on_event: OnEvent, stop: Event) -> ProbeEnd:
        request = json.loads(probe_run.request.read_text(encoding="utf-8"))
        until = time.monotonic() + (0.0 if request["role"] == Role.SAVE else 2 * SETTLED_S)
        for job in request["jobs"]:
            on_event(self._answer(request["role"], job))
        while time.monotonic() < until:
            on_event(self._answer(request["role"], request["jobs"][0]))
            time.sleep(0.02)
        self.in_the_file = stored_trials(self._out)
        for job in request["jobs"]:
            on_event({"kind": "finished", "id": job["id"]})
        return ProbeEnd(exit_code=0, finished=True, stopped=False, idle=False, log_tail="")

    @staticmethod
    def _answer(role: str, job: dict[str, Any]) -> dict[str, Any]:
        strategy = next(iter(job["strategies"]), None)
        return {"kind": role, "id": job["id"], "strategy": strategy, "manifest": {"container": "saved-model"}}


class Silent:
    """Progress that nobody looks at."""

    def phase(self, name: str, total: int) -> None:
        return None

    def step(self, text: str, *, advance: int = 1) -> None:
        return None


def test_what_was_seen_is_in_the_file_though_more_comes_in_all_the_time(tmp_path: Path, matrix: Matrix) -> None:
    chosen = select(matrix, cells="tf2.4", models="tf-module", formats="savedmodel")
    scope = Scope(
        pairs=pairs(matrix, chosen.cells),
        models=chosen.models,
        formats=chosen.formats,
        declared=lambda *_: None,
        strategies=Strategies((), {}),
    )
    keys = KeyMaker(ProbeCode.of({}), {"tf2.4": "print"}, seed=matrix.seed, depth=matrix.depth, tolerances={})
    engine = Talkative(tmp_path)
    artifact = keys.artifact("tf2.4", "tf-module", "savedmodel")
    with open_store(tmp_path, writing=True) as store:
        order = Order(
            matrix=matrix,
            scope=scope,
            keys=keys,
            locked={"tf2.4": LockedCell(cell=chosen.cells[0], lock_text="", fingerprint="print")},
            engine=engine,
            workplace=Workplace(directory=tmp_path),
            code=tmp_path,
            jobs=1,
            cell_by_cell=False,
            known=lambda: Known(saves={artifact.key: None}),
        )
        started = store.begin_run(engine.name, "", "", "")
        Run(order, store, started, Silent()).go(plan(scope, keys, Known(), ("tf-module", "savedmodel")))

    assert engine.in_the_file == 1
