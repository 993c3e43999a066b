"""Bytes from a stream, never more at once than the limits allow; and bytes to text."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import BinaryIO, Final

from dedup.errors import InputError

MAX_RECORD: Final = 128 << 20
"""Bytes of one line or one text: beyond this it is reported and skipped, so that memory stays bounded."""
MAX_DOCUMENT: Final = 1 << 30
"""Bytes of one document that must be held as a whole: a JSON array, a page, a feed."""

_BOMS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


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


def decode(data: bytes) -> str:
    """The text of UTF-8 bytes, or of UTF-16 or UTF-32 where a byte order mark says so; or InputError."""
    encoding = encoding_of(data)
    if encoding == "utf-8":
        data = data.removeprefix(codecs.BOM_UTF8)
        if (at := data.find(b"\0")) >= 0:
            raise InputError(f"a NUL at byte {at}: this is not a text file")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(not_decodable(error)) from None
    if "\0" in text:
        raise InputError(f"a NUL at character {text.index(chr(0))}: this is not a text file")
    return text


def encoding_of(head: bytes) -> str:
    """The encoding that a byte order mark names, or utf-8."""
    return next((encoding for bom, encoding in _BOMS if head.startswith(bom)), "utf-8")


def not_decodable(error: UnicodeDecodeError) -> str:
    """The reason to give for bytes that are not text."""
    name = "UTF-8" if error.encoding == "utf-8" else error.encoding.upper()
    if name != "UTF-8" and error.reason in ("truncated data", "unexpected end of data"):
        return f"not valid {name}: it breaks off at byte {error.start}"
    return f"not valid {name}: byte {error.start} is 0x{error.object[error.start]:02x}"


def size(count: int) -> str:
    """A number of bytes for people."""
    unit, name = next(
        (u, n) for u, n in ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"), (1, "B")) if count >= u
    )
    return f"{count / unit:.3g} {name}"
