"""Claims about counts: store, results, table, CSV, JUnit, picture and page of one real run say the same."""

from __future__ import annotations

import base64
import csv
import gzip
import io
import json
import re
import sqlite3
import subprocess
import sys
from array import array
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pandas as pd
import pytest
from page_browsing import (
    browser_starter,  # noqa: F401 - pytest finds fixtures by name
    chrome_with_javascript,  # noqa: F401 - as above
    text_of,
    visit,
)

from lab.engines.protocol import BuiltCell

pytestmark = [pytest.mark.cells, pytest.mark.slow]

CELLS = ("tf2.10", "tf2.16")
MODELS, FORMATS = "dense-sequential lambda-layer tf-module", "h5 keras savedmodel"
SELECTION = ("--cells", " ".join(CELLS), "--models", MODELS, "--formats", FORMATS)
FAILED = ("drift", "load-error", "crash", "timeout")


@dataclass(frozen=True, kw_only=True)
class Done:
    """A run with all its exports, and its results."""

    out: Path
    results: list[dict[str, Any]]
    causes: list[dict[str, Any]]

    @property
    def outcomes(self) -> Counter[str]:
        return Counter(result["outcome"] for result in self.results)

    @property
    def plain(self) -> Counter[str]:
        return Counter(result["outcome"] for result in self.results if result["strategy"] == "plain")


@pytest.fixture(scope="module")
def done(cell: Callable[[str], BuiltCell], tmp_path_factory: pytest.TempPathFactory) -> Done:
    for cell_id in CELLS:
        cell(cell_id)
    out = tmp_path_factory.mktemp("counted") / "out"

    def lab(*arguments: str) -> str:
        command = [sys.executable, "-m", "lab", *arguments, *SELECTION, "--engine", "local", "--out", str(out)]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=600).stdout

    lab("matrix", "--export", "all")
    told = {name: [json.loads(line) for line in lab(name, "--json").splitlines()] for name in ("results", "causes")}
    return Done(out=out, **told)


def test_every_trial_of_the_store_is_a_result(done: Done) -> None:
    with closing(sqlite3.connect(done.out / "store.sqlite")) as connection:
        stored = {key for (key,) in connection.execute("SELECT key FROM trials")}

    assert {result["key"] for result in done.results if result["key"]} == stored


def test_the_tables_hold_every_result(done: Done) -> None:
    from_parquet = Counter(pd.read_parquet(done.out / "results.parquet")["outcome"])
    from_csv = Counter(row["outcome"] for row in csv.DictReader(io.StringIO((done.out / "results.csv").read_text())))

    assert from_parquet == from_csv == done.outcomes


def test_junit_counts_what_a_person_would_type(done: Done) -> None:
    suites = ET.parse(done.out / "junit.xml").getroot()  # noqa: S314 - written by this test
    counted = {name: sum(int(suite.get(name, "0")) for suite in suites) for name in ("tests", "failures", "errors")}

    assert counted["tests"] == sum(done.plain.values())
    assert counted["errors"] == done.plain["infra-error"] == 0
    known = sum(bool(result["known_failure"]) for result in done.results if result["strategy"] == "plain")
    assert counted["failures"] == sum(done.plain[outcome] for outcome in FAILED) - known


def test_the_page_holds_every_result_and_its_causes_add_up(done: Done) -> None:
    page = (done.out / "index.html").read_text(encoding="utf-8")
    packed = re.search(r'id="payload">([^<]+)<', page)
    assert packed
    raw = gzip.decompress(base64.b64decode(packed[1]))
    head = json.loads(raw[4 : 4 + int.from_bytes(raw[:4], "little")])
    column = next(each for each in head["columns"] if each["name"] == "outcome")
    values = array({1: "b", 2: "h", 4: "i"}[column["width"]])
    values.frombytes(raw[column["at"] : column["at"] + head["size"] * column["width"]])

    assert Counter(head["tables"]["outcome"][value] for value in values) == done.outcomes
    causes = page.split('id="causes-title"')[1].split("</section>")[0]
    counts = [int(count) for count in re.findall(r'<tr[^>]*><td class="number strong">(\d+)</td>', causes)]
    assert sum(counts) == sum(done.plain[outcome] for outcome in FAILED)
    assert counts == sorted(counts, reverse=True)


def test_the_causes_count_plain_loads_attempts_and_what_was_never_saved_apart(done: Done) -> None:
    counted = {kind: sum(cause[kind] for cause in done.causes) for kind in ("count", "loads", "attempts", "blocked")}
    failed = sum(done.outcomes[outcome] for outcome in FAILED)
    loads = sum(done.plain[outcome] for outcome in FAILED)

    blocked = done.outcomes["blocked"]
    assert counted == {"count": failed + blocked, "loads": loads, "attempts": failed - loads, "blocked": blocked}


@pytest.mark.browser
def test_the_script_of_the_page_counts_the_same(done: Done, chrome: Any) -> None:  # noqa: ANN401 - a browser
    visit(chrome, (done.out / "index.html").as_uri())

    failed = sum(done.plain[outcome] for outcome in FAILED)
    assert text_of(chrome, "#counts").startswith(f"{done.plain['pass']} of {done.plain['pass'] + failed} judged pass")


def test_the_same_store_gives_the_same_page(done: Done) -> None:
    before = (done.out / "index.html").read_bytes()
    command = [sys.executable, "-m", "lab", "report", *SELECTION, "--engine", "local", "--out", str(done.out)]

    subprocess.run(command, capture_output=True, check=True, timeout=600)

    assert (done.out / "index.html").read_bytes() == before
