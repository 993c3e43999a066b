"""Sketches of single articles, as far as they are compared: without signatures and keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.arrays.ragged import offsets_of
from dedup.sketch import Sketches


class Bare(NamedTuple):
    """The sketch of one article; the arrays are those of `Sketches`."""

    stem: NDArray[np.uint32]
    level: NDArray[np.uint8]
    start: NDArray[np.int32]
    end: NDArray[np.int32]
    marked: NDArray[np.uint8]
    shingle: NDArray[np.uint64]


NOTHING = Bare(
    stem=np.empty(0, np.uint32),
    level=np.empty(0, np.uint8),
    start=np.empty(0, np.int32),
    end=np.empty(0, np.int32),
    marked=np.empty(0, np.uint8),
    shingle=np.empty(0, np.uint64),
)
"""That of a text without words."""


def apart(sketches: Sketches, row: int) -> Bare:
    """That of one article, as views of the whole."""
    tokens, shingles = sketches.tokens, sketches.shingles
    own = slice(int(tokens[row]), int(tokens[row + 1]))
    return Bare(
        sketches.stem[own],
        sketches.level[own],
        sketches.start[own],
        sketches.end[own],
        sketches.marked[own],
        sketches.shingle[int(shingles[row]) : int(shingles[row + 1])],
    )


def together(parts: Sequence[Bare]) -> Sketches:
    """They side by side, in this order."""
    columns = (np.concatenate(column) for column in zip(NOTHING, *parts, strict=True))
    stem, level, start, end, marked, shingle = columns
    return Sketches(
        tokens=offsets_of(len(part.stem) for part in parts),
        start=start,
        end=end,
        stem=stem,
        level=level,
        shingles=offsets_of(len(part.shingle) for part in parts),
        shingle=shingle,
        signature=np.empty((len(parts), 0), np.uint32),
        keys=np.zeros(len(parts) + 1, np.int64),
        key=np.empty(0, np.uint64),
        marked=marked,
    )


def stems_together(
    parts: Sequence[Bare],
) -> tuple[NDArray[np.int64], NDArray[np.uint32], NDArray[np.uint8]]:
    """Their offsets (n + 1), stems and levels side by side."""
    stem = np.concatenate([NOTHING.stem, *(part.stem for part in parts)])
    level = np.concatenate([NOTHING.level, *(part.level for part in parts)])
    return offsets_of(len(part.stem) for part in parts), stem, level


def without_keys(sketches: Sketches) -> Sketches:
    """The same sketches without signatures and keys."""
    count = len(sketches)
    return replace(
        sketches,
        signature=np.empty((count, 0), np.uint32),
        keys=np.zeros(count + 1, np.int64),
        key=np.empty(0, np.uint64),
    )
