"""JSON: a file is a list of records, an object that holds such a list, or one record."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from typing import Any, BinaryIO

import orjson

from dedup.errors import InputError
from dedup.model import Article, RecordError
from dedup.read import jsonl
from dedup.read.formats import Format, Origin
from dedup.read.stream import MAX_DOCUMENT, decode, encoding_of, read_all


def read(stream: BinaryIO, origin: Origin) -> Iterator[Article | RecordError]:
    """The records of a document; what is JSON lines under this ending is read as that."""
    return document(read_all(stream, MAX_DOCUMENT), origin)


def document(data: bytes, origin: Origin) -> Iterator[Article | RecordError]:
    """The records of the bytes of a document."""
    if encoding_of(data) != "utf-8":
        data = decode(data).encode()
    data = data.removeprefix(codecs.BOM_UTF8)
    if not data or data.isspace():
        raise InputError("empty")
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        if not _is_lines(data):
            raise InputError(jsonl.reason(data, error)) from None
        yield from jsonl.read(io.BytesIO(data), origin)
        return
    if isinstance(value, dict):
        held = _held(value, origin)
        if held is None:
            yield origin.fields.article(value, origin.name, None, origin.id)
            return
        value = held
    if not isinstance(value, list):
        raise InputError(f"{jsonl.kind(value)}, neither an object nor a list of objects")
    if not value:
        raise InputError("an empty list")
    for number, record in enumerate(value, 1):
        yield _numbered(record, number, origin)


def _numbered(record: Any, number: int, origin: Origin) -> Article | RecordError:
    """The article of one of many records; an error says which, for a document has no lines to speak of."""
    if not isinstance(record, dict):
        return RecordError(origin.name, None, f"record {number}: {jsonl.kind(record)}, not an object")
    found = origin.fields.article(record, origin.name, None, f"{origin.id}#{number}")
    if isinstance(found, RecordError):
        return RecordError(origin.name, None, f"record {number}: {found.reason}")
    return found


def _held(value: dict[str, Any], origin: Origin) -> list[Any] | None:
    """The only list of objects in an object that is not itself an article: {"articles": [...]}."""
    if isinstance(origin.fields.article(value, origin.name, None, origin.id), Article):
        return None
    lists = [v for v in value.values() if isinstance(v, list) and v and isinstance(v[0], dict)]
    return lists[0] if len(lists) == 1 else None


def _is_lines(data: bytes) -> bool:
    """Whether the first of several lines is an object by itself."""
    first, end, _rest = data.lstrip().partition(b"\n")
    try:
        return bool(end) and isinstance(orjson.loads(first), dict)
    except orjson.JSONDecodeError:
        return False


FORMAT = Format("JSON", (".json",), read)
