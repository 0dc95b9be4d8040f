"""Claims about what the README says was found: its numbers are those that the published table gives."""

from __future__ import annotations

import re
from collections.abc import Callable

import pandas as pd
import pytest
from conftest import ROOT

from lab.causes.classifying import UNEXPLAINED

LOADED = ["producer", "consumer", "model", "format"]
JUDGED = ("pass", "drift", "load-error", "crash", "timeout")


class Table:
    """The trials of the published table that were judged: all, as typed, and with a remedy."""

    def __init__(self, results: pd.DataFrame) -> None:
        self.trials = results[results["outcome"].isin(JUDGED)]
        self.plain = self.trials[self.trials["strategy"] == "plain"]
        self.remedies = self.trials[self.trials["strategy"] != "plain"]
        self.mended = self.remedies[self.remedies["outcome"] == "pass"][LOADED].drop_duplicates()

    def everywhere(self) -> Table:
        """Only the models of the run over all cells; those of a part of them have fewer than half of the squares."""
        squares = self.plain[["model", "producer", "consumer"]].drop_duplicates().groupby("model").size()
        few = set(squares[squares <= squares.max() // 2].index)
        return Table(self.trials[~self.trials["model"].isin(few)])

    def between(self, producer: str, consumer: str, *formats: str) -> Table:
        """One square, or some of its formats."""
        cut = self.trials[(self.trials["producer"] == producer) & (self.trials["consumer"] == consumer)]
        return Table(cut[cut["format"].isin(formats)] if formats else cut)

    @property
    def loads(self) -> int:
        """Loads as a person would type them."""
        return len(self.plain)

    @property
    def passed(self) -> int:
        """Those that answer rightly."""
        return int((self.plain["outcome"] == "pass").sum())

    @property
    def helped(self) -> int:
        """Those that do not, and do with a remedy."""
        return len(self.plain[self.plain["outcome"] != "pass"].merge(self.mended))

    @property
    def share(self) -> int:
        """How many of a hundred loads answer rightly."""
        return round(100 * self.passed / self.loads)


def size(table: Table) -> str:
    every = table.everywhere()
    return (
        f"{every.loads:,} loads as a person would type them and {len(every.remedies):,} attempts to mend those that "
        "fail"
    )


def unexplained(table: Table) -> str:
    failing = table.trials[table.trials["outcome"] != "pass"]
    count = (failing["cause"] == UNEXPLAINED).sum()
    return f"Of {len(failing):,} trials that fail {f'{count:,} are' if count else 'none is'} unexplained"


def neighbours(table: Table) -> str:
    every = table.everywhere()
    shares = [every.between(f"tf2.{minor}", f"tf2.{minor + 1}").share for minor in range(21)]
    return (
        f"{min(shares[:10])} to {max(shares[:10])} % of the loads answer rightly up to 2.10; {shares[10]} % from 2.10 "
        f"to 2.11 (new optimizers), {shares[14]} % from 2.14 to 2.15, {shares[15]} % from 2.15 to 2.16 (Keras 3)"
    )


def old_into_2_10(table: Table) -> str:
    square = table.between("tf2.4", "tf2.10")
    return f"Of {square.loads:,} loads of what 2.4 saved, {square.passed:,} answer rightly in 2.10"


def own_hdf5(table: Table) -> str:
    new, old = table.between("tf2.21", "tf2.21", "h5"), table.between("tf2.15", "tf2.15", "h5")
    return (
        f"Of {new.loads} `.h5` files that TensorFlow 2.21 saved, {new.loads - new.passed} do not load in TensorFlow "
        f"2.21 as typed (2.15: {old.loads - old.passed} of {old.loads})"
    )


def checkpoints(table: Table) -> str:
    saver, loader = (table.plain[f"{side}_keras"].str.startswith("3") for side in ("producer", "consumer"))
    across = table.plain[(saver != loader) & (table.plain["format"] == "checkpoint")]
    silent = across[across["cause"] == "checkpoint-restored-nothing"]
    return (
        f"Of {len(across):,} restores of a `tf.train.Checkpoint` between Keras 2 and Keras 3, {len(silent):,} raise "
        "nothing"
    )


def mended(table: Table) -> str:
    every = table.everywhere()
    fail = every.loads - every.passed
    beyond_help = every.plain["none_helps"].sum()
    return (
        f"{fail:,} of the {every.loads:,} loads between all cells fail as typed; for {every.helped:,} of them "
        f"({100 * every.helped // fail} %) the lab has a way that gives the recorded answers, and the code to paste; "
        f"for {beyond_help:,} all that may help was run, and none of it does"
    )


def old_hdf5_into_the_newest(table: Table) -> str:
    square = table.between("tf2.4", "tf2.21", "h5")
    return f"From 2.4 to 2.21 as `.h5`, {square.passed} of {square.loads} load as typed, {square.helped} with a remedy"


@pytest.fixture(scope="module")
def table() -> Table:
    return Table(pd.read_parquet(ROOT / "reports" / "published" / "results.parquet"))


@pytest.mark.parametrize(
    "counted",
    [size, unexplained, neighbours, old_into_2_10, own_hdf5, checkpoints, mended, old_hdf5_into_the_newest],
)
def test_the_readme_says_what_the_table_counts(table: Table, counted: Callable[[Table], str]) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert re.sub(r"\s+", " ", counted(table)) in re.sub(r"\s+", " ", readme)
