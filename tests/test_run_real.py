"""Claims about a whole run on real TensorFlow: what it finds, what it repeats, and how it is stopped."""

from __future__ import annotations

import json
import os
import platform
import re
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import probes_in

from lab.engines.protocol import BuiltCell
from lab.errors import ExitCode

pytestmark = [pytest.mark.cells, pytest.mark.slow]

CELLS = ("tf2.4", "tf2.10")
ADDED = "tf2.16"
MODELS = ("dense-sequential", "dense-uncompiled")
FORMATS = ("h5", "savedmodel", "keras-savedmodel", "weights-h5")
PATIENCE_S = 300.0


@dataclass(frozen=True, kw_only=True)
class Lab:
    """The command line over the small selection, with an output folder of its own."""

    out: Path
    cells: tuple[str, ...] = CELLS

    def command(self, name: str, *arguments: str) -> list[str]:
        selection = ["--cells", " ".join(self.cells), "--models", " ".join(MODELS), "--formats", " ".join(FORMATS)]
        folder = ["--engine", "local", "--out", str(self.out)]
        return [sys.executable, "-m", "lab", name, *arguments, *selection, *folder]

    def __call__(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(name, *arguments), capture_output=True, text=True, check=False, timeout=PATIENCE_S
        )

    def results(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self("results", "--json").stdout.splitlines()]

    def outcomes(self) -> dict[tuple[str, ...], str]:
        """Outcomes by producer, consumer, model, format and strategy."""
        return {name_of(result): result["outcome"] for result in self.results()}

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.out / "store.sqlite")) as connection:
            return connection.execute(query).fetchall()

    def dump(self) -> list[str]:
        with closing(sqlite3.connect(self.out / "store.sqlite")) as connection:
            return list(connection.iterdump())

    @property
    def page(self) -> Path:
        return self.out / "index.html"


@dataclass(frozen=True, kw_only=True)
class Finished:
    """A lab after a run of the matrix, and what the run said."""

    lab: Lab
    said: subprocess.CompletedProcess[str]


def name_of(result: dict[str, Any]) -> tuple[str, ...]:
    return tuple(result[part] for part in ("producer", "consumer", "model", "format", "strategy"))


@pytest.fixture(scope="module", autouse=True)
def built_cells(cell: Callable[[str], BuiltCell]) -> None:
    """Build what is missing; where that cannot be, this skips with the reason."""
    for cell_id in (*CELLS, ADDED):
        cell(cell_id)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory, built_cells: None) -> Finished:
    """The first run; tests only read it."""
    lab = Lab(out=tmp_path_factory.mktemp("first") / "out")
    return Finished(lab=lab, said=lab("matrix"))


@pytest.fixture
def again(first: Finished, tmp_path: Path) -> Lab:
    """A copy of the first run, to go on with."""
    shutil.copytree(first.lab.out, tmp_path / "out")
    return Lab(out=tmp_path / "out")


@pytest.fixture(scope="module")
def grown(first: Finished, tmp_path_factory: pytest.TempPathFactory) -> Finished:
    """A copy of the first run, to which a cell was added."""
    out = tmp_path_factory.mktemp("grown") / "out"
    shutil.copytree(first.lab.out, out)
    lab = Lab(out=out, cells=(*CELLS, ADDED))
    return Finished(lab=lab, said=lab("matrix"))


@pytest.fixture(scope="module")
def interrupted(tmp_path_factory: pytest.TempPathFactory, built_cells: None) -> Finished:
    """A run that got Ctrl-C in the midst of its loads."""
    out = tmp_path_factory.mktemp("interrupted") / "out"
    lab = Lab(out=out)
    with (out.parent / "stderr").open("w+") as stderr:
        process = subprocess.Popen(
            lab.command("matrix"), stdout=subprocess.DEVNULL, stderr=stderr, start_new_session=True
        )
        deadline = time.monotonic() + PATIENCE_S
        while not stored_trials(lab) and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        process.wait(PATIENCE_S)
        stderr.seek(0)
        said = stderr.read()
    return Finished(lab=lab, said=subprocess.CompletedProcess(process.args, process.returncode, "", said))


def stored_trials(lab: Lab) -> int:
    """How many trials the store of a run that goes on holds already."""
    try:
        return int(lab.rows("SELECT count(*) FROM trials")[0][0])
    except sqlite3.OperationalError:
        return 0  # there is no store yet


# --- the first run ---


def test_a_run_ends_with_0(first: Finished) -> None:
    assert first.said.returncode == ExitCode.DONE, first.said.stdout + first.said.stderr


def test_a_run_prints_its_plan_before_it_begins(first: Finished) -> None:
    plan, begun = (first.said.stderr.find(text) for text in ("plan: 2 cells, 4 pairs", "build and save: "))

    assert 0 <= plan < begun


def test_a_run_names_its_page(first: Finished) -> None:
    assert f"page: {first.lab.page}" in first.said.stdout


def test_the_page_shows_every_cell(first: Finished) -> None:
    page = first.lab.page.read_text(encoding="utf-8")

    assert [cell for cell in CELLS if cell not in page] == []


