"""CSV and TSV: the first row names the fields, every other row is a record."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from dedup.errors import InputError
from dedup.model import Article, RecordError
from dedup.patterns import pattern
from dedup.read.encodings import detect, encoding_of, meant
from dedup.read.formats import Format, Origin
from dedup.read.inputs import brief
from dedup.read.record import Fields
from dedup.read.stream import MAX_RECORD, Joined, read_some, size

_HEAD: Final = 1 << 18
"""Bytes that the encoding is told by, where no byte order mark tells it."""
_DELIMITERS: Final = ",;\t|"
_LONGEST_NAME: Final = 40
_NAMED: Final = pattern(r"sep=([^\w\s\"]|\t)\r?\n?", re.IGNORECASE)
"""A first line by which Excel is told the delimiter, and which is no header."""
_FIELD: Final = 64 << 20
"""Characters of one field, which the csv module holds in four bytes each."""


def read(stream: BinaryIO, origin: Origin) -> Iterator[Article | RecordError]:
    """One article or error for each row that is not blank.

    The delimiter is the comma, semicolon, tab or bar that the first line has most of. Undecodable bytes make
    an error of their own row only, so they are carried along as surrogates until then.
    """
    csv.field_size_limit(_FIELD)  # of the whole process; the default would refuse a long article
    head = read_some(stream, _HEAD)
    encoding = encoding_of(head)
    if encoding == "utf-8" and not head.startswith(codecs.BOM_UTF8):
        encoding, guessed = _encoding(head, origin)
        origin = origin.guessed(guessed)
    encoding = "utf-8-sig" if encoding == "utf-8" else encoding
    with io.TextIOWrapper(
        io.BufferedReader(Joined(head, stream), 1 << 18), encoding, "surrogateescape", newline=""
    ) as text:
        first = text.readline(1 << 20)
        named = _NAMED.fullmatch(first)
        skipped = 0 if named is None else 1
        if named is not None:
            first = text.readline(1 << 20)
        if not first.strip():
            raise InputError("empty" if not first else "no header: the first line is blank")
        lines = _Lines(first, text)
        rows = csv.reader(lines, delimiter=named[1] if named else _delimiter(first))
        names = [name.strip() for name in next(rows)]
        origin.fields.used(names)
        yield from _records(rows, lines, names, origin, skipped)


def begins(line: bytes, fields: Fields) -> bool:
    """Whether a first line has the names of columns: of a text, and of another part of articles."""
    first = line.removeprefix(codecs.BOM_UTF8).decode("latin-1").strip()
    names = [name.strip(' "') for name in first.split(_delimiter(first))]
    if len(names) < 2 or max(map(len, names)) > _LONGEST_NAME:  # as most lines of prose
        return False
    parts = fields.parts(names)
    return bool(parts["text"]) and sum(map(bool, parts.values())) > 1


def _delimiter(header: str) -> str:
    return max(_DELIMITERS, key=header.count)


def _encoding(head: bytes, origin: Origin) -> tuple[str, str | None]:
    """The encoding of a table that begins like this, and the same again if it was guessed.

    One that is damaged UTF-8 is UTF-8: its rows that cannot be decoded are errors of their own.
    """
    if origin.encoding is not None:
        return origin.encoding, None
    if origin.declared is not None and (said := meant(origin.declared)) not in (None, "utf-8"):
        return said, None
    whole = head[: head.rfind(b"\n") + 1] or head
    try:
        whole.decode()
    except UnicodeDecodeError as error:
        try:
            guessed = detect(whole, error)
        except InputError:
            return "utf-8", None
        return guessed, guessed
    return "utf-8", None


def _records(
    rows: csv._reader,  # type: ignore[name-defined]
    lines: _Lines,
    names: list[str],
    origin: Origin,
    skipped: int,
) -> Iterator[Article | RecordError]:
    empty = True
    while True:
        line = rows.line_num + 1 + skipped
        try:
            row = next(rows)
        except StopIteration:
            break
        except csv.Error as error:
            empty = False
            reason = (
                f"a field of more than {_FIELD >> 20} million characters" if "limit" in str(error) else error
            )
            yield RecordError(origin.name, line, f"not CSV: {reason}")
            continue
        if not any(row) or _is_header(row, names):
            continue
        empty = False
        if lines.ended:  # there was no line to end this row
            lost = rows.line_num + skipped - line + 1
            rest = f"; with it the file's last {lost} lines are lost" if lost > 1 else ""
            yield RecordError(origin.name, line, f"a quotation mark that is not closed{rest}")
        elif len(row) != len(names):
            reason = f"{len(row)} fields, but the header has {len(names)}: {brief(', '.join(names), 80)}"
            yield RecordError(origin.name, line, reason)
        elif wrong := _undecodable(row):
            yield RecordError(origin.name, line, wrong)
        else:
            yield origin.fields.article(dict(zip(names, row, strict=True)), origin.name, line, origin.id)
    if empty:
        raise InputError("no rows below the header")


def _is_header(row: list[str], names: list[str]) -> bool:
    """Whether a row is the header once more, as where files were put one behind the other."""
    return row == names or (row[0].startswith("\ufeff") and [row[0].lstrip("\ufeff"), *row[1:]] == names)


def _undecodable(row: list[str]) -> str | None:
    for field in row:
        if "\0" in field:
            return f"a NUL in {brief(field)}"
        try:
            field.encode()
        except UnicodeEncodeError as error:
            byte = ord(error.object[error.start]) - 0xDC00
            return f"not valid in the encoding of the file: 0x{byte:02x} in {_around(error)}"
    return None


def _around(error: UnicodeEncodeError) -> str:
    part = error.object[max(0, error.start - 15) : error.start + 15]
    return brief(part.encode("utf-8", "replace").decode())


class _Lines:
    """The lines of a table, the first of which was read already; `ended`, once more are asked for."""

    def __init__(self, first: str, text: io.TextIOWrapper) -> None:
        self.ended = False
        self._first = first
        self._readline = text.readline

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line, self._first = self._first or self._readline(MAX_RECORD), ""
        if not line:
            self.ended = True
            raise StopIteration
        if len(line) == MAX_RECORD:
            raise InputError(f"a line of more than {size(MAX_RECORD)}")
        return line


FORMAT = Format("CSV", (".csv", ".tsv", ".tab"), read)
