"""The kernels of content words: taken out of the tokens, packed into bytes, and unpacked.

The packed content words of an article are, little-endian:

    words             4 bytes: how many tokens it has
    for each          level, 1 byte, plus 128 where it follows the one before it; stem, the upper 3 bytes
      if not          1 byte: by how many tokens it is further on; 0 where that is more than 255, and
        if 0          4 bytes: by how many
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dedup.kernels import kernel
from dedup.sketch.stem_kernel import FUNCTION

HEAD = 4
NEXT = 128
"""What the level has besides where a word follows the one before it; levels are up to some 80."""
STEM = 0xFFFFFF00
"""The bits of a stem that are kept: of two articles of 300 content words, one in 200 pairs has two that they
make one, and none has two that stand beside the same."""


@kernel
def content(stem: Any, level: Any, tokens: Any) -> Any:
    """The content words of n articles, whose tokens begin at `tokens` (n + 1).

    Returns offsets (n + 1), the stems and levels, and which token of its article each is (int32).
    """
    n = tokens.shape[0] - 1
    offsets = np.zeros(n + 1, np.int64)
    stems, levels = np.empty(stem.shape[0], np.uint32), np.empty(stem.shape[0], np.uint8)
    places = np.empty(stem.shape[0], np.int32)
    size = 0
    for i in range(n):
        for t in range(tokens[i], tokens[i + 1]):
            stems[size], levels[size], places[size] = stem[t] & np.uint32(STEM), level[t], t - tokens[i]
            size += level[t] != FUNCTION
        offsets[i + 1] = size
    return offsets, stems[:size].copy(), levels[:size].copy(), places[:size].copy()


@kernel
def pack(words: Any, offsets: Any, stem: Any, level: Any, place: Any) -> Any:
    """The packed content words of n articles, which have `words` (n) tokens: offsets (n + 1) and bytes."""
    n = words.shape[0]
    data = np.empty(n * HEAD + 9 * stem.shape[0], np.uint8)
    ends = np.zeros(n + 1, np.int64)
    at = 0
    for i in range(n):
        at = put(data, at, words[i], HEAD)
        before = np.int64(-1)
        for k in range(offsets[i], offsets[i + 1]):
            gap = place[k] - before
            data[at] = level[k] + (NEXT if gap == 1 else 0)
            at = put(data, at + 1, stem[k] >> np.uint32(8), 3)
            if gap > 255:
                data[at] = 0
                at = put(data, at + 1, gap, 4)
            elif gap > 1:
                data[at] = gap
                at += 1
            before = np.int64(place[k])
        ends[i + 1] = at
    return ends, data[:at].copy()


@kernel
def unpack(ends: Any, data: Any) -> Any:
    """What `pack` was given, of the articles whose bytes are `data[ends[i] : ends[i + 1]]`, and 1.

    Where they are not what `pack` makes, the last is 0, and the rest means nothing.
    """
    n = ends.shape[0] - 1
    words, offsets = np.zeros(n, np.int64), np.zeros(n + 1, np.int64)
    room = data.shape[0] // 4
    stem, level = np.empty(room, np.uint32), np.empty(room, np.uint8)
    place = np.empty(room, np.int32)
    size = 0
    for i in range(n):
        at, end = ends[i], ends[i + 1]
        if end - at < HEAD:
            return words, offsets, stem, level, place, 0
        words[i] = _get(data, at, HEAD)
        at += HEAD
        token = np.int64(-1)
        while at + 4 <= end:
            gap, size_of_gap = np.int64(1), 0
            if data[at] < NEXT:
                if at + 5 > end or (data[at + 4] == 0 and at + 9 > end):
                    return words, offsets, stem, level, place, 0
                gap, size_of_gap = np.int64(data[at + 4]), 1
                if gap == 0:
                    gap, size_of_gap = _get(data, at + 5, 4), 5
            token += gap
            level[size] = data[at] & (NEXT - 1)
            stem[size] = np.uint32(_get(data, at + 1, 3) << 8)
            place[size] = np.int32(token)
            size += 1
            at += 4 + size_of_gap
        if at != end or token >= words[i]:
            return words, offsets, stem, level, place, 0
        offsets[i + 1] = size
    return words, offsets, stem[:size].copy(), level[:size].copy(), place[:size].copy(), 1


@kernel
def put(data: Any, at: Any, value: Any, width: Any) -> Any:
    """Write `width` bytes; the place after them."""
    value = np.int64(value)
    for _ in range(width):
        data[at] = np.uint8(value & 255)
        value >>= 8
        at += 1
    return at


@kernel
def _get(data: Any, at: Any, width: Any) -> Any:
    value = np.int64(0)
    for k in range(width):
        value |= np.int64(data[at + k]) << (8 * k)
    return value
