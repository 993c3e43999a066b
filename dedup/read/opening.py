"""From a file or a stream to the reader of its format; whatever goes wrong becomes a RecordError."""

from __future__ import annotations

import codecs
import io
import os
import stat
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit

from dedup.errors import InputError
from dedup.model import Article
from dedup.read import archives, compressed, csv_table, json_document, jsonl, signatures, text, xml_document
from dedup.read.formats import Format, Later, Origin, Records, named_by_text
from dedup.read.inputs import File, refused
from dedup.read.stream import MAX_DOCUMENT, Joined, lines, read_all

if TYPE_CHECKING:
    from dedup.read.web import Fetcher

_BUFFER = 1 << 16
_MEDIA = MappingProxyType(
    {
        "text/html": ".html", "application/xml": ".xml", "text/xml": ".xml", "application/json": ".json",
        "text/csv": ".csv", "text/tab-separated-values": ".tsv", "application/x-ndjson": ".jsonl",
        "application/jsonl": ".jsonl", "multipart/related": ".mhtml", "application/warc": ".warc",
    }
)  # fmt: skip
_FAMILIES = (("xhtml+xml", ".html"), ("+xml", ".xml"), ("+json", ".json"))


STREAM = "stdin"
"""What articles of a stream are called, before a digest, that bring no name."""


class Formats:
    """The formats that are known, by the endings of names; of two that claim an ending, the later has it."""

    def __init__(self, formats: Sequence[Format]) -> None:
        every = (*archives.formats(self._read_member), *formats)
        self._by_ending = {ending: format_ for format_ in every for ending in format_.endings}

    def ending_of(self, name: str) -> str | None:
        """The known ending of a name, with that of the compression after it, as it is written; or None."""
        return self._tell(name)[0]

    def _tell(self, name: str) -> tuple[str | None, Format | None, str | None]:
        """The ending of a name as it is written, its format, and the ending of its compression."""
        stem, last = _split(name)
        ending = last.lower()
        if format_ := self._by_ending.get(ending):
            return last, format_, None
        if ending == ".tgz":
            return last, self._by_ending[".tar"], ".gz"
        if ending not in compressed.OPENERS:
            return None, None, None
        inner = _split(stem)[1]
        format_ = self._by_ending.get(inner.lower())
        return inner + last if format_ else None, format_, ending

    def read_file(self, file: File, asked: Origin) -> Records:
        """The records of a file, read as is asked.

        What the system or the reader has against it is one RecordError, whatever that is: a damaged file
        must not keep the others from being read.
        """
        origin = replace(asked, name=file.name, id=file.id)
        try:
            with _open(file.path) as stream:
                found = os.fstat(stream.fileno())
                if stat.S_ISFIFO(found.st_mode):  # <(...) of the shell, whose number names nothing
                    origin = replace(origin, id=STREAM)
                    yield from _by_content(self._read_named(stream, file.path, 0, origin))
                else:
                    yield from self._read_named(stream, file.path, found.st_size, origin)
        except Exception as error:
            yield refused(file.name, error)

    def read_address(self, fetcher: Fetcher, file: File, asked: Origin) -> Records:
        """The records of an address on the web, by the media type of the answer, else by its ending."""
        origin = replace(asked, name=file.name, id=file.id)
        try:
            page = fetcher.get(file.path)
            if page is None:
                return
            path = urlsplit(page.url).path
            ending = _MEDIA.get(page.media) or next(
                (known for tail, known in _FAMILIES if page.media.endswith(tail)), None
            )
            name = f"page{ending}" if ending else path if self.ending_of(path) else "page"
            if ending == ".html":
                origin = replace(origin, url=page.url)
            origin = replace(origin, declared=page.charset)
            yield from self._read_named(io.BytesIO(page.body), name, len(page.body), origin)
        except Exception as error:
            yield refused(file.name, error)

    def read_content(self, content: bytes, file: File, asked: Origin) -> Records:
        """The records of a file whose bytes are at hand, read as is asked."""
        origin = replace(asked, name=file.name, id=file.id)
        try:
            yield from self._read_named(io.BytesIO(content), file.path, len(content), origin)
        except Exception as error:
            yield refused(file.name, error)

    def _read_named(self, stream: BinaryIO, name: str, size: int, origin: Origin) -> Records:
        _, format_, packed = self._tell(name)
        if packed is None:
            yield from _read_as(format_, stream, origin)
        else:
            with compressed.expand(stream, packed, size) as expanded:
                yield from _read_as(format_, expanded, origin)

    def _read_member(
        self, opened: Callable[[], BinaryIO], name: str, size: int, origin: Origin
    ) -> Records | None:
        ending = self.ending_of(name)
        if ending is None:
            return None
        return self._member(opened, name, size, replace(origin, id=origin.id[: -len(ending)]))

    def _member(self, opened: Callable[[], BinaryIO], name: str, size: int, origin: Origin) -> Records:
        try:
            with opened() as stream:
                yield from self._read_named(stream, name, size, origin)
        except (OSError, *archives.DAMAGE):
            raise
        except Exception as error:
            yield refused(origin.name, error)


