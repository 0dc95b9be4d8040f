"""Put what other stores have seen into one, row by row, with runs of their own."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from lab.errors import LabError
from lab.store.store import FILE, Store, open_store

# Tables with a run, and the columns behind it are copied as they are.
TABLES = {
    "cells": ("run", "cell", "fingerprint", "state", "reason", "facts", "seconds"),
    "saves": ("key", "run", "producer", "model", "format", "observation", "evidence", "manifest", "seen_at"),
    "trials": (
        "key", "run", "artifact", "producer", "consumer", "fingerprint", "model", "format", "strategy", "engine",
        "observation", "evidence", "seen_at",
    ),
    "canaries": ("run", "fingerprint", "name", "observation", "evidence"),
}  # fmt: skip
RUN = ("started_at", "finished_at", "engine", "host", "probe", "arguments")


def merge(target: Store, directory: Path, probe: str) -> int:
    """Add the runs of another store that are not there yet; returns how many.

    Raises LabError where there is no store, where it is of another schema, or was made by another probe.
    """
    with open_store(directory, writing=False) as other:
        foreign = sorted({run["probe"] for run in other.runs()} - {probe})
    if foreign:
        message = f"{directory} was run with another probe ({', '.join(foreign)}, not {probe}): its trials are others"
        raise LabError(message)
    return target.add_from(directory / FILE, _copy)


def _copy(connection: sqlite3.Connection) -> int:
    """Copy from the attached database ``other``."""
    known = set(connection.execute(f"SELECT {', '.join(RUN)} FROM main.runs"))  # noqa: S608 - names from above
    added = 0
    connection.execute("INSERT OR IGNORE INTO main.evidence SELECT * FROM other.evidence")
    for run, *said in connection.execute(f"SELECT id, {', '.join(RUN)} FROM other.runs ORDER BY id").fetchall():  # noqa: S608
        if tuple(said) in known:
            continue
        cursor = connection.execute(
            f"INSERT INTO main.runs ({', '.join(RUN)}) VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608
            said,
        )
        for table, columns in TABLES.items():
            chosen = ", ".join("?" if column == "run" else column for column in columns)
            connection.execute(
                f"INSERT INTO main.{table} ({', '.join(columns)}) SELECT {chosen} FROM other.{table} WHERE run = ?",  # noqa: S608
                (cursor.lastrowid, run),
            )
        added += 1
    return added
