"""Put what a store holds of a selection into one small file, and make a store of such a file again.

A pack is lines of JSON, compressed with xz: first its schema, then one row of the store a line, under the name of its
table. It holds no artifacts: what was seen of them can be judged anew with it, and what is missing can be run on top.
"""

from __future__ import annotations

import io
import json
import lzma
import sqlite3
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from lab.errors import LabError
from lab.store.encoding import of_any_machine
from lab.store.merging import RUN, TABLES
from lab.store.store import FILE, Store, open_store

PACK_SCHEMA = 1
SUFFIX = ".jsonl.xz"
UNREADABLE = (
    OSError, EOFError, lzma.LZMAError, sqlite3.Error, AttributeError, LookupError, TypeError, ValueError,
)  # fmt: skip
NESTED = ("observation", "manifest", "facts", "body")  # columns that hold JSON

SAVES = """
SELECT * FROM saves WHERE producer IN (SELECT value FROM json_each(:cells))
 AND model IN (SELECT value FROM json_each(:models)) AND format IN (SELECT value FROM json_each(:formats))
 AND run = (SELECT max(run) FROM saves AS later WHERE later.key = saves.key) ORDER BY model, producer, format, key
"""
TRIALS = """
SELECT * FROM trials WHERE producer IN (SELECT value FROM json_each(:cells))
 AND consumer IN (SELECT value FROM json_each(:cells))
 AND model IN (SELECT value FROM json_each(:models)) AND format IN (SELECT value FROM json_each(:formats))
 AND run = (SELECT max(run) FROM trials AS later WHERE later.key = trials.key)
 ORDER BY model, consumer, format, producer, strategy, key
"""


def pack(store: Store, *, cells: Collection[str], models: Collection[str], formats: Collection[str]) -> bytes:
    """The newest row of every save and trial of these, with the runs, cells, canaries and exceptions behind them."""
    chosen = {"cells": _listed(cells), "models": _listed(models), "formats": _listed(formats)}
    saves, trials = list(store.rows(SAVES, chosen)), list(store.rows(TRIALS, chosen))
    runs = {row["run"] for row in (*saves, *trials)}
    behind = {"runs": json.dumps(sorted(runs))}
    canaries = list(store.rows("SELECT * FROM canaries WHERE run IN (SELECT value FROM json_each(:runs))", behind))
    digests = sorted({row["evidence"] for row in (*saves, *trials, *canaries) if row["evidence"]})
    raised = store.rows(
        "SELECT * FROM evidence WHERE digest IN (SELECT value FROM json_each(:digests)) ORDER BY digest",
        {"digests": json.dumps(digests)},
    )
    of_runs = store.rows("SELECT * FROM cells WHERE run IN (SELECT value FROM json_each(:runs))", behind)
    ran = store.rows("SELECT * FROM runs WHERE id IN (SELECT value FROM json_each(:runs)) ORDER BY id", behind)
    packed = io.BytesIO()
    with lzma.LZMAFile(packed, "wb") as stream:
        stream.write(_line({"pack": PACK_SCHEMA}))
        for table, rows in (
            ("runs", ran), ("cells", of_runs), ("canaries", canaries),
            ("evidence", raised), ("saves", saves), ("trials", trials),
        ):  # fmt: skip
            for row in rows:
                stream.write(_line({"table": table, **_open(row)}))
    return packed.getvalue()


def unpack(path: Path, directory: Path) -> None:
    """Make a store of a pack in a folder that has none.

    Raises LabError where the file cannot be read, is no pack, is cut short or of another schema.
    """
    with open_store(directory, writing=True):
        pass
    connection = sqlite3.connect(directory / FILE)
    try:
        with connection, lzma.open(path, "rt", encoding="utf-8") as stream:
            _fill(connection, map(json.loads, stream))
    except UNREADABLE as error:
        message = f"{path} is no pack of evidence, or not whole: {type(error).__name__}: {error}"
        raise LabError(message) from error
    finally:
        connection.close()


def _fill(connection: sqlite3.Connection, rows: Iterator[dict[str, Any]]) -> None:
    found = next(rows, {}).get("pack")
    if found != PACK_SCHEMA:
        message = f"its first line says schema {found}, this lab reads {PACK_SCHEMA}"
        raise ValueError(message)
    columns = {**TABLES, "runs": ("id", *RUN), "evidence": ("digest", "body")}
    statements = {
        table: f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608 - names from merging.py
        for table, names in columns.items()
    }
    for row in rows:
        table = row["table"]
        connection.execute(statements[table], [_closed(row[name]) for name in columns[table]])


def _listed(names: Collection[str]) -> str:
    return json.dumps(sorted(names))


def _line(fields: dict[str, Any]) -> bytes:
    return json.dumps(fields, separators=(",", ":")).encode() + b"\n"


def _open(row: dict[str, Any]) -> dict[str, Any]:
    """A row with its JSON as such, so that a line can be read with any tool, and as a store would write it today."""
    return {name: json.loads(of_any_machine(value)) if name in NESTED else value for name, value in row.items()}


def _closed(value: Any) -> Any:  # noqa: ANN401 - a column: a number, a text, or JSON
    """What ``_open`` opened, as the store writes it."""
    return json.dumps(value, separators=(",", ":"), sort_keys=True) if isinstance(value, (dict, list)) else value
