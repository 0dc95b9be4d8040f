"""Results as a table: one row a result, in the order of the matrix; the columns are those of ``lab.fields``."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from lab.fields import NAME, SCHEMA, row_fields
from lab.words import CellFacts, Outcome, Provenance, Result

TYPES = {"schema": "int64", "max_abs_diff": "float64", "seconds": "float64", "none_helps": "bool"}  # all else is text


def table(results: Sequence[Result], cells: Mapping[str, CellFacts]) -> pd.DataFrame:
    """One row a result; texts are texts or missing, never numbers."""
    rows = [row_fields(result, cells) for result in results]
    frame = pd.DataFrame(rows, columns=_columns())
    texts = [name for name in frame.columns if name not in TYPES]
    return frame.astype({**TYPES, **dict.fromkeys(texts, "string")})


def parquet(frame: pd.DataFrame, provenance: Provenance) -> bytes:
    """The table with its schema's number and where it comes from; equal tables give equal bytes."""
    said = {"schema": str(SCHEMA), "provenance": json.dumps(asdict(provenance), sort_keys=True)}
    arrow = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(said)
    stream = io.BytesIO()
    pq.write_table(arrow, stream, compression="zstd", compression_level=19)
    return stream.getvalue()


def csv(frame: pd.DataFrame) -> str:
    """The table as text, a header first; missing values are empty."""
    return frame.to_csv(index=False, lineterminator="\n")


def read_outcomes(path: Path) -> dict[str, Outcome]:
    """Outcomes by name from a Parquet file; raises ValueError, KeyError or OSError where it is no such table."""
    columns = pq.read_table(path, columns=[*NAME, "outcome"]).to_pydict()
    names = ("/".join(parts) for parts in zip(*(columns[name] for name in NAME), strict=True))
    return {name: Outcome(outcome) for name, outcome in zip(names, columns["outcome"], strict=True)}


def _columns() -> list[str]:
    """Every column, there where no result is."""
    nothing = Result(
        producer="", consumer="", model="", format="", strategy="", outcome=Outcome.PASS, stage=None, cause=None,
        reason="", max_abs_diff=None, seconds=0.0, engine="", key="", seen_at="",
    )  # fmt: skip
    return list(row_fields(nothing, {}))
