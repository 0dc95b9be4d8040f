"""Claims about the published run: it rests on evidence that speaks of no machine, and little is unexplained."""

from __future__ import annotations

import json
import lzma
import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest
from conftest import ROOT

from lab.causes import read_catalogue
from lab.causes.classifying import UNEXPLAINED
from lab.store import SUFFIX

PUBLISHED = ROOT / "reports" / "published"
PACKS = sorted(PUBLISHED.glob(f"*{SUFFIX}"))
FAILED = ("load-error", "drift", "crash", "timeout")
OWN_CODE = {"lambda-layer", "functional-subclass", "tf-activations"}  # beside the models that are tagged so
OF_A_MACHINE = re.compile(r"/(?:home|root|work|tmp|var/tmp)/")


def rows() -> Iterator[dict[str, Any]]:
    """Every row of every pack."""
    for path in PACKS:
        with lzma.open(path, "rt", encoding="utf-8") as stream:
            next(stream)  # its schema
            yield from map(json.loads, stream)


@pytest.fixture(scope="module")
def results() -> pd.DataFrame:
    return pd.read_parquet(PUBLISHED / "results.parquet")


def test_every_result_rests_on_an_observation_that_is_published(results: pd.DataFrame) -> None:
    seen = {row["key"] for row in rows() if row["table"] == "trials"}

    assert seen
    assert set(results["key"]) - {""} <= seen


def test_the_evidence_speaks_of_no_machine() -> None:
    told = [json.dumps(row) for row in rows() if row["table"] in {"runs", "evidence", "cells"}]

    assert [line[:200] for line in told if OF_A_MACHINE.search(line)] == []


def test_less_than_one_percent_of_what_fails_is_unexplained(results: pd.DataFrame) -> None:
    failing = results[results["outcome"].isin(FAILED)]
    groups = failing.groupby(["cause", "signature"]).size().sort_values(ascending=False)

    assert (failing["cause"] == UNEXPLAINED).mean() < 0.01
    assert UNEXPLAINED not in {cause for cause, _ in groups.index[:10]}


def test_what_fails_as_typed_is_mended_or_every_remedy_was_run(results: pd.DataFrame) -> None:
    load = ["producer", "consumer", "model", "format"]
    plain = results[(results["strategy"] == "plain") & results["outcome"].isin(FAILED)]
    mended = results[(results["strategy"] != "plain") & (results["outcome"] == "pass")]
    settled = len(plain.merge(mended[load].drop_duplicates())) + plain["none_helps"].sum()

    assert 0.95 * len(plain) < settled <= len(plain)
    assert plain["none_helps"].sum() < 0.1 * len(plain)


def test_a_persons_own_code_is_blamed_only_where_there_is_some(results: pd.DataFrame) -> None:
    models = tomllib.loads((ROOT / "matrix.toml").read_text(encoding="utf-8"))["models"]
    theirs = {name for name, model in models.items() if "custom" in model.get("tags", ())} | OWN_CODE
    blaming = {cause.id for cause in read_catalogue().causes if "user's own" in cause.title}
    blamed = results[results["cause"].isin(blaming) & ~results["model"].isin(theirs)]

    assert blaming
    assert blamed.groupby(["cause", "model", "signature"]).size().to_dict() == {}


def test_the_table_stays_small() -> None:
    assert (PUBLISHED / "results.parquet").stat().st_size < 10_000_000
