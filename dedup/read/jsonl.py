"""JSON Lines: a line is a record."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from typing import Any, BinaryIO, Final

import orjson

from dedup.errors import InputError
from dedup.model import Article, RecordError
from dedup.patterns import pattern
from dedup.read import newsroom
from dedup.read.encodings import encoding_of, not_decodable, recoded
from dedup.read.formats import Format, Origin
from dedup.read.record import kind
from dedup.read.stream import MAX_RECORD, lines, size

GIVEN_UP: Final = 1_000
"""Lines that are looked at, if none of them is JSON: a file of another kind is one error, and soon one."""
_HALF: Final = pattern(rb"\\u[dD][89a-fA-F]")
_ESCAPE: Final = pattern(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
"""An escape in JSON: of a pair of surrogates, of one (group 1), or of anything else."""


def read(stream: BinaryIO, origin: Origin) -> Iterator[Article | RecordError]:
    """One article or error for each line that is not blank, as soon as the line is there."""
    return records(lines(stream), stream, origin)


def records(
    source: Iterator[bytes | None], stream: BinaryIO, origin: Origin, *, given_up: int = GIVEN_UP
) -> Iterator[Article | RecordError]:
    """The records of the lines `source`, which come from `stream`.

    InputError where so many lines as `given_up` have passed, and none of them is JSON.
    """
    name, ident, article = origin.name, origin.id, origin.fields.article
    first = next(source, b"")
    encoding = encoding_of(first) if first else "utf-8"
    if encoding == "utf-8" and origin.encoding is not None and not (first or b"").startswith(codecs.BOM_UTF8):
        encoding = origin.encoding
    if first and encoding != "utf-8":
        source = lines(recoded(stream, encoding, first))
    elif first is not None:
        first = first.removeprefix(codecs.BOM_UTF8)
        source = chain(_listed(first) or [first], source)
    else:
        source = chain([None], source)
    loads = orjson.loads
    strange: list[RecordError] | None = []  # what is wrong with the lines so far, while none was JSON
    for number, line in enumerate(source, 1):
        found: Article | RecordError | None = None
        try:
            record = loads(line)  # type: ignore[arg-type]
        except orjson.JSONDecodeError as error:
            record = None if line is None else nonstandard(line)
            if line is None:
                found = RecordError(name, number, f"a line of more than {size(MAX_RECORD)}")
            elif record is None:
                if not line.strip().removeprefix(codecs.BOM_UTF8).strip():
                    continue
                found = _guessed(line, error, origin, number)
            if strange is not None and type(found) is RecordError:
                strange.append(found)
                if len(strange) == given_up:
                    why = strange[0].reason
                    raise InputError(
                        f"not JSON lines: none of the first {given_up:,} is JSON: {why}"
                    ) from None
                continue
        if found is None:
            if type(record) is dict:
                found = article(record, name, number, ident)
                if type(found) is not Article:
                    found = in_ninjs(record, origin, number) or found
            else:
                found = RecordError(name, number, f"{kind(record)}, not an object")
        if strange is not None:
            yield from strange
            strange = None
        yield found
    if strange == []:
        raise InputError("empty")
    yield from strange or ()


def _listed(line: bytes) -> list[bytes]:
    """The records of a first line that is a list of them: a document of JSON under a wrong name."""
    if not line.lstrip().startswith(b"["):
        return []
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError:
        return []
    return [orjson.dumps(each) for each in found] if all(type(each) is dict for each in found) else []


def in_ninjs(record: dict[str, Any], origin: Origin, line: int | None = None) -> Article | RecordError | None:
    """The article of a record whose fields say nothing by their names, if it is a ninjs item."""
    if not newsroom.is_ninjs(record):
        return None
    return origin.own().fields.article(newsroom.ninjs(record), origin.name, line, origin.id)


def _guessed(
    line: bytes, error: orjson.JSONDecodeError, origin: Origin, number: int
) -> Article | RecordError:
    """A line in an encoding that is not UTF-8, if it is JSON but for that; all else is the error it is."""
    if origin.encoding is None and b"\0" not in line and line.lstrip().startswith(b"{"):
        try:
            text, guessed = origin.decode(line)
            record = orjson.loads(_mended(text.encode())) if guessed else None
        except (InputError, orjson.JSONDecodeError):
            record = None
        if type(record) is dict:
            return origin.guessed(guessed).fields.article(record, origin.name, number, origin.id)
    return RecordError(origin.name, number, reason(line.rstrip(), error))


def nonstandard(data: bytes) -> Any:
    """The value of what is JSON but for what some tools write, or None.

    That is NaN and Infinity, which count as null; a byte order mark, which stands where files were put one
    behind the other; and escapes of half a character, each of which counts as U+FFFD.
    """
    mended = _mended(data.removeprefix(codecs.BOM_UTF8))
    if mended != data:
        with suppress(orjson.JSONDecodeError):
            return orjson.loads(mended)
    if b"NaN" not in data and b"Infinity" not in data:
        return None
    try:
        return json.loads(mended.decode(), parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None


def _mended(data: bytes) -> bytes:
    """JSON in which no escape is half a character; all that is in it keeps its place."""
    if not _HALF.search(data):
        return data
    return _ESCAPE.sub(lambda found: b"\\ufffd" if found[1] else found[0], data)


def reason(data: bytes, error: orjson.JSONDecodeError) -> str:
    """Why these bytes are not JSON, and where."""
    try:
        data.decode()
    except UnicodeDecodeError as wrong:
        return not_decodable(wrong)
    try:
        orjson.loads(_mended(data))  # half a character is no reason, nor is what stood after the data
    except orjson.JSONDecodeError as told:
        error = told
    if "end of data" in error.msg:
        return f"not JSON: it breaks off after character {error.pos}"
    where = (
        f"at character {error.pos}" if error.lineno == 1 else f"at line {error.lineno}, column {error.colno}"
    )
    return f"not JSON: {error.msg} {where}"


FORMAT = Format("JSON lines", (".jsonl", ".ndjson", ".jsonlines"), read)
