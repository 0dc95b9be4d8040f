"""Put what other stores have seen into one, row by row, with runs of their own."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

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


IDENTITY = ("started_at", "engine", "host", "probe", "arguments")  # of a run: when it ended may not be known yet


@dataclass(frozen=True, kw_only=True)
class Joined:
    """What another store has added: saves, trials, and by which probes they were made."""

    saves: int
    trials: int
    probes: frozenset[str]


def merge(target: Store, directory: Path) -> Joined:
    """Add what another store has seen and this one has not.

    Raises LabError where there is none, or of another schema.
    """
    with open_store(directory, writing=False) as other:
        probes = frozenset(run["probe"] for run in other.runs())
    return target.add_from(directory / FILE, lambda connection: _copy(connection, probes))


def _copy(connection: sqlite3.Connection, probes: frozenset[str]) -> Joined:
    """Copy from the attached database ``other``; a run that is known gets what is new of it."""
    connection.execute("INSERT OR IGNORE INTO main.evidence SELECT * FROM other.evidence")
    added = dict.fromkeys(TABLES, 0)
    for there, *said in connection.execute(f"SELECT id, {', '.join(RUN)} FROM other.runs ORDER BY id").fetchall():  # noqa: S608 - names from above
        here = _run_here(connection, dict(zip(RUN, said, strict=True)))
        for table, columns in TABLES.items():
            chosen = ", ".join("?" if column == "run" else column for column in columns)
            added[table] += connection.execute(
                f"INSERT OR IGNORE INTO main.{table} ({', '.join(columns)})"  # noqa: S608
                f" SELECT {chosen} FROM other.{table} WHERE run = ?",
                (here, there),
            ).rowcount
    return Joined(saves=added["saves"], trials=added["trials"], probes=probes)


def _run_here(connection: sqlite3.Connection, said: dict[str, str | None]) -> int:
    """The id of a run in the main database, where it is added or its end is noted."""
    same = " AND ".join(f"{name} = :{name}" for name in IDENTITY)
    known = connection.execute(f"SELECT id FROM main.runs WHERE {same}", said).fetchone()  # noqa: S608
    if known is None:
        values = ", ".join(f":{name}" for name in RUN)
        cursor = connection.execute(f"INSERT INTO main.runs ({', '.join(RUN)}) VALUES ({values})", said)  # noqa: S608
        return int(cursor.lastrowid or 0)
    connection.execute(
        "UPDATE main.runs SET finished_at = coalesce(:finished_at, finished_at) WHERE id = :id",
        {"finished_at": said["finished_at"], "id": known[0]},
    )
    return int(known[0])
