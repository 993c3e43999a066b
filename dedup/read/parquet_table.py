"""Parquet and Arrow (Feather) files, by pyarrow: a row is a record."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO, Final

from dedup.errors import InputError
from dedup.model import Article, RecordError
from dedup.read.formats import Format, Origin, needed
from dedup.read.stream import MAX_DOCUMENT, read_all

_ROWS: Final = 1024


def parquet(stream: BinaryIO, origin: Origin) -> Iterator[Article | RecordError]:
    """The rows of a Parquet file; only the columns that an article needs are read."""
    library = needed("pyarrow.parquet", "parquet")
    wrong = needed("pyarrow", "parquet").ArrowException
    try:
        file = library.ParquetFile(_seekable(stream))
        columns = origin.fields.used(file.schema_arrow.names)
        batches = file.iter_batches(_ROWS, columns=columns, use_threads=False)
        yield from _records(batches, origin)
    except wrong as error:
        raise InputError(f"damaged or not Parquet: {_line(error)}") from None


def arrow(stream: BinaryIO, origin: Origin) -> Iterator[Article | RecordError]:
    """The rows of an Arrow file (Feather 2)."""
    library = needed("pyarrow.ipc", "parquet")
    wrong = needed("pyarrow", "parquet").ArrowException
    try:
        file = library.open_file(_seekable(stream))
        columns = origin.fields.used(file.schema.names)
        batches = (file.get_batch(i).select(columns) for i in range(file.num_record_batches))
        yield from _records(batches, origin)
    except wrong as error:
        raise InputError(f"damaged or not Arrow: {_line(error)}") from None


def _records(batches: Iterator[Any], origin: Origin) -> Iterator[Article | RecordError]:
    number = 0
    for batch in batches:
        names = batch.schema.names
        for row in zip(*map(_values, batch.columns), strict=True):
            number += 1
            record = dict(zip(names, row, strict=True))
            found = origin.fields.article(record, origin.name, None, f"{origin.id}#{number}")
            if isinstance(found, RecordError):
                found = RecordError(origin.name, None, f"row {number}: {found.reason}")
            yield found
    if not number:
        raise InputError("no rows")


def _values(column: Any) -> list[Any]:
    """The values of a column. Moments go by microseconds: pyarrow's own way takes ten times as long."""
    types = needed("pyarrow.types", "parquet")
    if not types.is_timestamp(column.type):
        values: list[Any] = column.to_pylist()
        return values
    arrow = needed("pyarrow", "parquet")
    exact = column.cast(arrow.timestamp("us", column.type.tz), safe=False).cast(arrow.int64())
    return [None if moment is None else _moment(moment) for moment in exact.to_pylist()]


def _moment(microseconds: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(microseconds / 1e6, UTC)
    except (ValueError, OverflowError, OSError):  # beyond what a datetime can say
        return None


def _seekable(stream: BinaryIO) -> BinaryIO:
    """The stream, or all of its bytes where it cannot seek: these formats are read from the end."""
    return stream if stream.seekable() else io.BytesIO(read_all(stream, MAX_DOCUMENT))


def _line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:120]


PARQUET = Format("Parquet", (".parquet", ".pq"), parquet)
ARROW = Format("Arrow", (".arrow", ".feather"), arrow)
