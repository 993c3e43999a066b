"""From a file or a stream to the reader of its format; whatever goes wrong becomes a RecordError."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import BinaryIO

from dedup.errors import InputError
from dedup.model import Article, RecordError
from dedup.read import compressed, json_document, jsonl, text
from dedup.read.formats import Format, Origin
from dedup.read.inputs import File, why
from dedup.read.record import Fields
from dedup.read.stream import MAX_DOCUMENT, lines, read_all

_BUFFER = 1 << 18


class Formats:
    """The formats that are known, by the endings of names."""

    def __init__(self, formats: Sequence[Format]) -> None:
        self._by_ending = {ending: format_ for format_ in formats for ending in format_.endings}

    def ending_of(self, name: str) -> str | None:
        """The known ending of a name, with that of the compression after it, as it is written; or None."""
        begin = name.rfind("/") + 1
        end = len(name)
        packed = self.packed(name)
        if packed is not None:
            end -= len(packed)
        dot = name.rfind(".", begin, end)
        return name[dot:] if dot > begin and name[dot:end].lower() in self._by_ending else None

    def packed(self, name: str) -> str | None:
        """The ending of the compression, or None."""
        ending = os.path.splitext(name)[1].lower()  # noqa: PTH122
        return ending if ending in compressed.OPENERS else None

    def of(self, name: str) -> Format | None:
        """The format that a name tells, or None."""
        ending = self.ending_of(name)
        return None if ending is None else self._by_ending["." + ending.split(".")[1].lower()]

    def read_file(self, file: File, fields: Fields) -> Iterator[Article | RecordError]:
        """The records of a file. What the system or the reader has against it is one RecordError."""
        origin = Origin(file.name, file.id, fields)
        try:
            with _open(file.path) as stream:
                packed = self.packed(file.path)
                format_ = self.of(file.path)
                if packed is None:
                    yield from sniff(stream, origin) if format_ is None else format_.read(stream, origin)
                    return
                bytes_ = os.fstat(stream.fileno()).st_size
                with compressed.expand(stream, packed, bytes_) as expanded:
                    yield from sniff(expanded, origin) if format_ is None else format_.read(expanded, origin)
        except (InputError, OSError) as error:
            yield RecordError(file.name, None, why(error))


def _open(path: str) -> BinaryIO:
    """Open a file, or a pipe such as the shell's <(...); a FIFO that nobody writes to is empty, at once."""
    stream = open(path, "rb", _BUFFER, opener=_at_once)  # noqa: SIM115
    if stat.S_ISFIFO(os.fstat(stream.fileno()).st_mode):
        os.set_blocking(stream.fileno(), True)
    return stream


def _at_once(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def read_stdin(stream: BinaryIO, fields: Fields) -> Iterator[Article | RecordError]:
    """The records of stdin, as they come.

    It has no path, so what brings neither id nor url is named by a digest of its text: another stream's text
    must not be taken for another version of this one's.
    """
    try:
        for found in sniff(stream, Origin("-", "stdin", fields)):
            if isinstance(found, Article) and (found.id == "stdin" or found.id.startswith("stdin#")):
                digest = hashlib.blake2b(found.text.encode(), digest_size=6).hexdigest()
                yield replace(found, id=f"{found.id}-{digest}")
            else:
                yield found
    except (InputError, OSError) as error:
        yield RecordError("-", None, why(error))


def sniff(stream: BinaryIO, origin: Origin) -> Iterator[Article | RecordError]:
    """Read a stream whose name tells nothing, by its first line that is not blank.

    `{` begins JSON lines (but a line that is `{` alone, one JSON object over several lines), `[` begins JSON;
    all else is one text.
    """
    head = []
    line: bytes | None = b""
    source = lines(stream)
    for line in source:
        head.append(line)
        if line is None or line.strip():
            break
    start = (line or b"").removeprefix(b"\xef\xbb\xbf").strip()
    if line is None or (start.startswith(b"{") and start != b"{"):
        return jsonl.records(chain(head, source), stream, origin)
    data = b"".join(part for part in head if part is not None)
    if start.startswith((b"{", b"[")):
        return json_document.document(data + read_all(stream, MAX_DOCUMENT), origin)
    if start.startswith(b"\x1f\x8b"):
        raise InputError("compressed: pipe it through zcat, or give it a name that ends in .gz")
    return iter([text.article(data + read_all(stream), origin)])
