"""Read and write the SQLite file; rows are added, never changed, and the newest run's row of a key counts."""

from __future__ import annotations

import fcntl
import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from lab.errors import LabError
from lab.store.encoding import decode, encode
from lab.words import Artifact, Observation, Trial

SCHEMA_VERSION = 1
FILE = "store.sqlite"

Added = TypeVar("Added")


@dataclass(frozen=True, kw_only=True)
class SavedArtifact:
    """What was seen of a save; ``manifest`` is empty where nothing was saved."""

    artifact: Artifact
    run: int
    observation: Observation
    manifest: dict[str, Any]
    seen_at: str


@dataclass(frozen=True, kw_only=True)
class SeenTrial:
    """What was seen of a trial, in which run, under which engine, in which cell."""

    trial: Trial
    run: int
    engine: str
    fingerprint: str
    observation: Observation
    seen_at: str


@dataclass(frozen=True, kw_only=True)
class SeenCell:
    """What became of a cell in a run; ``seconds`` is what it took to build."""

    cell: str
    fingerprint: str
    state: str
    reason: str
    facts: dict[str, Any]
    seconds: float


class Store:
    """One open store. Writing methods belong to the one process that holds the lock."""

    def __init__(self, directory: Path, connection: sqlite3.Connection) -> None:
        self.directory = directory
        self._connection = connection
        self._decoded: dict[str, str] = {}

    def close(self) -> None:
        """Commit and close."""
        self._connection.commit()
        self._connection.close()

    def commit(self) -> None:
        """Make everything up to here durable."""
        self._connection.commit()

    def begin_run(self, engine: str, host: str, probe: str, arguments: str) -> int:
        """Note that a run begins; returns its id."""
        cursor = self._connection.execute(
            "INSERT INTO runs (started_at, engine, host, probe, arguments) VALUES (?, ?, ?, ?, ?)",
            (_now(), engine, host, probe, arguments),
        )
        self._connection.commit()
        return int(cursor.lastrowid or 0)

    def finish_run(self, run: int) -> None:
        """Note that a run came to its end."""
        self._connection.execute("UPDATE runs SET finished_at = ? WHERE id = ?", (_now(), run))
        self._connection.commit()

    def runs(self) -> list[dict[str, Any]]:
        """Every run, oldest first."""
        return list(self.rows("SELECT * FROM runs ORDER BY id"))

    def rows(self, query: str, values: Mapping[str, str] | None = None) -> Iterator[dict[str, Any]]:
        """The rows that a query selects, by the names of their columns."""
        cursor = self._connection.execute(query, values or {})
        names = [column[0] for column in cursor.description]
        return (dict(zip(names, row, strict=True)) for row in cursor)

    def add_cell(self, run: int, seen: SeenCell) -> None:
        """Note what became of a cell in this run."""
        facts = json.dumps(seen.facts, sort_keys=True)
        self._connection.execute(
            "INSERT OR REPLACE INTO cells VALUES (?, ?, ?, ?, ?, ?, ?)",
            (run, seen.cell, seen.fingerprint, seen.state, seen.reason, facts, seen.seconds),
        )

    def cells(self) -> dict[str, dict[str, Any]]:
        """The newest row of each fingerprint; facts of an earlier run stay until there are newer ones."""
        found: dict[str, dict[str, Any]] = {}
        for fingerprint, cell, state, reason, facts, run in self._connection.execute(
            "SELECT fingerprint, cell, state, reason, facts, run FROM cells ORDER BY run"
        ):
            read = json.loads(facts) or found.get(fingerprint, {}).get("facts", {})
            found[fingerprint] = {"cell": cell, "state": state, "reason": reason, "facts": read, "run": run}
        return found

    def add_save(self, run: int, artifact: Artifact, observation: Observation, manifest: dict[str, Any]) -> None:
        """Add what was seen of a save."""
        slim, evidence = self._encode(observation)
        self._connection.execute(
            "INSERT OR REPLACE INTO saves VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                artifact.key, run, artifact.producer, artifact.model, artifact.format,
                slim, evidence, json.dumps(manifest, sort_keys=True), _now(),
            ),
        )  # fmt: skip

    def add_trial(self, run: int, trial: Trial, engine: str, fingerprint: str, observation: Observation) -> None:
        """Add what was seen of a trial."""
        slim, evidence = self._encode(observation)
        artifact = trial.artifact
        self._connection.execute(
            "INSERT OR REPLACE INTO trials VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                trial.key, run, artifact.key, artifact.producer, trial.consumer, fingerprint,
                artifact.model, artifact.format, trial.strategy, engine, slim, evidence, _now(),
            ),
        )  # fmt: skip

    def add_canary(self, run: int, fingerprint: str, name: str, observation: Observation) -> None:
        """Add what a canary did."""
        slim, evidence = self._encode(observation)
        self._connection.execute(
            "INSERT OR REPLACE INTO canaries VALUES (?, ?, ?, ?, ?)", (run, fingerprint, name, slim, evidence)
        )

    def saves(self) -> dict[str, SavedArtifact]:
        """The newest save of each artifact, by key."""
        rows = self._connection.execute(
            "SELECT key, run, producer, model, format, observation, body, manifest, seen_at"
            " FROM saves LEFT JOIN evidence ON digest = evidence ORDER BY run"
        )
        return {
            key: SavedArtifact(
                artifact=Artifact(key=key, producer=producer, model=model, format=format_id),
                run=run,
                observation=decode(slim, body),
                manifest=json.loads(manifest),
                seen_at=seen_at,
            )
            for key, run, producer, model, format_id, slim, body, manifest, seen_at in rows
        }

    def trials(self, models: Iterable[str] | None = None) -> dict[str, SeenTrial]:
        """The newest observation of each trial, by key; of all models unless some are named."""
        rows = self._connection.execute(
            "SELECT key, run, artifact, producer, consumer, fingerprint, model, format, strategy, engine,"
            " observation, body, seen_at FROM trials LEFT JOIN evidence ON digest = evidence"
            " WHERE ?1 IS NULL OR model IN (SELECT value FROM json_each(?1)) ORDER BY run",
            (None if models is None else json.dumps(sorted(models)),),
        )
        return {row[0]: _seen_trial(row) for row in rows}

    def find_trial(self, name: str) -> Trial | None:
        """The trial of a key or a name, the one of the newest run where several have that name."""
        row = self._connection.execute(
            "SELECT key, artifact, producer, consumer, model, format, strategy FROM trials WHERE ?1 IN"
            " (key, producer||'/'||consumer||'/'||model||'/'||format||'/'||strategy) ORDER BY run DESC LIMIT 1",
            (name,),
        ).fetchone()
        if row is None:
            return None
        key, artifact_key, producer, consumer, model, format_id, strategy = row
        artifact = Artifact(key=artifact_key, producer=producer, model=model, format=format_id)
        return Trial(key=key, artifact=artifact, consumer=consumer, strategy=strategy)

    def runs_of_trials(self) -> dict[str, int]:
        """The newest run of each trial, by key."""
        return dict(self._connection.execute("SELECT key, max(run) FROM trials GROUP BY key"))

    def canaries(self) -> dict[tuple[int, str], dict[str, Observation]]:
        """What the canaries did, by run and fingerprint."""
        found: dict[tuple[int, str], dict[str, Observation]] = {}
        for run, fingerprint, name, slim, body in self._connection.execute(
            "SELECT run, fingerprint, name, observation, body FROM canaries LEFT JOIN evidence ON digest = evidence"
        ):
            found.setdefault((run, fingerprint), {})[name] = decode(slim, body)
        return found

    def add_from(self, other: Path, copy: Callable[[sqlite3.Connection], Added]) -> Added:
        """Let ``copy`` take rows out of another file, attached as ``other``; all of them or none."""
        self._connection.commit()
        self._connection.execute("ATTACH DATABASE ? AS other", (str(other),))
        try:
            with self._connection:
                return copy(self._connection)
        finally:
            self._connection.execute("DETACH DATABASE other")

    def _encode(self, observation: Observation) -> tuple[str, str | None]:
        slim, raised = encode(observation)
        if not raised:
            return slim, None
        digest = hashlib.sha256(raised.encode()).hexdigest()[:20]
        self._connection.execute("INSERT OR IGNORE INTO evidence VALUES (?, ?)", (digest, raised))
        return slim, digest


