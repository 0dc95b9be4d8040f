"""Claims about the store: what was seen stays as it was seen, and one process writes it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from lab.errors import ExitCode, LabError
from lab.store import SeenCell, Store, observation_from_event, open_store
from lab.store.encoding import decode, encode
from lab.words import Artifact, Death, Difference, Observation, Raised, Stage, Trial

ARTIFACT = Artifact(key="a1", producer="tf2.4", model="dense", format="h5")
TRIAL = Trial(key="t1", artifact=ARTIFACT, consumer="tf2.10", strategy="plain")

RAISED = Raised(
    type="tensorflow.python.framework.errors_impl.NotFoundError",
    message="Op type not registered 'Foo'\nsecond line, ünïcode",
    chain=(("KeyError", "'Foo'"), ("ValueError", "")),
    frames=("keras/saving/save.py:200 load_model", "keras/engine/sequential.py:466 from_config"),
)
FULL = Observation(
    reached=Stage.COMPARE,
    failed_at=Stage.TRAIN,
    exception=RAISED,
    differences=(
        Difference(misfit=None, max_abs_diff=1.5e-7, max_abs_golden=3.0, mismatches=0),
        Difference(misfit="shape [2] instead of [3]", max_abs_diff=0.0, max_abs_golden=0.0, mismatches=2),
    ),
    container="hdf5-model",
    seconds=0.25,
    stage_seconds=(("weights", 0.125), ("infer", 0.0625)),
    rss_bytes=123_456_789,
    log_tail="warning: \x1b[31mred\x1b[0m\n",
    training=(("optimizer", "SGD"), ("iterations", 1)),
)
SEEN = [
    Observation(),
    FULL,
    Observation(death=Death(signal=11), log_tail="Segmentation fault", seconds=1.0),
    Observation(death=Death(exit_code=0)),
    Observation(death=Death(signal=9, timed_out=True, out_of_memory=False), seconds=60.0),
    Observation(probe_error=RAISED, failed_at=Stage.OPEN),
    Observation(lab_fault="the probe ended early"),
    Observation(reached=Stage.TRAIN, training=(("optimizer", None), ("iterations", None))),
]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path, writing=True) as opened:
        yield opened


def begin(store: Store) -> int:
    return store.begin_run("local", "Linux", "probe-hash", "matrix --select quick")


def add(store: Store, run: int, seen: Observation, trial: Trial = TRIAL) -> None:
    store.add_trial(run, trial, "local", "print-10", seen)


def refusal(directory: Path, *, writing: bool = False) -> LabError:
    with pytest.raises(LabError) as caught, open_store(directory, writing=writing):
        pass
    return caught.value


def rows(store: Store, table: str) -> int:
    store.commit()
    with closing(sqlite3.connect(store.directory / "store.sqlite")) as connection:
        (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - our own table names
    return int(count)


# --- what was seen ---


@pytest.mark.parametrize("seen", SEEN, ids=range(len(SEEN)))
def test_an_observation_comes_back_as_it_was_seen(seen: Observation) -> None:
    assert decode(*encode(seen)) == seen


@pytest.mark.parametrize("seen", SEEN, ids=range(len(SEEN)))
def test_a_trial_comes_back_from_the_file_as_it_was_seen(tmp_path: Path, seen: Observation) -> None:
    with open_store(tmp_path, writing=True) as store:
        add(store, begin(store), seen)

    with open_store(tmp_path, writing=False) as again:
        found = again.trials()["t1"]

    assert (found.trial, found.observation, found.engine, found.fingerprint) == (TRIAL, seen, "local", "print-10")


def test_a_save_comes_back_with_its_manifest(store: Store) -> None:
    manifest = {"container": "zip", "files": [{"path": "model/m.keras", "size_bytes": 3, "sha256": "ab"}]}

    store.add_save(begin(store), ARTIFACT, FULL, manifest)

    found = store.saves()["a1"]
    assert (found.artifact, found.observation, found.manifest) == (ARTIFACT, FULL, manifest)


def test_a_trial_belongs_to_the_newest_run_that_it_was_run_in(store: Store) -> None:
    other = replace(TRIAL, key="t2", strategy="no-compile")
    first, second = begin(store), begin(store)
    add(store, first, FULL)
    add(store, first, FULL, other)
    add(store, second, FULL)

    assert store.runs_of_trials() == {"t1": second, "t2": first}


@pytest.mark.parametrize(
    ("models", "keys"), [(None, {"t1"}), ([ARTIFACT.model], {"t1"}), (["other"], set()), ([], set())]
)
def test_trials_of_named_models_alone_are_read(store: Store, models: list[str] | None, keys: set[str]) -> None:
    add(store, begin(store), FULL)

    assert set(store.trials(models)) == keys


def test_a_trial_is_found_by_its_key_and_the_newest_by_its_name(store: Store) -> None:
    older = replace(TRIAL, key="t0")
    add(store, begin(store), FULL, older)
    add(store, begin(store), FULL)

    assert [store.find_trial(each) for each in ("t0", TRIAL.name, "t3")] == [older, TRIAL, None]


def test_canaries_come_back_by_run_and_cell(store: Store) -> None:
    run = begin(store)
    store.add_canary(run, "print-4", "control", SEEN[1])
    store.add_canary(run, "print-4", "corrupt", SEEN[2])

    assert store.canaries() == {(run, "print-4"): {"control": SEEN[1], "corrupt": SEEN[2]}}


def test_times_are_in_utc(store: Store) -> None:
    add(store, begin(store), FULL)

    assert store.trials()["t1"].seen_at.endswith("+00:00")


# --- runs ---


def test_the_newest_run_counts(store: Store) -> None:
    add(store, begin(store), FULL)
    add(store, begin(store), Observation(lab_fault="disk full"))

    assert (store.trials()["t1"].run, store.trials()["t1"].observation.lab_fault) == (2, "disk full")


def test_the_newest_save_counts(store: Store) -> None:
    store.add_save(begin(store), ARTIFACT, Observation(lab_fault="disk full"), {})
    store.add_save(begin(store), ARTIFACT, FULL, {"container": "zip"})

    assert (store.saves()["a1"].run, store.saves()["a1"].manifest) == (2, {"container": "zip"})


def test_what_an_earlier_run_saw_is_kept(store: Store) -> None:
    for _ in range(2):
        add(store, begin(store), FULL)

    assert rows(store, "trials") == 2


def test_a_trial_seen_twice_in_one_run_counts_once(store: Store) -> None:
    run = begin(store)
    for _ in range(2):
        add(store, run, FULL)

    assert rows(store, "trials") == 1


def test_an_unfinished_run_has_no_end(store: Store) -> None:
    finished, open_run = begin(store), begin(store)
    store.finish_run(finished)

    assert {run["id"]: run["finished_at"] is None for run in store.runs()} == {finished: False, open_run: True}


def test_facts_of_a_cell_stay_until_there_are_newer_ones(store: Store) -> None:
    ready = SeenCell(
        cell="tf2.4", fingerprint="print-4", state="ready", reason="", facts={"keras": "2.4.0"}, seconds=1.0
    )
    store.add_cell(begin(store), ready)
    store.add_cell(begin(store), replace(ready, state="infra-error", reason="disk full", facts={}))

    found = store.cells()["print-4"]
    assert (found["state"], found["facts"]) == ("infra-error", {"keras": "2.4.0"})


# --- evidence ---


def test_an_exception_that_repeats_is_stored_once(store: Store) -> None:
    run = begin(store)
    for number in range(5):
        add(store, run, replace(FULL, seconds=float(number)), replace(TRIAL, key=f"t{number}"))

    assert (rows(store, "trials"), rows(store, "evidence")) == (5, 1)


def test_exceptions_that_differ_are_stored_each(store: Store) -> None:
    run = begin(store)
    add(store, run, FULL)
    add(store, run, replace(FULL, exception=replace(RAISED, message="another")), replace(TRIAL, key="t2"))

    assert rows(store, "evidence") == 2


def test_an_observation_without_an_exception_stores_no_evidence(store: Store) -> None:
    add(store, begin(store), Observation(reached=Stage.TRAIN))

    assert rows(store, "evidence") == 0


# --- events of the probe ---


def test_an_event_of_the_probe_becomes_an_observation() -> None:
    event = {
        "kind": "load",
        "id": "a1",
        "strategy": "plain",
        "reached": "import",
        "failed_at": "open",
        "exception": {
            "type": "ValueError",
            "message": "bad",
            "chain": [{"type": "KeyError", "message": "'x'"}],
            "frames": ["keras/saving/save.py:200 load_model"],
        },
        "probe_error": None,
        "death": None,
        "differences": [],
        "seconds": 0.5,
        "stage_seconds": {},
        "rss_bytes": 7,
        "log_tail": "",
    }

    assert observation_from_event(event) == Observation(
        reached=Stage.IMPORT,
        failed_at=Stage.OPEN,
        exception=Raised(
            type="ValueError",
            message="bad",
            chain=(("KeyError", "'x'"),),
            frames=("keras/saving/save.py:200 load_model",),
        ),
        seconds=0.5,
        rss_bytes=7,
    )


@pytest.mark.parametrize(
    "event",
    [
        {"reached": "heaven"},
        {"death": {"signal": 9, "weather": "rain"}},
        {"exception": {"type": "ValueError"}},
        {"differences": [{"misfit": None}]},
        {"seconds": "soon"},
    ],
    ids=["stage", "death", "exception", "differences", "seconds"],
)
def test_an_event_that_cannot_be_read_is_the_labs_fault(event: dict[str, object]) -> None:
    seen = observation_from_event({"kind": "load", "id": "a1", **event})

    assert seen.lab_fault is not None
    assert seen.lab_fault.startswith("the probe sent what cannot be read: ")


# --- refusals ---


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    with open_store(tmp_path, writing=True):
        error = refusal(tmp_path, writing=True)

    assert "another run is writing to" in str(error)


def test_a_reader_is_let_in_while_another_writes(tmp_path: Path) -> None:
    with open_store(tmp_path, writing=True) as store:
        add(store, begin(store), FULL)
        store.commit()

        with open_store(tmp_path, writing=False) as reader:
            assert list(reader.trials()) == ["t1"]


def test_a_writer_is_let_in_after_another_has_left(tmp_path: Path) -> None:
    for _ in range(2):
        with open_store(tmp_path, writing=True) as store:
            begin(store)

    with open_store(tmp_path, writing=False) as store:
        assert len(store.runs()) == 2


def _mark_as_newer(directory: Path) -> None:
    with open_store(directory, writing=True):
        pass
    with closing(sqlite3.connect(directory / "store.sqlite")) as connection, connection:
        connection.execute("UPDATE meta SET value = '2'")


@pytest.mark.parametrize("writing", [False, True])
def test_a_store_of_a_newer_schema_is_refused(tmp_path: Path, *, writing: bool) -> None:
    _mark_as_newer(tmp_path)

    assert "has schema 2, this lab reads 1: use the lab that wrote it" in str(refusal(tmp_path, writing=writing))


def test_a_store_of_a_newer_schema_is_left_as_it_is(tmp_path: Path) -> None:
    _mark_as_newer(tmp_path)

    refusal(tmp_path, writing=True)

    assert "has schema 2" in str(refusal(tmp_path))


@pytest.mark.parametrize("writing", [False, True])
def test_a_file_that_is_no_store_is_refused(tmp_path: Path, *, writing: bool) -> None:
    (tmp_path / "store.sqlite").write_bytes(b"this is no database " * 100)

    assert "cannot be used: file is not a database; move it away" in str(refusal(tmp_path, writing=writing))


def test_a_store_that_was_cut_short_is_refused(tmp_path: Path) -> None:
    with open_store(tmp_path, writing=True) as store:
        run = begin(store)
        for number in range(500):
            add(store, run, FULL, replace(TRIAL, key=f"t{number}"))
    path = tmp_path / "store.sqlite"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    with pytest.raises(LabError, match="cannot be used"), open_store(tmp_path, writing=False) as cut:
        cut.trials()


def test_a_database_of_somebody_else_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "store.sqlite")) as connection, connection:
        connection.execute("CREATE TABLE meta (key TEXT, value TEXT)")

    assert refusal(tmp_path).exit_code is ExitCode.BAD_INPUT


def test_a_folder_without_results_is_refused_to_readers(tmp_path: Path) -> None:
    error = refusal(tmp_path)

    assert f"no results in {tmp_path}" in str(error)
    assert error.exit_code is ExitCode.BAD_INPUT


def test_a_reader_makes_no_files(tmp_path: Path) -> None:
    refusal(tmp_path)

    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    assert "cannot be written" in str(refusal(tmp_path / "file" / "out", writing=True))
