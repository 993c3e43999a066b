"""Arrow batches <-> the arrays and values of the stages. Only what runs on Spark's workers imports it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.arrays.ragged import offsets_of
from dedup.index.runs.tables import Table
from dedup.model import Article

POSTINGS = (
    "bucket long, first long, part int, keys binary, lengths binary, numbers binary, totals binary,"
    " issues binary"
)
"""Posting lists, packed: those of the keys of one part, of articles of one bucket from number `first` on.

With each article of a list comes its issue (see index.spread).
"""

SKETCH = (
    "number long, id string, source string, published string, title string, url string, path string,"
    " line long, byline string, language string, text string, digest binary, words long,"
    " keys binary, lines binary, inner binary"
)
"""An article with its keys (uint64, side by side), and the lines of it that are counted (uint64, uint8)."""


def of_group(function: Callable[..., Any], **given: Any) -> Callable[[Any], Any]:
    """The function of one table that Spark calls for each group; Spark has no understanding of partials."""
    return lambda rows: function(rows, **given)


def of_two(function: Callable[..., Any], **given: Any) -> Callable[[Any, Any], Any]:
    """The function of two tables that Spark calls for each group of two DataFrames."""
    return lambda left, right: function(left, right, **given)


def column(batch: Any, name: str, kind: Any = np.int64) -> NDArray[Any]:
    """A column of numbers without nulls."""
    values = batch.column(name)
    found = (
        values.to_numpy() if isinstance(values, pa.ChunkedArray) else values.to_numpy(zero_copy_only=False)
    )
    return np.ascontiguousarray(found, dtype=kind)


def lists(batch: Any, name: str, kind: Any) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """A column of packed arrays: offsets, and the values side by side."""
    rows = [np.frombuffer(row, kind) for row in batch.column(name).to_pylist()]
    return offsets_of(map(len, rows)), np.concatenate(rows) if rows else np.empty(0, kind)


def packed(table: Table, issues: NDArray[np.int64], begin: int, end: int) -> dict[str, bytes]:
    """The lists from `begin` to `end` of a table, and the issues of its articles, as binary values."""
    offsets = table.offsets[begin : end + 1]
    return {
        "keys": table.keys[begin:end].tobytes(),
        "lengths": np.diff(offsets).astype(np.uint8).tobytes(),
        "numbers": table.numbers[offsets[0] : offsets[-1]].tobytes(),
        "totals": table.totals[begin:end].tobytes(),
        "issues": issues[offsets[0] : offsets[-1]].tobytes(),
    }


def unpacked(rows: Any) -> tuple[Table, NDArray[np.int64], NDArray[np.int64]]:
    """The lists of packed rows side by side, the issues of their articles, and how many each row has."""
    offsets, keys = lists(rows, "keys", np.uint64)
    _, lengths = lists(rows, "lengths", np.uint8)
    _, numbers = lists(rows, "numbers", np.int64)
    _, totals = lists(rows, "totals", np.int64)
    places = np.zeros(len(keys) + 1, np.int64)
    np.cumsum(lengths, out=places[1:])
    _, issues = lists(rows, "issues", np.int64)
    return Table(keys, places, numbers, totals), issues, np.diff(offsets)


def small(spark: Any, rows: Sequence[Mapping[str, object]], schema: Any) -> Any:
    """A DataFrame of rows that the driver has. Of a list, Spark would make one in Python workers."""
    return spark.createDataFrame(pa.Table.from_pylist([dict(row) for row in rows], schema))


def batch_of(rows: Sequence[Mapping[str, object]], schema: Any) -> Any:
    """Rows as a record batch."""
    return pa.RecordBatch.from_pylist([dict(row) for row in rows], schema)


def schema_of(description: str) -> Any:
    """The Arrow schema of a Spark schema of plain columns."""
    kinds = {
        "long": pa.int64(), "int": pa.int32(), "float": pa.float32(), "double": pa.float64(),
        "string": pa.string(), "binary": pa.binary(), "boolean": pa.bool_(),
    }  # fmt: skip
    pairs = (part.split() for part in description.split(","))
    return pa.schema([(name, kinds[kind]) for name, kind in pairs])


def articles_of(rows: Sequence[Mapping[str, Any]]) -> list[Article]:
    """The articles of rows of a sketches data set, as far as the columns are there."""
    found = []
    for row in rows:
        when = row.get("published")
        found.append(
            Article(
                id=row["id"],
                text=row.get("text") or "",
                source=row.get("source"),
                published=datetime.fromisoformat(when) if when else None,
                title=row.get("title"),
                url=row.get("url"),
                path=row.get("path"),
                line=row.get("line"),
                byline=row.get("byline"),
                language=row.get("language"),
            )
        )
    return found