@contextmanager
def open_store(directory: Path, *, writing: bool) -> Iterator[Store]:
    """Open the store of a folder; with ``writing`` as its only writer.

    Raises LabError when the folder cannot be written, when another run holds it, when there is none to read, and
    when it was written by a newer lab.
    """
    if not writing and not (directory / FILE).exists():
        message = f"no results in {directory}: there is no {FILE}; run 'nox -s matrix' first or name another --out"
        raise LabError(message)
    with _exclusive(directory) if writing else _nothing():
        store = Store(directory, _connect(directory))
        try:
            yield store
        finally:
            store.close()


def _connect(directory: Path) -> sqlite3.Connection:
    try:
        connection = sqlite3.connect(directory / FILE)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        _prepare_schema(connection, directory)
    except sqlite3.DatabaseError as error:
        message = f"{directory / FILE} cannot be used: {error}; move it away to begin anew"
        raise LabError(message) from error
    return connection


def _prepare_schema(connection: sqlite3.Connection, directory: Path) -> None:
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'meta'").fetchone()
    if not tables:
        script = (Path(__file__).parent / "schema.sql").read_text(encoding="utf-8")
        connection.executescript(f"BEGIN; {script} COMMIT;")
    row = connection.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone()
    found = row[0] if row else "unknown"
    if found != str(SCHEMA_VERSION):
        message = (
            f"{directory / FILE} has schema {found}, this lab reads {SCHEMA_VERSION}:"
            " use the lab that wrote it, or name another --out"
        )
        raise LabError(message)


@contextmanager
def _exclusive(directory: Path) -> Iterator[None]:
    """Be the only writer; the lock goes with the process, however it ends."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        stream = (directory / "lock").open("a")
    except OSError as error:
        message = f"{directory} cannot be written: {error}; name another folder with --out"
        raise LabError(message) from error
    with stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = f"another run is writing to {directory}: wait for it, or name another folder with --out"
            raise LabError(message) from error
        yield


@contextmanager
def _nothing() -> Iterator[None]:
    yield


def _seen_trial(row: tuple[Any, ...]) -> SeenTrial:
    key, run, artifact_key, producer, consumer, fingerprint, model, format_id, strategy, engine, slim, body, at = row
    artifact = Artifact(key=artifact_key, producer=producer, model=model, format=format_id)
    return SeenTrial(
        trial=Trial(key=key, artifact=artifact, consumer=consumer, strategy=strategy),
        run=run,
        engine=engine,
        fingerprint=fingerprint,
        observation=decode(slim, body),
        seen_at=at,
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
