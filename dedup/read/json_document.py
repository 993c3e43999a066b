"""JSON: a file is a list of records, an object that holds such a list, one record, a JSON Feed or ninjs."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, BinaryIO

import orjson

from dedup.errors import InputError
from dedup.model import Article, RecordError
from dedup.read import feeds, jsonl, newsroom
from dedup.read.encodings import encoding_of, is_utf8
from dedup.read.formats import Format, Origin
from dedup.read.record import kind
from dedup.read.stream import MAX_DOCUMENT, read_all


def read(stream: BinaryIO, origin: Origin) -> Iterator[Article | RecordError]:
    """The records of a document; what is JSON lines under this ending is read as that."""
    return document(read_all(stream, MAX_DOCUMENT), origin)


def document(data: bytes, origin: Origin) -> Iterator[Article | RecordError]:
    """The records of the bytes of a document."""
    if encoding_of(data) != "utf-8" or origin.encoding not in (None, "utf-8"):
        data = origin.decode(data).text.encode()
    data = data.removeprefix(codecs.BOM_UTF8)
    if not data or data.isspace():
        raise InputError("empty")
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        value = jsonl.nonstandard(data)
        if value is None:
            if _is_lines(data):
                yield from jsonl.read(io.BytesIO(data), replace(origin, encoding=None))
            elif origin.encoding is None and not is_utf8(data):
                text, guessed = origin.decode(data)
                yield from document(text.encode(), origin.guessed(guessed))
            else:
                raise InputError(jsonl.reason(data, error)) from None
            return
    if isinstance(value, dict):
        if feeds.is_json_feed(value):
            yield from numbered(list(feeds.json_feed(value)), origin.own())
            return
        if newsroom.is_ninjs(value):
            yield origin.own().fields.article(newsroom.ninjs(value), origin.name, None, origin.id)
            return
        held = _held(value, origin)
        if held is None:
            yield origin.fields.article(value, origin.name, None, origin.id)
            return
        value = held
    if not isinstance(value, list):
        raise InputError(f"{kind(value)}, neither an object nor a list of objects")
    if not value:
        raise InputError("an empty list")
    yield from numbered(value, origin)


def numbered(records: list[Any], origin: Origin) -> Iterator[Article | RecordError]:
    """The articles of the records of a document; an error says which, for there are no lines to speak of."""
    for number, record in enumerate(records, 1):
        if not isinstance(record, dict):
            yield RecordError(origin.name, None, f"record {number}: {kind(record)}, not an object")
            continue
        found = origin.fields.article(record, origin.name, None, f"{origin.id}#{number}")
        if isinstance(found, RecordError):
            found = jsonl.in_ninjs(record, origin) or found
        if isinstance(found, RecordError):
            found = replace(found, line=None, reason=f"record {number}: {found.reason}")
        yield found


def _held(value: dict[str, Any], origin: Origin) -> list[Any] | None:
    """The only list of objects in an object that is not itself an article: {"articles": [...]}."""
    while not origin.fields.has_text(value):
        lists = [v for v in value.values() if isinstance(v, list) and v and isinstance(v[0], dict)]
        inner = [v for v in value.values() if isinstance(v, dict)]
        if lists or len(inner) != 1:
            return lists[0] if len(lists) == 1 else None
        value = inner[0]  # {"response": {"status": ..., "results": [...]}}
    return None


def _is_lines(data: bytes) -> bool:
    """Whether the first of several lines is an object by itself."""
    first, end, _rest = data.lstrip().partition(b"\n")
    try:
        value = orjson.loads(first)
    except orjson.JSONDecodeError:
        value = jsonl.nonstandard(first)
    return bool(end) and isinstance(value, dict)


FORMAT = Format("JSON", (".json",), read)
