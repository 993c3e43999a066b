"""Bytes from a stream, never more at once than the limits allow."""

from __future__ import annotations

import io
from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from dedup.errors import InputError

MAX_RECORD: Final = 128 << 20
"""Bytes of one line or one text: beyond this it is reported and skipped, so that memory stays bounded."""
MAX_DOCUMENT: Final = 1 << 30
"""Bytes of one document that must be held as a whole: a JSON array, a page, a feed."""


class Made(io.RawIOBase):
    """A stream whose bytes are made of others."""

    @abstractmethod
    def take(self, most: int) -> bytes:
        """The next bytes, `most` of them at most, none at the end."""

    def readable(self) -> bool:
        """As io has it."""
        return True

    def readinto(self, buffer: Any) -> int:
        """As io has it."""
        data = self.take(len(buffer))
        buffer[: len(data)] = data
        return len(data)


class Joined(Made):
    """What was read of a stream already, and then the rest of it."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self._head = head
        self._stream = stream

    def take(self, most: int) -> bytes:
        """As for all that are made."""
        data = self._head[:most] or self._stream.read(most)
        self._head = self._head[len(data) :]
        return data


def read_all(stream: BinaryIO, limit: int = MAX_RECORD) -> bytes:
    """All bytes of a stream; InputError beyond `limit`."""
    parts = []
    left = limit + 1
    step = 1 << 16  # an article mostly is no larger; asking for more costs more than reading it
    while left > 0 and (part := stream.read(min(left, step))):
        parts.append(part)
        left -= len(part)
        step = 1 << 20
    if left <= 0:
        raise InputError(f"larger than {size(limit)}")
    return parts[0] if len(parts) == 1 else b"".join(parts)


def read_some(stream: BinaryIO, count: int) -> bytes:
    """The first bytes of a stream: `count` of them, or all if they are fewer."""
    parts = []
    while count > 0 and (part := stream.read(count)):
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def lines(stream: BinaryIO, limit: int = MAX_RECORD) -> Iterator[bytes | None]:
    """The lines of a stream with their ends, one for each; None for a line of more than `limit` bytes."""
    readline = stream.readline
    while line := readline(limit + 1):
        if len(line) <= limit:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = readline(1 << 20)
        yield None


def size(count: int) -> str:
    """A number of bytes for people."""
    unit, name = next(
        (u, n) for u, n in ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"), (1, "B")) if count >= u
    )
    return f"{count / unit:.3g} {name}"
