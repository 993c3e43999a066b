"""JSON lines from a pipe that stays open: the lines that are there, as soon as they are there."""

from __future__ import annotations

import codecs
import os
import select
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from dedup.model import Article, RecordError
from dedup.read import jsonl
from dedup.read.formats import Origin, named_by_text
from dedup.read.inputs import shown
from dedup.read.record import Fields, kind
from dedup.read.stream import MAX_RECORD, size

MEMBER: Final = "dedup"
"""The member of a line that holds its verdict."""
_CHUNK: Final = 1 << 18
_BYTES: Final = 32 << 20
"""Bytes of a batch, about: it ends there, however few its lines."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the input, without its line feed, and what it is.

    `data` is None where the line is too long to be held, `record` None where it is blank. `is_object` says
    that it is a JSON object (whether or not it makes an article), `has` that it has the MEMBER.
    """

    data: bytes | None
    record: Article | RecordError | None
    is_object: bool = False
    has: bool = False


class Lines:
    """The lines of a file descriptor.

    `fields` are as in `read`; `watched`, another descriptor (the output), ends the wait for more input with
    BrokenPipeError when nobody reads it any longer. Lines of more than `limit` bytes are skipped. `idle` is
    entered wherever input is waited for, and may end the wait by an exception: then nothing is lost.
    """

    def __init__(
        self,
        descriptor: int,
        *,
        name: str = "-",
        fields: Mapping[str, str] | None = None,
        watched: int | None = None,
        limit: int = MAX_RECORD,
        idle: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._descriptor = descriptor
        self._idle = idle
        self._name = shown(name)
        self._ident = "stdin" if name == "-" else shown(Path(name).stem)
        self._origin = Origin(self._name, self._ident, Fields(fields))
        self._limit = limit
        self._ready: deque[bytes | None] = deque()
        self._rest: list[bytes] = []
        self._rest_size = 0
        self._ended = False
        self._number = 0
        self._poll = select.poll()
        self._poll.register(descriptor, select.POLLIN)
        if watched is not None:
            self._poll.register(watched, 0)

    def batch(self, most: int, least: int = 1) -> list[bytes | None]:
        """The lines that are there, at most `most`; waits until there are `least` of them, or the input ends.

        None stands for a line that is too long. Nothing is left when this is empty. Call `parse` on each.
        """
        while not self._ended and len(self._ready) < most:
            enough = len(self._ready) >= least or sum(map(len, filter(None, self._ready))) >= _BYTES
            if not self._wait(None if not enough else 0):
                break
            self._read()
        taken: list[bytes | None] = []
        total = 0
        while self._ready and len(taken) < most and total < _BYTES:
            taken.append(self._ready.popleft())
            total += len(taken[-1] or b"")
        return taken

    def taken(self) -> list[bytes | None]:
        """The whole lines that were read and not given: what has been taken out of a pipe nobody else has."""
        taken = [*self._ready]
        self._ready.clear()
        return taken

    def _wait(self, milliseconds: int | None) -> bool:
        """Whether there is something to read, or the end."""
        with self._idle():
            events = self._poll.poll(milliseconds)
        for descriptor, event in events:
            if descriptor == self._descriptor:
                return True
            if event & (select.POLLERR | select.POLLHUP):
                raise BrokenPipeError
        return False

    def _read(self) -> None:
        try:
            chunk = os.read(self._descriptor, _CHUNK)
        except BlockingIOError:  # somebody has made the pipe non-blocking, and another reader was faster
            return
        self._ended = not chunk
        first, *more = chunk.split(b"\n")
        self._rest_size += len(first)
        if self._rest_size <= self._limit:
            self._rest.append(first)
        else:
            self._rest.clear()
        if more or (self._ended and self._rest_size):
            self._ready.append(b"".join(self._rest) if self._rest_size <= self._limit else None)
            self._rest = [more[-1]] if more else []
            self._rest_size = len(more[-1]) if more else 0
            self._ready.extend(line if len(line) <= self._limit else None for line in more[:-1])

    def parse(self, data: bytes | None) -> Line:
        """What a line is; call it once for each, in order, for it counts them."""
        self._number += 1
        number = self._number
        if data is None:
            return Line(None, RecordError(self._name, number, f"a line of more than {size(self._limit)}"))
        json = data.removeprefix(codecs.BOM_UTF8) if number == 1 else data
        try:
            value = orjson.loads(json)
        except orjson.JSONDecodeError as error:
            if not json.strip(b" \t\r"):
                return Line(data, None)
            value = jsonl.nonstandard(json)
            if value is None:
                return Line(data, RecordError(self._name, number, jsonl.reason(json.rstrip(), error)))
        if type(value) is not dict:
            return Line(data, RecordError(self._name, number, f"{kind(value)}, not an object"))
        article = self._article(value, number)
        return Line(data, article, is_object=True, has=MEMBER in value)

    def _article(self, record: dict[str, Any], number: int) -> Article | RecordError:
        article = self._origin.fields.article(record, self._name, number, self._ident)
        if isinstance(article, RecordError):
            article = jsonl.in_ninjs(record, self._origin, number) or article
        if isinstance(article, Article) and article.id == f"{self._ident}#{number}":
            return named_by_text(article)  # tomorrow's line 7 of a file of this name may be another, too
        return article
