"""The content words of articles: all that a first look at two of them needs, in half of their bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.arrays.ragged import gather, offsets_of
from dedup.errors import damaged
from dedup.sketch import Sketches, content_kernel
from dedup.sketch.bare import Bare, stems_together


class Content(NamedTuple):
    """The content words of n articles side by side; those of article i begin at `offsets[i]` (int64, n + 1).

    `words` (int64, n) is how many words each article has, function words too. Per content word: `stem`
    (uint32, without the lowest bits), `level` (uint8), and `place`, which of the words it is (int32).
    """

    words: NDArray[np.int64]
    offsets: NDArray[np.int64]
    stem: NDArray[np.uint32]
    level: NDArray[np.uint8]
    place: NDArray[np.int32]

    def of(self, rows: NDArray[np.int64]) -> Content:
        """That of some of the articles."""
        offsets, places = gather(self.offsets, rows)
        return Content(self.words[rows], offsets, self.stem[places], self.level[places], self.place[places])


def content_of(sketches: Sketches | Sequence[Bare]) -> Content:
    """That of sketched articles; what is marked as boilerplate in them is among it."""
    if isinstance(sketches, Sketches):
        tokens, stem, level = sketches.tokens, sketches.stem, sketches.level
    else:
        tokens, stem, level = stems_together(sketches)
    return Content(np.diff(tokens), *content_kernel.content(stem, level, tokens))


def packed(content: Content) -> Iterator[memoryview]:
    """The bytes for each article."""
    ends, data = content_kernel.pack(*content)
    view, borders = memoryview(data), ends.tolist()
    return map(view.__getitem__, map(slice, borders, borders[1:]))


def unpacked(rows: Sequence[bytes]) -> Content:
    """What was packed. Raises IndexDamaged."""
    data = np.frombuffer(b"".join(rows), np.uint8)
    *columns, sound = content_kernel.unpack(offsets_of(map(len, rows)), data)
    if not sound:
        raise damaged("the words of an article")
    return Content(*columns)
