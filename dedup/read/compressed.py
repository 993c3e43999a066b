"""Compressed streams, with a limit on what they may expand to."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, BinaryIO, Final, cast

from dedup.errors import InputError
from dedup.extras import needed
from dedup.read.stream import Made, size

EXPANDED: Final = 1 << 30
"""Bytes that any compressed input may expand to ..."""
RATIO: Final = 100
"""... and beyond them, up to this many times its own size. News in JSON shrinks to a third or a tenth."""


class _Zstandard:
    """The expanded bytes of zstd frames; EOFError where the last breaks off, which zstandard does not say."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._new = needed("zstandard", "zstd").ZstdDecompressor().decompressobj
        self._frame: Any = None
        self._ready = b""

    def read(self, count: int) -> bytes:
        while not self._ready:
            data = self._stream.read(1 << 12)  # a block of 4 bytes may stand for 128 KiB
            if not data:
                if self._frame is not None:
                    raise EOFError
                return b""
            parts = []
            while data:
                self._frame = self._frame or self._new()
                parts.append(self._frame.decompress(data))
                data = b""
                if self._frame.eof:
                    data, self._frame = self._frame.unused_data, None
            self._ready = b"".join(parts)
        data, self._ready = self._ready[:count], self._ready[count:]
        return data

    def close(self) -> None:
        self._frame = None


OPENERS: Mapping[str, Callable[[BinaryIO], Any]] = MappingProxyType(
    {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open, ".zst": _Zstandard}
)


class _Expanded(Made):
    """A stream of expanded bytes; InputError where they are damaged, or more than `limit`."""

    def __init__(self, inner: BinaryIO, limit: int, kind: str) -> None:
        self._inner = inner
        self._kind = kind
        self._left = limit
        self._limit = limit

    def take(self, most: int) -> bytes:
        try:
            data = self._inner.read(most)
        except EOFError:
            raise InputError(f"damaged: its {self._kind} data breaks off") from None
        except Exception as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise  # of the disk; what the libraries raise, each its own, is of the data
            raise InputError(f"damaged: not valid {self._kind} data") from None
        self._left -= len(data)
        if self._left < 0:
            raise InputError(f"expands to more than {size(self._limit)}: refused as a decompression bomb")
        return data

    def close(self) -> None:
        if not self.closed:
            self._inner.close()
        super().close()


def limit_of(packed: int) -> int:
    """The bytes that `packed` bytes of compressed input may expand to."""
    return max(EXPANDED, RATIO * packed)


def expand(stream: BinaryIO, ending: str, packed: int) -> BinaryIO:
    """The expanded bytes of a stream of `packed` bytes, compressed as its ending says."""
    inner = OPENERS[ending](stream)
    return cast(BinaryIO, io.BufferedReader(_Expanded(inner, limit_of(packed), ending[1:]), 1 << 18))
