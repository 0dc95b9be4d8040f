"""Claims about the JSON of the commands: its fields are a contract, and the README documents them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from command_running import (
    SMALL,
    Ended,
    Lab,
    command_runner,  # noqa: F401 - pytest finds fixtures by name
    empty_store,  # noqa: F401 - as above
)

from lab.errors import ExitCode
from lab.words import Outcome

ROOT = Path(__file__).parent.parent

RESULT_FIELDS = {
    "schema",
    "producer",
    "consumer",
    "model",
    "format",
    "strategy",
    "outcome",
    "stage",
    "cause",
    "max_abs_diff",
    "seconds",
    "engine",
    "reason",
    "key",
    "seen_at",
    "known_failure",
    "none_helps",
    "signature",
    "grade",
    "promise",
    "rule",
}
CELL_FIELDS = {
    "schema",
    "id",
    "tensorflow",
    "keras",
    "python",
    "cuda",
    "cudnn",
    "lock",
    "fingerprint",
    "state",
    "reason",
    "group",
    "cuda_check",
}
PLAN_FIELDS = {
    "schema",
    "engine",
    "cells",
    "pairs",
    "saves",
    "loads",
    "known_saves",
    "known_trials",
    "left_out",
    "estimated_seconds",
    "estimated_mib",
}


def json_lines(said: Ended) -> list[dict[str, object]]:
    assert said.code == ExitCode.DONE, said.stderr
    return [json.loads(line) for line in said.stdout.splitlines()]


def documented(command: str) -> set[str]:
    """The fields of a table of the README."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    table = text.split(f"`python -m lab {command} --json`:\n\n")[1].split("\n\n")[0]
    names = [line.split("|")[1] for line in table.splitlines()[2:]]
    return {name for cell in names for name in re.findall(r"`(\w+)`", cell)}


def test_a_result_has_exactly_the_fields_of_the_contract(lab: Lab, out: Path) -> None:
    rows = json_lines(lab("results", "--json", *SMALL, "--out", out))

    assert {frozenset(row) for row in rows} == {frozenset(RESULT_FIELDS)}


def test_a_cell_has_exactly_the_fields_of_the_contract(lab: Lab, out: Path) -> None:
    rows = json_lines(lab("cells", "--json", "--out", out))

    assert {frozenset(row) for row in rows} == {frozenset(CELL_FIELDS)}


def test_a_plan_has_exactly_the_fields_of_the_contract(lab: Lab, out: Path) -> None:
    (row,) = json_lines(lab("plan", "--json", *SMALL, "--out", out))

    assert set(row) == PLAN_FIELDS


def test_evidence_of_a_pair_extends_the_results(lab: Lab, out: Path) -> None:
    rows = json_lines(lab("show", "tf2.4", "tf2.10", "dense-sequential", "--json", "--out", out))

    assert {frozenset(row) for row in rows} == {frozenset(RESULT_FIELDS | {"evidence"})}


@pytest.mark.parametrize("command", ["results", "cells", "plan"])
def test_every_line_carries_its_schema(lab: Lab, out: Path, command: str) -> None:
    rows = json_lines(lab(command, "--json", *SMALL, "--out", out))

    assert {row["schema"] for row in rows} == {1}


@pytest.mark.parametrize(("command", "fields"), [("results", RESULT_FIELDS), ("cells", CELL_FIELDS)])
def test_the_readme_documents_exactly_the_fields_of_the_contract(command: str, fields: set[str]) -> None:
    assert documented(command) == fields


def test_there_is_one_cell_a_line_in_the_order_of_the_matrix(lab: Lab, out: Path) -> None:
    rows = json_lines(lab("cells", "--json", "--cells", "tf2.10 tf2.4 tf2.16-tfkeras", "--out", out))

    assert [row["id"] for row in rows] == ["tf2.4", "tf2.10", "tf2.16-tfkeras"]


def test_a_cell_that_has_not_run_is_not_built(lab: Lab, out: Path) -> None:
    (row,) = json_lines(lab("cells", "--json", "--cells", "tf2.4", "--out", out))

    assert (row["state"], row["keras"], row["lock"]) == ("not-built", None, "images/locks/tf2.4.txt")


def test_what_has_not_run_is_no_finding(lab: Lab, out: Path) -> None:
    rows = json_lines(lab("results", "--json", *SMALL, "--formats", "h5", "--out", out))

    assert {row["outcome"] for row in rows} == {Outcome.INFRA_ERROR}


def test_what_is_declared_unsupported_is_told_with_its_reason(lab: Lab, out: Path) -> None:
    rows = json_lines(lab("results", "--json", *SMALL, "--formats", "keras", "--out", out))

    assert {row["outcome"] for row in rows} == {Outcome.UNSUPPORTED}
    assert all("keras-suffix-h5" in str(row["reason"]) for row in rows)


def test_a_plan_counts_what_is_to_be_done(lab: Lab, out: Path) -> None:
    (row,) = json_lines(lab("plan", "--json", *SMALL, "--out", out))

    assert (row["cells"], row["pairs"], row["saves"], row["loads"]) == (["tf2.4", "tf2.10"], 4, 2 + 2, 4)


def test_a_plan_says_what_is_left_out_and_why(lab: Lab, out: Path) -> None:
    (row,) = json_lines(lab("plan", "--json", *SMALL, "--out", out))

    (reason,) = row["left_out"] if isinstance(row["left_out"], dict) else ()
    assert reason.startswith("unsupported: ")


def test_results_go_to_stdout_alone(lab: Lab, out: Path) -> None:
    assert lab("results", "--json", *SMALL, "--out", out).stderr == ""


@pytest.mark.parametrize("command", ["cells", "plan"])
def test_a_command_that_reads_resolves_no_lock(lab: Lab, out: Path, tmp_path: Path, command: str) -> None:
    matrix = tmp_path / "matrix.toml"
    matrix.write_text((ROOT / "matrix.toml").read_text(encoding="utf-8"), encoding="utf-8")

    ended = lab(command, "--json", *SMALL, "--matrix", matrix, "--out", out)

    assert ended.code == ExitCode.DONE
    assert not (tmp_path / "images").exists()


def test_a_cell_without_a_lock_says_how_it_gets_one(lab: Lab, out: Path, tmp_path: Path) -> None:
    matrix = tmp_path / "matrix.toml"
    matrix.write_text((ROOT / "matrix.toml").read_text(encoding="utf-8"), encoding="utf-8")

    (row,) = json_lines(lab("cells", "--json", "--cells", "tf2.4", "--matrix", matrix, "--out", out))

    assert (row["lock"], row["reason"]) == (None, "it has no lock yet: nox -s lock -- tf2.4")


def test_a_page_of_what_was_tried_says_how_much_it_leaves_out(lab: Lab, out: Path) -> None:
    everything = len(json_lines(lab("results", "--json", *SMALL, "--out", out)))

    assert lab("report", "--tried", *SMALL, "--out", out).code == ExitCode.DONE

    page = (out / "index.html").read_text(encoding="utf-8")
    (left_out,) = re.findall(r"<dt>Left out</dt><dd>(\d+) more results, which no run has come to", page)
    assert 0 < int(left_out) < everything


def test_a_page_of_everything_leaves_nothing_out(lab: Lab, out: Path) -> None:
    assert lab("report", *SMALL, "--out", out).code == ExitCode.DONE

    assert "Left out" not in (out / "index.html").read_text(encoding="utf-8")
