"""Claims about packs: they carry what was seen from store to store, unchanged, and nothing of another selection."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import pytest

from lab.errors import ExitCode, LabError
from lab.store import SUFFIX, SeenCell, Store, merge, observation_from_event, open_store, pack, unpack
from lab.words import Artifact, Observation, Raised, Stage, Trial

ERROR = Raised(
    type="ValueError",
    message="lone \udc80 surrogate, </script>, ünïcode\nand a line",
    chain=(("KeyError", "'Foo'"),),
    frames=("keras/saving/save.py:200 load_model",),
)
FAILED = Observation(reached=Stage.IMPORT, failed_at=Stage.OPEN, exception=ERROR, seconds=0.125)
PASSED = Observation(reached=Stage.TRAIN, seconds=0.25, notes=(("signature", {"x": "float32[None, 4]"}),))
MANIFEST = {"container": "hdf5-model", "files": [{"path": "model/a b", "sha256": "00", "size_bytes": 1}]}
EVERYTHING = {"cells": {"tf2.4", "tf2.10", "tf2.21"}, "models": {"dense", "lstm"}, "formats": {"h5", "keras"}}


def fill(store: Store, run: int, seen: Observation, model: str = "dense", consumer: str = "tf2.10") -> None:
    artifact = Artifact(key=f"artifact of {model}", producer="tf2.4", model=model, format="h5")
    trial = Trial(key=f"{model} in {consumer}", artifact=artifact, consumer=consumer, strategy="plain")
    store.add_cell(
        run,
        SeenCell(cell=consumer, fingerprint="print", state="ready", reason="", facts={"keras": "2.10"}, seconds=1.0),
    )
    store.add_canary(run, "print", "corrupted", FAILED)
    store.add_save(run, artifact, PASSED, MANIFEST)
    store.add_trial(run, trial, "local", "print", seen)


def a_store(directory: Path, *, finished: bool = True) -> Path:
    """A store of one run: two models."""
    with open_store(directory, writing=True) as store:
        run = store.begin_run("local", "Linux", "probe", "matrix")
        fill(store, run, FAILED)
        fill(store, run, PASSED, "lstm")
        if finished:
            store.finish_run(run)
    return directory


def packed(directory: Path, **chosen: set[str]) -> bytes:
    with open_store(directory, writing=False) as store:
        return pack(store, **{**EVERYTHING, **chosen})  # type: ignore[arg-type] - three named sets


def unpacked(data: bytes, directory: Path) -> Path:
    file = directory.with_suffix(SUFFIX)
    file.write_bytes(data)
    unpack(file, directory)
    return directory


def seen_in(directory: Path) -> tuple[object, ...]:
    """Everything that is read of a store, by names."""
    with open_store(directory, writing=False) as store:
        return (store.runs(), store.cells(), store.saves(), store.trials(), store.canaries())


# --- there and back ---


def test_a_pack_gives_the_store_that_it_was_made_of(tmp_path: Path) -> None:
    whole = a_store(tmp_path / "whole")

    assert seen_in(unpacked(packed(whole), tmp_path / "again")) == seen_in(whole)


def test_the_same_store_gives_the_same_pack(tmp_path: Path) -> None:
    first = packed(a_store(tmp_path / "whole"))

    assert packed(tmp_path / "whole") == first
    assert packed(unpacked(first, tmp_path / "again")) == first


def test_a_pack_is_lines_that_any_tool_reads(tmp_path: Path) -> None:
    lines = [json.loads(line) for line in lzma.decompress(packed(a_store(tmp_path / "whole"))).splitlines()]

    assert lines[0] == {"pack": 1}
    assert [row["observation"]["reached"] for row in lines if row.get("table") == "trials"] == ["import", "train"]


@pytest.mark.parametrize(
    "chosen", [{"models": {"lstm"}}, {"cells": {"tf2.4"}}, {"formats": {"keras"}}], ids=["model", "cell", "format"]
)
def test_a_pack_holds_nothing_of_another_selection(tmp_path: Path, chosen: dict[str, set[str]]) -> None:
    again = unpacked(packed(a_store(tmp_path / "whole"), **chosen), tmp_path / "again")

    with open_store(again, writing=False) as store:
        assert set(store.trials()) == ({"lstm in tf2.10"} if "models" in chosen else set())


def test_a_pack_holds_the_newest_row_alone(tmp_path: Path) -> None:
    whole = a_store(tmp_path / "whole")
    with open_store(whole, writing=True) as store:
        fill(store, store.begin_run("local", "Linux", "probe", "matrix --fresh"), PASSED)

    again = unpacked(packed(whole, models={"dense"}), tmp_path / "again")

    with open_store(again, writing=False) as store:
        assert [seen.observation for seen in store.trials().values()] == [PASSED]
        assert [run["arguments"] for run in store.runs()] == ["matrix --fresh"]


# --- joining ---


def test_packs_of_parts_join_into_the_whole(tmp_path: Path) -> None:
    whole = a_store(tmp_path / "whole")
    parts = [unpacked(packed(whole, models={model}), tmp_path / model) for model in ("dense", "lstm")]

    with open_store(tmp_path / "joined", writing=True) as joined:
        added = [merge(joined, part) for part in parts]

    assert [(part.saves, part.trials) for part in added] == [(1, 1), (1, 1)]
    assert seen_in(tmp_path / "joined") == seen_in(whole)


def test_what_is_there_is_not_joined_again(tmp_path: Path) -> None:
    whole = a_store(tmp_path / "whole")
    with open_store(tmp_path / "joined", writing=True) as joined:
        merge(joined, whole)
        again = merge(joined, whole)

    assert (again.saves, again.trials) == (0, 0)
    assert seen_in(tmp_path / "joined") == seen_in(whole)


def test_a_run_that_has_ended_since_is_the_same_run(tmp_path: Path) -> None:
    unfinished = a_store(tmp_path / "whole", finished=False)
    with open_store(tmp_path / "joined", writing=True) as joined:
        merge(joined, unfinished)
        with open_store(unfinished, writing=True) as store:
            store.finish_run(1)
        merge(joined, unfinished)

    assert seen_in(tmp_path / "joined") == seen_in(unfinished)


# --- bad input ---


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[: len(data) // 2],
        lambda _: b"not xz at all",
        lambda _: b"",
        lambda _: lzma.compress(b'{"pack":2}\n'),
        lambda _: lzma.compress(b"[]\n"),
        lambda _: lzma.compress(b'{"pack":1}\n{"table":"sqlite_master","key":"x"}\n'),
        lambda _: lzma.compress(b'{"pack":1}\n{"table":"trials"}\n'),
    ],
    ids=["cut short", "no xz", "empty", "newer", "other JSON", "other table", "lacks columns"],
)
def test_what_is_no_pack_is_refused_with_its_name(tmp_path: Path, damage: object) -> None:
    file = tmp_path / f"broken{SUFFIX}"
    file.write_bytes(damage(packed(a_store(tmp_path / "whole"))))  # type: ignore[operator] - one of the above

    with pytest.raises(LabError, match=r"broken\.jsonl\.xz is no pack of evidence") as caught:
        unpack(file, tmp_path / "again")

    assert caught.value.exit_code == ExitCode.BAD_INPUT


# --- messages ---


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ('File "/home/me/env/lib/python3.11/site-packages/keras/a.py", line 3', 'File "keras/a.py", line 3'),
        ("(/usr/lib/python3.8/inspect.py:1147)", "(inspect.py:1147)"),
        ("no file /data/model.h5 here", "no file /data/model.h5 here"),
        ("a/lib/python3.8", "a/lib/python3.8"),
        ('callsite("/out/probe/6858be5fd1a3523560c5/probe/tasks.py":33)', 'callsite("probe/tasks.py":33)'),
    ],
)
def test_a_message_names_installed_files_as_on_any_machine(said: str, kept: str) -> None:
    exception = {"type": "E", "message": said, "chain": [["F", said]], "frames": []}

    seen = observation_from_event({"reached": "import", "exception": exception, "log_tail": said})

    assert seen.exception is not None
    assert (seen.exception.message, seen.exception.chain, seen.log_tail) == (kept, (("F", kept),), kept)