def _read_as(format_: Format | None, stream: BinaryIO, origin: Origin) -> Records:
    """The records of a stream whose name says its format, or nothing.

    InputError where its first bytes say that it is something else, which would make an error of every line.
    """
    if signatures.is_textual(format_):
        head = signatures.peeked(stream)
        if told := signatures.advice(head):
            raise InputError(told)
        if format_ is jsonl.FORMAT and signatures.is_document(head):
            return json_document.read(stream, origin)
        if format_ is text.FORMAT and _begins_records(head, origin):
            return sniff(stream, origin)
    return sniff(stream, origin) if format_ is None else format_.read(stream, origin)


def _begins_records(head: bytes, origin: Origin) -> bool:
    """Whether these bytes begin records, though the name of their file says text."""
    line, ended, _ = head.partition(b"\n")
    return (
        signatures.is_json(head)
        or xml_document.begins(head)
        or (bool(ended) and csv_table.begins(line, origin.fields))
    )


def _split(name: str) -> tuple[str, str]:
    """A name without its ending, and the ending with its dot; a name that begins with a dot has none."""
    dot = name.rfind(".")
    return (name[:dot], name[dot:]) if dot > name.rfind("/") + 1 else (name, "")


def _open(path: str) -> BinaryIO:
    """Open a file, or a pipe such as the shell's <(...); a FIFO that nobody writes to is empty, at once."""
    stream = open(path, "rb", _BUFFER, opener=_at_once)  # noqa: SIM115
    if stat.S_ISFIFO(os.fstat(stream.fileno()).st_mode):
        os.set_blocking(stream.fileno(), True)
    return stream


def _at_once(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _by_content(records: Records) -> Records:
    """The records of a stream that has no path: what brings neither id nor url is named by its text.

    Another stream's text must not be taken for another version of this one's.
    """
    for record in records:
        found = record.make(*record.given) if isinstance(record, Later) else record
        if isinstance(found, Article) and (found.id == STREAM or found.id.startswith(f"{STREAM}#")):
            yield named_by_text(found)
        else:
            yield found


def read_stdin(stream: BinaryIO, asked: Origin) -> Records:
    """The records of stdin, as they come."""
    try:
        yield from _by_content(sniff(stream, replace(asked, name="-", id=STREAM)))
    except Exception as error:
        yield refused("-", error)


def sniff(stream: BinaryIO, origin: Origin) -> Records:
    """Read a stream whose name tells nothing, by its first line that is not blank.

    `{` begins JSON lines (but a line that is `{` alone, one JSON object over several lines), `[` begins JSON;
    a feed and a table are told by their root and their header; all else is one text.
    """
    head = []
    line: bytes | None = b""
    source = lines(stream)
    for line in source:
        head.append(line)
        if line is None or line.strip():
            break
    start = (line or b"").removeprefix(codecs.BOM_UTF8).strip()
    if line is None or (start.startswith(b"{") and start != b"{"):
        return jsonl.records(chain(head, source), stream, origin)
    data = b"".join(part for part in head if part is not None)
    if start.startswith((b"{", b"[")):
        return json_document.document(data + read_all(stream, MAX_DOCUMENT), origin)
    if told := signatures.advice(data):
        raise InputError(told)
    if start.startswith(b"<"):
        data += read_all(stream)
        if xml_document.begins(data):
            return xml_document.read(io.BytesIO(data), origin)
    elif line is not None and line.endswith(b"\n") and csv_table.begins(line, origin.fields):
        return csv_table.read(io.BufferedReader(Joined(data, stream)), origin)
    return iter([text.record(data + read_all(stream), origin)])
