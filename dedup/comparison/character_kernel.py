"""What code points are to the structure of a text, as a table of flags in two levels."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedup.kernels import kernel

SPACE = 1
TERMINATES = 2
"""It ends a sentence before white space."""
ENDS = 4
"""It ends a sentence anywhere."""
LINE = 8
"""A line feed or the end of a paragraph."""
OPEN, CLOSE = 16, 32
"""Which way a quotation mark points; neither for marks that do both."""
DOUBLE, SINGLE = 64, 128
"""The kinds of quotation marks."""
TWICE = 256
"""Two of these in a row are a double mark."""
BEFORE, AFTER = 512, 1024
"""A mark after it may open a quotation; a mark before it may close one."""
BREAK = 2048
"""It breaks a line."""
PAUSE = 4096
"""A comma, colon, bracket or double mark: it parts the members of a list."""
CAPITAL = 8192
"""A capital of Latin, Greek or Cyrillic, or a digit."""

_SPACES = [
    *range(9, 14),
    0x20,
    0x85,
    0xA0,
    0x1680,
    *range(0x2000, 0x200C),
    0x2028,
    0x2029,
    0x202F,
    0x205F,
    0x3000,
]
_DASHES = [0x2D, *range(0x2010, 0x2016)]
# 0x91 to 0x94 are the quotation marks of windows-1252, read as Latin-1.
_MEMBERS = {
    SPACE: _SPACES,
    TERMINATES: [0x21, 0x2E, 0x3F, 0x2026, 0x203C, 0x203D, 0x2047, 0x2048, 0x2049, 0x589],
    ENDS: [
        0x61F, 0x6D4, 0x964, 0x965, 0x104A, 0x104B, 0x1362, 0x1367, 0x1368, 0x166E, 0x17D4, 0x17D5, 0x1803,
        0x1809, 0xF0D, 0xF0E, 0x3002, 0xFE52, 0xFF01, 0xFF0E, 0xFF1F, 0xFF61,
    ],
    LINE: [10, 0x2029],
    OPEN: [
        0x60, 0x91, 0x93, 0x2018, 0x201A, 0x201B, 0x2039, 0xAB, 0x201C, 0x201E, 0x201F, 0x300C, 0x300E,
        0x301D, 0x2E42,
    ],
    CLOSE: [0x92, 0x94, 0xB4, 0x2019, 0x203A, 0xBB, 0x201D, 0x300D, 0x300F, 0x301E, 0x301F],
    DOUBLE: [
        0x22, 0x93, 0x94, 0xFF02, 0xAB, 0xBB, 0x201C, 0x201D, 0x201E, 0x201F, 0x300C, 0x300D, 0x300E, 0x300F,
        0x301D, 0x301E, 0x301F, 0x2E42,
    ],
    SINGLE: [0x27, 0x60, 0x91, 0x92, 0xB4, 0x2018, 0x2019, 0x201A, 0x201B, 0x2039, 0x203A, 0xFF07],
    TWICE: [0x27, 0x3C, 0x3E, 0x60, 0xB4, 0xFF07, 0x2032, 0x2018, 0x2019, 0x201B],
    BEFORE: [
        *_SPACES, *_DASHES, 0x28, 0x5B, 0x7B, 0x2F, 0x3A, 0x3E, 0x5F, 0x2A, 0x300C, 0xFF08, 0xFF1A,
    ],
    AFTER: [
        *_SPACES, *_DASHES, 0x21, 0x29, 0x2C, 0x2E, 0x2F, 0x3A, 0x3B, 0x3F, 0x5D, 0x7D, 0x2026, 0x3C, 0x5F,
        0x2A, 0x60C, 0x61B, 0x61F, 0x6D4, 0x3001, 0x3002, 0xFF01, 0xFF09, 0xFF0C, 0xFF1F,
    ],
    BREAK: [10, 13, 0x2028, 0x2029],
    PAUSE: [0x2C, 0x3A, 0x3B, 0x22, 0x28, 0x29, 0x60C, 0x3001, 0xFF0C, 0x201C, 0x201D],
    CAPITAL: [
        *range(48, 58), *range(65, 91), *range(0xC0, 0xD7), *range(0xD8, 0xDF), *range(0x100, 0x180, 2),
        *range(0x391, 0x3AC), *range(0x400, 0x430),
    ],
}  # fmt: skip


def _tables() -> tuple[NDArray[np.uint8], NDArray[np.uint16]]:
    rows = sorted({0, *(code >> 8 for members in _MEMBERS.values() for code in members)})
    # a row of nothing, for all other code points, comes last
    row_of = np.full(0x110000 >> 8, len(rows), np.uint8)
    row_of[rows] = np.arange(len(rows))
    flags = np.zeros(256 * (len(rows) + 1), np.uint16)
    for flag, members in _MEMBERS.items():
        codes = np.array(members)
        flags[row_of[codes >> 8].astype(np.int64) * 256 + codes % 256] |= np.uint16(flag)
    return row_of, flags


ROW_OF, FLAGS = _tables()


@kernel
def character(code: Any) -> Any:
    """The flags of a code point (uint32)."""
    return np.int64(FLAGS[np.uint32(ROW_OF[code >> np.uint32(8)]) << np.uint32(8) | (code & np.uint32(255))])
