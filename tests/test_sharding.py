"""Claims about shards: together they are the whole run, each load in one of them, and joined they give its results."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from conftest import ROOT

from lab.cli.main import main
from lab.errors import ExitCode
from lab.sharding import Shard, consumers_of
from lab.store import open_store
from lab.words import Cell

CELLS = [
    Cell(id=f"tf2.{minor}", tensorflow=f"2.{minor}.0", python="3.8", as_of=date(2024, 1, 1), package="x", group="main")
    for minor in range(11)
]
PAIRS = [
    (producer, consumer) for producer in CELLS for consumer in CELLS if producer.id != "tf2.3" or consumer.id < "tf2.5"
]


@pytest.mark.parametrize("count", [1, 2, 5, 11, 20])
def test_every_consumer_is_in_exactly_one_shard(count: int) -> None:
    parts = [consumers_of(Shard(number=number, count=count), PAIRS) for number in range(1, count + 1)]

    assert sorted(cell for part in parts for cell in part) == sorted(cell.id for cell in CELLS)


def test_shards_are_about_as_large_as_each_other() -> None:
    sizes = [
        sum(consumer.id in consumers_of(Shard(number=number, count=3), PAIRS) for _, consumer in PAIRS)
        for number in (1, 2, 3)
    ]

    assert max(sizes) - min(sizes) <= len(CELLS)


@pytest.mark.parametrize("text", ["0/5", "6/5", "2", "2/", "two/5", "-1/5"])
def test_a_part_that_is_none_is_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["matrix", f"--shard={text}"])

    assert "is not a part like 2/5" in capsys.readouterr().err


def test_the_job_matrix_names_every_shard_and_nothing_else_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["matrix", "--emit", "github", "--shards", "3"]) == ExitCode.DONE

    assert json.loads(capsys.readouterr().out) == {"shard": ["1/3", "2/3", "3/3"]}


def test_a_folder_without_a_store_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()

    code = main(["report", "--merge", str(tmp_path / "empty"), "--out", str(tmp_path / "out"), "--cells", "tf2.4"])

    assert code == ExitCode.BAD_INPUT
    assert "there is no store.sqlite" in capsys.readouterr().err


def test_nothing_is_joined_where_a_part_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_store(tmp_path / "part", writing=True):
        pass
    parts = [str(tmp_path / "part"), str(tmp_path / "absent.jsonl.xz")]

    code = main(["report", "--merge", *parts, "--out", str(tmp_path / "out"), "--cells", "tf2.4"])

    assert code == ExitCode.BAD_INPUT
    assert f"there is no {parts[1]}: name packs" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_what_another_probe_has_seen_counts_as_not_run_and_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_store(tmp_path / "foreign", writing=True) as store:
        store.begin_run("local", "here", "another-probe", "")

    code = main(["report", "--merge", str(tmp_path / "foreign"), "--out", str(tmp_path / "out"), "--cells", "tf2.4"])

    told = capsys.readouterr()
    assert code == ExitCode.INFRA_ERROR
    assert "run with probe another-probe: what has changed since counts as not run" in told.err
    assert "absent: tf2.4: " in told.out


def test_what_is_left_out_on_purpose_is_no_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_store(tmp_path / "part", writing=True) as store:
        store.begin_run("local", "here", "another-probe", "")
    joined = ["--merge", str(tmp_path / "part"), "--out", str(tmp_path / "out"), "--cells", "tf2.4"]

    assert main(["report", "--tried", *joined]) == ExitCode.DONE
    assert "absent: tf2.4: " in capsys.readouterr().out


# --- on real cells ---

SELECTION = [
    "--cells",
    "tf2.4 tf2.15",
    "--models",
    "dense-sequential",
    "--formats",
    "h5 savedmodel",
    "--engine",
    "local",
]


@pytest.mark.cells
@pytest.mark.slow
def test_joined_shards_give_what_the_whole_run_gives(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    matrix = ["--matrix", str(ROOT / "matrix.toml"), *SELECTION]
    for number in (1, 2):
        assert (
            main(["matrix", "--shard", f"{number}/2", "--out", str(tmp_path / str(number)), *matrix]) == ExitCode.DONE
        )
    whole, joined = tmp_path / "whole", tmp_path / "joined"
    assert main(["matrix", "--out", str(whole), *matrix]) == ExitCode.DONE

    assert main(["report", "--merge", str(tmp_path / "1"), "--out", str(joined), *matrix]) == ExitCode.INFRA_ERROR
    assert "absent: tf2." in capsys.readouterr().out
    both = [str(tmp_path / "1"), str(tmp_path / "2")]
    assert main(["report", "--merge", *both, "--out", str(joined), *matrix]) == ExitCode.DONE

    assert outcomes(joined, matrix, capsys) == outcomes(whole, matrix, capsys)


def outcomes(out: Path, matrix: list[str], capsys: pytest.CaptureFixture[str]) -> list[tuple[str, ...]]:
    capsys.readouterr()
    assert main(["results", "--json", "--out", str(out), *matrix]) == ExitCode.DONE
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [(row["key"], row["strategy"], row["outcome"], row["reason"]) for row in rows]
