"""Claims about the command line: help, exit codes, and what it says of bad input."""

from __future__ import annotations

import argparse
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from command_running import (
    SMALL,
    Lab,
    command_runner,  # noqa: F401 - pytest finds fixtures by name
    empty_store,  # noqa: F401 - as above
)

from lab.cli import main as command_line
from lab.errors import ExitCode
from lab.store import open_store

ROOT = Path(__file__).parent.parent


def commands() -> list[str]:
    """The names of all commands."""
    actions = [each for each in command_line._parser()._actions if isinstance(each, argparse._SubParsersAction)]
    return [name for action in actions for name in action.choices]


# --- help ---


@pytest.mark.parametrize("command", commands())
def test_the_help_of_a_command_has_an_example(lab: Lab, command: str) -> None:
    said = lab(command, "--help")

    assert said.code == ExitCode.DONE
    assert f"example: python -m lab {command}" in said.stdout


@pytest.mark.parametrize("command", commands())
def test_the_help_of_a_command_says_what_it_does(lab: Lab, command: str) -> None:
    paragraphs = lab(command, "--help").stdout.split("\n\n")

    assert paragraphs[1].strip().endswith(".")


def test_the_help_names_every_exit_code(lab: Lab) -> None:
    text = lab("--help").stdout

    assert [code for code in ExitCode if not re.search(rf"\b{int(code)} +\w", text)] == []


def test_no_command_is_bad_input(lab: Lab) -> None:
    assert lab().code == ExitCode.BAD_INPUT


def test_an_unknown_command_is_bad_input(lab: Lab) -> None:
    assert lab("matrxi").code == ExitCode.BAD_INPUT


@pytest.mark.parametrize("jobs", ["0", "-1", "many"])
def test_a_number_of_jobs_that_makes_no_sense_is_bad_input(lab: Lab, jobs: str) -> None:
    said = lab("plan", "--jobs", jobs)

    assert said.code == ExitCode.BAD_INPUT
    assert "--jobs" in said.stderr


# --- matrix.toml ---