def test_every_artifact_has_one_plain_result_for_every_consumer(first: Finished) -> None:
    plain = Counter(name for name in first.lab.outcomes() if name[-1] == "plain")

    expected = Counter(
        (producer, consumer, model, form, "plain")
        for producer in CELLS
        for consumer in CELLS
        for model in MODELS
        for form in FORMATS
    )
    assert plain == expected


def test_no_result_is_a_fault_of_the_lab(first: Finished) -> None:
    assert [result for result in first.lab.results() if result["outcome"] == "infra-error"] == []


def test_every_control_passes(first: Finished) -> None:
    failing = {
        name: outcome for name, outcome in first.lab.outcomes().items() if name[0] == name[1] and outcome != "pass"
    }

    assert failing == {}


def test_tensorflow_2_10_loads_what_2_4_saved(first: Finished) -> None:
    """Against common belief; measured by hand as well."""
    found = {outcome for name, outcome in first.lab.outcomes().items() if name[:2] == ("tf2.4", "tf2.10")}

    assert found == {"pass"}


def test_cells_are_ready_with_their_keras(first: Finished) -> None:
    rows = [json.loads(line) for line in first.lab("cells", "--json").stdout.splitlines()]

    assert {row["id"]: (row["state"], row["keras"]) for row in rows} == {
        "tf2.4": ("ready", "2.4.0"),
        "tf2.10": ("ready", "2.10.0"),
    }


def test_a_finished_run_leaves_no_work_behind(first: Finished) -> None:
    assert not (first.lab.out / "work").exists()


# --- the second run ---


def test_a_second_run_runs_nothing(again: Lab) -> None:
    assert "ran 0 saves and 0 trials" in again("matrix").stdout


def test_a_second_run_leaves_the_store_as_it_is(again: Lab) -> None:
    before = again.dump()

    again("matrix")

    assert again.dump() == before


def test_a_second_run_leaves_the_page_as_it_is(again: Lab) -> None:
    before = again.page.stat().st_mtime_ns

    again("matrix")

    assert again.page.stat().st_mtime_ns == before


def test_a_fresh_run_runs_everything_anew(first: Finished, again: Lab) -> None:
    again("matrix", "--fresh")

    (known,), (anew,) = again.rows("SELECT count(*) FROM trials GROUP BY run ORDER BY run")
    assert anew == known


def test_an_artifact_that_was_changed_is_saved_anew_before_it_is_loaded(first: Finished, tmp_path: Path) -> None:
    small = Lab(out=tmp_path / "out", cells=("tf2.10",))
    shutil.copytree(first.lab.out, small.out)
    ((key,),) = small.rows(
        "SELECT key FROM saves WHERE producer = 'tf2.10' AND model = 'dense-sequential' AND format = 'h5'"
    )
    (small.out / "artifacts" / key[:2] / key / "model" / "model.h5").write_bytes(b"scribbled over")
    with closing(sqlite3.connect(small.out / "store.sqlite")) as connection, connection:
        connection.execute("DELETE FROM trials WHERE artifact = ?", (key,))

    small("matrix")

    assert small.outcomes()["tf2.10", "tf2.10", "dense-sequential", "h5", "plain"] == "pass"


# --- a cell more ---


def test_a_new_cell_runs_its_row_and_its_column_only(grown: Finished) -> None:
    ran = set(grown.lab.rows("SELECT DISTINCT producer, consumer FROM trials WHERE run = 2"))

    assert ran <= {(ADDED, cell) for cell in (*CELLS, ADDED)} | {(cell, ADDED) for cell in CELLS}


def test_a_new_cell_alone_saves(grown: Finished) -> None:
    assert grown.lab.rows("SELECT DISTINCT producer FROM saves WHERE run = 2") == [(ADDED,)]


def test_a_new_cell_has_results_with_every_other(grown: Finished) -> None:
    pairs = {name[:2] for name in grown.lab.outcomes()}

    assert len(pairs) == 9


def test_what_was_known_stays_as_it_was(first: Finished, grown: Finished) -> None:
    assert first.lab.outcomes().items() <= grown.lab.outcomes().items()


def test_a_compiled_keras_savedmodel_of_2_10_does_not_load_in_2_16(grown: Finished) -> None:
    results = {name_of(result): result for result in grown.lab.results()}

    failed = results["tf2.10", ADDED, "dense-sequential", "keras-savedmodel", "saved-model-load"]
    assert failed["outcome"] == "load-error"
    assert "'_UserObject' object has no attribute 'add_slot'" in failed["reason"]


def test_an_uncompiled_keras_savedmodel_of_2_10_loads_in_2_16_through_its_signatures(grown: Finished) -> None:
    outcomes = grown.lab.outcomes()

    assert outcomes["tf2.10", ADDED, "dense-uncompiled", "keras-savedmodel", "tfsm-layer"] == "pass"


