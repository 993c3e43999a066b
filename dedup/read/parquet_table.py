"""Parquet and Arrow (Feather) files, by pyarrow: a row is a record."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC
from itertools import repeat
from typing import Any, BinaryIO, Final

from dedup.errors import InputError
from dedup.extras import needed
from dedup.model import Article, RecordError
from dedup.read.compressed import limit_of
from dedup.read.formats import Format, Origin
from dedup.read.stream import MAX_DOCUMENT, read_all, size

_ROWS: Final = 1024
_BATCH: Final = 256 << 20
"""Bytes that a batch of rows may come to. Each may repeat the longest value of its column's dictionary."""


def parquet(stream: BinaryIO, origin: Origin) -> Iterator[Article | RecordError]:
    """The rows of a Parquet file; only the columns that an article needs are read."""
    library = needed("pyarrow.parquet", "parquet")
    wrong = needed("pyarrow", "parquet").ArrowException
    try:
        source = _source(stream)
        file = library.ParquetFile(source)
        columns = origin.fields.used(file.schema_arrow.names)
        rows = _rows(file.metadata, source)
        batches = file.iter_batches(rows, columns=columns, use_threads=False)
        yield from _records(_bounded(batches, source.size()), origin)
    except wrong as error:
        raise InputError(f"damaged or not Parquet: {_line(error)}") from None


def arrow(stream: BinaryIO, origin: Origin) -> Iterator[Article | RecordError]:
    """The rows of an Arrow file (Feather 2)."""
    library = needed("pyarrow.ipc", "parquet")
    wrong = needed("pyarrow", "parquet").ArrowException
    try:
        source = _source(stream)
        file = library.open_file(source)
        columns = origin.fields.used(file.schema.names)
        batches = (_validated(file.get_batch(i).select(columns)) for i in range(file.num_record_batches))
        yield from _records(_bounded(batches, source.size()), origin)
    except wrong as error:
        raise InputError(f"damaged or not Arrow: {_line(error)}") from None


def _validated(batch: Any) -> Any:
    """The same batch, looked through: its offsets are those of the file, and may lead out of memory."""
    batch.validate(full=True)
    return batch


def _rows(metadata: Any, source: Any) -> int:
    """How many rows may be taken at once: a few KB of a file can stand for a GB in each of them."""
    longest = 1
    for group in range(metadata.num_row_groups):
        for column in range(metadata.num_columns):
            chunk = metadata.row_group(group).column(column)
            if chunk.has_dictionary_page:
                longest = max(longest, _page_size(source.read_at(16, chunk.dictionary_page_offset)))
    return max(1, min(_ROWS, _BATCH // longest))


def _page_size(header: bytes) -> int:
    """The bytes of a page when it is unpacked, from the Thrift of its header: its kind, then this number."""
    size_, shift = 0, 0
    for byte in header[3:8]:
        size_ |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            break
    return size_ >> 1


def _bounded(batches: Iterator[Any], packed: int) -> Iterator[Any]:
    """The same batches; InputError once they are more than so small a file may come to."""
    left = limit = limit_of(packed)
    for batch in batches:
        left -= batch.nbytes
        if left < 0:
            raise InputError(f"expands to more than {size(limit)}: refused as a decompression bomb")
        yield batch


def _records(batches: Iterator[Any], origin: Origin) -> Iterator[Article | RecordError]:
    number = 0
    article, name, ident = origin.fields.row, origin.name, origin.id
    for batch in batches:
        names = tuple(batch.schema.names)
        for row in zip(*map(_values, batch.columns), repeat(None)):
            number += 1
            found = article(names, row, name, None, f"{ident}#{number}")
            if isinstance(found, RecordError):
                found = replace(found, reason=f"row {number}: {found.reason}")
            yield found
    if not number:
        raise InputError("no rows")


def _values(column: Any) -> list[Any]:
    """The values of a column. Strings and moments go by numpy: pyarrow's own way takes many times as long."""
    arrow = needed("pyarrow", "parquet")
    types = needed("pyarrow.types", "parquet")
    values: list[Any]
    if types.is_dictionary(column.type):  # rows share the strings, which may be long
        values = [*_values(column.dictionary), None]
        return [values[-1 if index is None else index] for index in column.indices.to_pylist()]
    if types.is_string(column.type) or types.is_large_string(column.type):
        try:
            values = column.to_numpy(zero_copy_only=False).tolist()
        except (arrow.ArrowException, ValueError):
            column = column.cast(arrow.large_binary())  # one of them is not UTF-8
        else:
            return values
    if types.is_timestamp(column.type):
        with suppress(arrow.ArrowInvalid):  # beyond all that a number can say
            exact = column.cast(arrow.timestamp("us", column.type.tz), safe=column.type.unit != "ns")
            values = exact.to_numpy(zero_copy_only=False).tolist()
            if int not in set(map(type, values)):  # beyond all that a datetime can
                return [None if moment is None else moment.replace(tzinfo=UTC) for moment in values]
    try:
        values = column.to_pylist()
    except (ValueError, OverflowError):
        values = [_value(cell) for cell in column]
    return [_decoded(value) for value in values] if bytes in set(map(type, values)) else values


def _value(cell: Any) -> Any:
    """A value by itself; what is told of it where Python has nothing for it: a day of the year 100,000."""
    try:
        return cell.as_py()
    except (ValueError, OverflowError):
        return cell.cast(needed("pyarrow", "parquet").string()).as_py()


def _decoded(value: Any) -> Any:
    """The string of bytes that are UTF-8, as columns without a type hold it; all else as it is."""
    try:
        return value.decode() if isinstance(value, bytes) else value
    except UnicodeDecodeError:
        return value


def _source(stream: BinaryIO) -> Any:
    """What pyarrow can read without asking Python for each piece: the file itself, else all of its bytes."""
    arrow = needed("pyarrow", "parquet")
    if isinstance(stream, io.BufferedReader) and isinstance(stream.raw, io.FileIO) and stream.seekable():
        return arrow.OSFile(stream.name)
    return arrow.BufferReader(read_all(stream, MAX_DOCUMENT))


def _line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:120]


PARQUET = Format("Parquet", (".parquet", ".pq"), parquet)
ARROW = Format("Arrow", (".arrow", ".feather"), arrow)