READERS = ("matrix", "plan", "cells", "results", "report")


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A matrix.toml with two problems."""
    text = (ROOT / "matrix.toml").read_text(encoding="utf-8")
    path = tmp_path / "matrix.toml"
    path.write_text(text.replace("batch = 48", 'batch = "48"').replace("[cells.", "[cels.", 1), encoding="utf-8")
    return path


@pytest.mark.parametrize("command", READERS)
def test_a_broken_matrix_is_bad_input(lab: Lab, broken: Path, tmp_path: Path, command: str) -> None:
    assert lab(command, "--matrix", broken, "--out", tmp_path / "out").code == ExitCode.BAD_INPUT


def test_a_broken_matrix_is_told_with_all_its_problems_and_lines(lab: Lab, broken: Path) -> None:
    said = lab("plan", "--matrix", broken)

    assert "'batch' must be an integer" in said.stderr
    assert "did you mean 'cells'?" in said.stderr
    assert "Traceback" not in said.stderr


def test_a_broken_matrix_leaves_no_files(lab: Lab, broken: Path, tmp_path: Path) -> None:
    lab("matrix", "--matrix", broken, "--out", tmp_path / "out")

    assert not (tmp_path / "out").exists()


def test_a_matrix_that_is_not_there_is_bad_input(lab: Lab, tmp_path: Path) -> None:
    said = lab("plan", "--matrix", tmp_path / "none.toml")

    assert said.code == ExitCode.BAD_INPUT
    assert f"cannot read {tmp_path / 'none.toml'}" in said.stderr


def test_a_matrix_that_is_no_toml_is_bad_input(lab: Lab, tmp_path: Path) -> None:
    (tmp_path / "matrix.toml").write_text("[cells\n", encoding="utf-8")

    said = lab("plan", "--matrix", tmp_path / "matrix.toml")

    assert said.code == ExitCode.BAD_INPUT
    assert "line 1" in said.stderr


# --- selections ---


@pytest.mark.parametrize("option", ["--cells", "--models", "--formats"])
def test_a_glob_that_selects_nothing_is_told(lab: Lab, tmp_path: Path, option: str) -> None:
    said = lab("matrix", option, "zzz*", "--out", tmp_path / "out")

    assert said.code == ExitCode.NOTHING_SELECTED
    assert "matches 'zzz*'" in said.stderr


def test_a_glob_that_selects_nothing_is_told_beside_one_that_does(lab: Lab) -> None:
    assert lab("plan", "--cells", "tf2.4 zzz*").code == ExitCode.NOTHING_SELECTED


def test_a_mistyped_cell_is_told_with_the_nearest_name(lab: Lab) -> None:
    assert "did you mean 'tf2.16-tfkeras'?" in lab("plan", "--cells", "tf2.16-tfkera").stderr


def test_an_unknown_selection_is_bad_input(lab: Lab) -> None:
    said = lab("plan", "--select", "quik")

    assert said.code == ExitCode.BAD_INPUT
    assert "unknown selection 'quik'; did you mean 'quick'?" in said.stderr


# --- engines ---


def test_an_engine_that_is_not_there_is_told(lab: Lab, tmp_path: Path) -> None:
    said = lab("matrix", "--engine", "docker", *SMALL, "--out", tmp_path / "out")

    assert said.code == ExitCode.NO_ENGINE
    assert "--engine local" in said.stderr


def test_an_engine_that_does_not_exist_is_bad_input(lab: Lab) -> None:
    assert lab("plan", "--engine", "podman").code == ExitCode.BAD_INPUT


def test_the_local_engine_says_that_it_is_no_sandbox(lab: Lab, tmp_path: Path) -> None:
    assert "no sandbox" in lab("plan", *SMALL, "--out", tmp_path).stdout


# --- stores ---


@pytest.mark.parametrize(
    "arguments",
    [("results",), ("report",), ("show", "tf2.4", "tf2.10"), ("repro", "tf2.4/tf2.10/lstm/h5/plain")],
    ids=lambda arguments: arguments[0],
)
def test_reading_results_where_there_are_none_is_bad_input(
    lab: Lab, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    said = lab(*arguments, "--out", tmp_path)

    assert said.code == ExitCode.BAD_INPUT
    assert f"no results in {tmp_path}" in said.stderr


@pytest.mark.parametrize("command", ["cells", "plan"])
def test_what_is_declared_can_be_read_before_the_first_run(lab: Lab, tmp_path: Path, command: str) -> None:
    assert lab(command, *SMALL, "--out", tmp_path / "out").code == ExitCode.DONE


@pytest.mark.parametrize("command", ["cells", "plan"])
def test_reading_what_is_declared_makes_no_files(lab: Lab, tmp_path: Path, command: str) -> None:
    lab(command, *SMALL, "--out", tmp_path / "out")

    assert not (tmp_path / "out").exists()


def test_a_second_run_on_the_same_store_is_refused(lab: Lab, out: Path) -> None:
    with open_store(out, writing=True):
        said = lab("matrix", *SMALL, "--out", out)

    assert said.code == ExitCode.BAD_INPUT
    assert f"another run is writing to {out}" in said.stderr


@pytest.mark.parametrize("command", READERS)
def test_a_store_of_a_newer_schema_is_bad_input(lab: Lab, out: Path, command: str) -> None:
    with closing(sqlite3.connect(out / "store.sqlite")) as connection, connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'schema_version'")

    said = lab(command, *SMALL, "--out", out)

    assert said.code == ExitCode.BAD_INPUT
    assert "has schema 99" in said.stderr


def test_an_output_folder_that_cannot_be_made_is_bad_input(lab: Lab, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    said = lab("matrix", *SMALL, "--out", tmp_path / "file" / "out")

    assert said.code == ExitCode.BAD_INPUT
    assert "--out" in said.stderr


# --- results, show and repro ---


@pytest.mark.parametrize("command", [("results",), ("show", "tf2.4", "tf2.10")], ids=["results", "show"])
def test_what_was_never_run_is_told_by_its_number(lab: Lab, out: Path, command: tuple[str, ...]) -> None:
    said = lab(*command, "--cells", "tf2.4 tf2.10", "--models", "dense-sequential", "--formats", "h5", "--out", out)

    assert "infra-error" not in said.stdout
    assert "have not been run yet (--json lists them)" in said.stderr


@pytest.mark.parametrize("pair", [("tf2.4", "tf9.9"), ("tf9.9", "tf2.4")], ids="-".join)
def test_a_pair_of_an_unknown_cell_is_not_shown(lab: Lab, out: Path, pair: tuple[str, str]) -> None:
    said = lab("show", *pair, "--out", out)

    assert said.code == ExitCode.NOTHING_SELECTED
    assert "unknown cell 'tf9.9'" in said.stderr


def test_a_pair_that_is_not_compared_is_not_shown(lab: Lab, out: Path) -> None:
    said = lab("show", "tf2.0", "tf2.18-tfkeras", "--out", out)

    assert said.code == ExitCode.NOTHING_SELECTED
    assert "are not compared" in said.stderr


def test_an_unknown_trial_is_not_reproduced(lab: Lab, out: Path) -> None:
    said = lab("repro", "tf2.4/tf2.10/lstm/h5/plane", "--out", out)

    assert said.code == ExitCode.BAD_INPUT
    assert "no trial 'tf2.4/tf2.10/lstm/h5/plane' in the store" in said.stderr