def test_h5_of_keras_3_does_not_load_in_keras_2(grown: Finished) -> None:
    results = {name_of(result): result for result in grown.lab.results()}

    failed = results[ADDED, "tf2.10", "dense-uncompiled", "h5", "plain"]
    assert failed["outcome"] == "load-error"
    assert "batch_shape" in failed["reason"]


@pytest.mark.parametrize("consumer", CELLS)
def test_a_config_that_keras_does_not_understand_fails_while_rebuilding(grown: Finished, consumer: str) -> None:
    results = {name_of(result): result for result in grown.lab.results()}

    assert results[ADDED, consumer, "dense-uncompiled", "h5", "plain"]["stage"] == "rebuild"


def test_evidence_names_no_machine(grown: Finished) -> None:
    """TensorFlow does: 'in binary running on HOST'; the same failure would differ from machine to machine."""
    reasons = " ".join(result["reason"] for result in grown.lab.results())

    assert f"running on {platform.node()}" not in reasons


def test_a_savedmodel_of_2_16_loads_in_2_10_and_not_in_2_4(grown: Finished) -> None:
    outcomes = grown.lab.outcomes()

    found = {cell: outcomes[ADDED, cell, "dense-uncompiled", "savedmodel", "plain"] for cell in CELLS}
    assert found == {"tf2.4": "load-error", "tf2.10": "pass"}


def test_a_known_failure_is_told_as_one(grown: Finished) -> None:
    results = {name_of(result): result for result in grown.lab.results()}

    failed = results[ADDED, ADDED, "dense-sequential", "h5", "plain"]
    assert (failed["outcome"], bool(failed["known_failure"])) == ("load-error", True)


def test_what_keras_3_cannot_read_back_it_reads_without_compiling(grown: Finished) -> None:
    assert grown.lab.outcomes()[ADDED, ADDED, "dense-sequential", "h5", "no-compile"] == "pass"


# --- Ctrl-C ---


def test_ctrl_c_ends_a_run_with_130(interrupted: Finished) -> None:
    assert interrupted.said.returncode == ExitCode.INTERRUPTED, interrupted.said.stderr


def test_ctrl_c_says_how_to_go_on(interrupted: Finished) -> None:
    assert "run the same command again to go on" in interrupted.said.stderr
    assert "Traceback" not in interrupted.said.stderr


def test_ctrl_c_leaves_no_probe_behind(interrupted: Finished) -> None:
    assert probes_in(interrupted.lab.out) == []


def test_a_run_after_ctrl_c_ends_as_an_undisturbed_one(first: Finished, interrupted: Finished, tmp_path: Path) -> None:
    shutil.copytree(interrupted.lab.out, tmp_path / "out")
    resumed = Lab(out=tmp_path / "out")

    resumed("matrix")

    assert resumed.outcomes() == first.lab.outcomes()


# --- reading ---


def test_show_tells_every_result_of_a_pair(first: Finished) -> None:
    shown = first.lab("show", "tf2.4", "tf2.10").stdout

    names = ["/".join(name) for name in first.lab.outcomes() if name[:2] == ("tf2.4", "tf2.10")]
    assert [name for name in names if f"{name}: " not in shown] == []


def test_show_tells_what_differs_between_the_environments(first: Finished) -> None:
    shown = first.lab("show", "tf2.4", "tf2.10").stdout

    assert re.search(r"^ +tensorflow-cpu +2\.4\.4 +2\.10\.1$", shown, re.MULTILINE)


def test_show_tells_the_traceback_of_a_failure(grown: Finished) -> None:
    shown = grown.lab("show", ADDED, "tf2.10", "dense-uncompiled", "h5").stdout

    assert re.search(r"^ +keras/.*\.py:\d+ \w+", shown, re.MULTILINE)


def test_a_trial_is_reproduced_by_its_key(first: Finished) -> None:
    (key,) = first.lab.rows(
        "SELECT key FROM trials WHERE producer = 'tf2.4' AND consumer = 'tf2.10' AND model = 'dense-sequential'"
        " AND format = 'h5' AND strategy = 'plain'"
    )[0]

    assert first.lab("repro", key).stdout.startswith("tf2.4/tf2.10/dense-sequential/h5/plain: pass")


def test_the_line_that_show_gives_reproduces_the_trial(first: Finished) -> None:
    shown = first.lab("show", "tf2.4", "tf2.10", "dense-sequential", "h5").stdout
    (line,) = re.findall(r"reproduce: python -m (lab repro .+)", shown)

    told = subprocess.run(
        [sys.executable, "-m", *shlex.split(line)], capture_output=True, text=True, check=False, timeout=PATIENCE_S
    )

    assert told.stdout.startswith("tf2.4/tf2.10/dense-sequential/h5/plain: pass"), told.stderr


def test_reproducing_leaves_the_store_as_it_is(again: Lab) -> None:
    before = again.dump()

    again("repro", "tf2.10/tf2.10/dense-uncompiled/savedmodel/plain")

    assert again.dump() == before


def test_report_draws_the_same_page_from_the_store(again: Lab) -> None:
    before = again.page.read_bytes()
    again.page.unlink()

    again("report")

    assert again.page.read_bytes() == before
