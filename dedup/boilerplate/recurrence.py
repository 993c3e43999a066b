"""The lines that a source repeats: counted article by article, in bounded memory.

Of each article a few lines are looked at: those at its start, those at its end, and a sample of the others. A
line counts as seen if one of the source's last RECENT articles had it. It is boilerplate once MANY of the
source's articles had it, on at least DAYS days; where no days are known, once MANY_UNDATED had it. An article
counts only if it is another one: at least half of what is looked at of its middle is new to the source, or
something of it where it is too short to have a middle. So neither the versions of a story that grows over
days, nor copies of it under other headlines, make its lines boilerplate; and what other sources print
does not matter.

The result depends on the articles of one source alone, and on their order.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dedup.boilerplate import recurrence_kernel as kernel
from dedup.boilerplate.recurrence_kernel import DAYS

RECENT = 128
"""At most 255. Articles of the source after which a line that did not come again is forgotten."""
MANY = 8
MANY_UNDATED = 24

_HEAD = struct.Struct("<IBII")
_COUNTED = np.dtype(
    [("hash", "<u8"), ("latest", "<u4"), ("articles", "<u2"), ("days", "u1"), ("day", "<i4", DAYS)]
)


@dataclass(frozen=True, slots=True)
class Turn:
    """A line that is boilerplate from the article after number `article` of a batch on.

    `articles` is how many had it, `days` the days on which they did, the first DAYS of them, ascending.
    """

    article: int
    hash: int
    articles: int
    days: tuple[int, ...]


@dataclass(slots=True)
class Source:
    """What is remembered of one source; `articles` counts all that it had. See `recurrence_kernel.take`."""

    articles: int = 0
    each: NDArray[np.uint8] = field(default_factory=lambda: np.empty(0, np.uint8))
    recent: NDArray[np.uint32] = field(default_factory=lambda: np.empty(0, np.uint32))
    counted: NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, np.uint64))
    counts: NDArray[np.int64] = field(default_factory=lambda: np.empty((0, 3 + DAYS), np.int64))

    def take(
        self,
        offsets: NDArray[np.int64],
        sampled: NDArray[np.uint64],
        inner: NDArray[np.uint8],
        days: NDArray[np.int64],
        *,
        known: NDArray[np.uint64],
        most: int,
    ) -> list[Turn]:
        """Count the sampled lines of the next articles; the lines that become boilerplate, at most `most`."""
        turn, hashes, rows, self.counted, self.counts = kernel.take(
            offsets, sampled, inner, days, self.articles, self.each, self.recent, self.counted,
            self.counts.ravel(),
            known, RECENT, MANY, MANY_UNDATED, most,
        )  # fmt: skip
        self.articles += len(offsets) - 1
        self.each = np.concatenate((self.each, np.diff(offsets).astype(np.uint8)))[-RECENT:]
        recent = np.concatenate((self.recent, (sampled & np.uint64(kernel.MASK)).astype(np.uint32)))
        self.recent = recent[len(recent) - int(self.each.sum()) :]
        return [
            Turn(i, h, row[1], tuple(sorted(row[3 : 3 + row[2]])))
            for i, h, row in zip(turn.tolist(), hashes.tolist(), rows.tolist(), strict=True)
        ]

    def packed(self) -> bytes:
        """As bytes."""
        counted = np.zeros(len(self.counted), _COUNTED)
        counted["hash"] = self.counted
        for column, name in enumerate(("latest", "articles", "days")):
            counted[name] = np.minimum(self.counts[:, column], np.iinfo(_COUNTED[name]).max)
        counted["day"] = self.counts[:, 3:]
        recent = self.recent.astype("<u4").view(np.uint8).reshape(-1, 4)[:, :3]
        head = _HEAD.pack(self.articles, len(self.each), len(recent), len(counted))
        return head + self.each.tobytes() + recent.tobytes() + counted.tobytes()

    @classmethod
    def unpacked(cls, data: bytes) -> Source:
        """What `packed` made. Raises ValueError where it is not."""
        if len(data) < _HEAD.size:
            raise ValueError("the head is cut off")
        articles, each, recent, counted = _HEAD.unpack_from(data)
        at = _HEAD.size + each
        if len(data) != at + 3 * recent + counted * _COUNTED.itemsize:
            raise ValueError("another length than it says")
        hashes = np.zeros((recent, 4), np.uint8)
        hashes[:, :3] = np.frombuffer(data, np.uint8, 3 * recent, at).reshape(-1, 3)
        lines = np.frombuffer(data, _COUNTED, counted, at + 3 * recent)
        lengths = np.frombuffer(data, np.uint8, each, _HEAD.size).copy()
        if int(lengths.sum()) != recent or np.any(lines["days"] > DAYS):
            raise ValueError("another count than it says")
        columns = (lines["latest"], lines["articles"], lines["days"], lines["day"])
        return cls(
            articles,
            lengths,
            hashes.view("<u4").ravel().astype(np.uint32),
            lines["hash"].astype(np.uint64),
            np.column_stack(columns).astype(np.int64),
        )
