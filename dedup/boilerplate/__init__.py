"""Lines that a source repeats under or above many of its articles: how they are found and marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.arrays.ordered import look_up
from dedup.boilerplate import kernel, recurrence_kernel
from dedup.boilerplate.recurrence import Source, Turn
from dedup.sketch import Sketches, code_points
from dedup.sketch.tables import tables

TEXTS = 256
"""Texts in one call of the kernel: as code points, some megabytes."""

__all__ = ["Lines", "Source", "Turn", "lines_of", "marked"]


@dataclass(frozen=True)
class Lines:
    """The lines of n texts side by side; those of text i are `offsets[i] : offsets[i + 1]`.

    Of each: the token at which it ends, in its text (int32), and the hash of its words (uint64).
    """

    offsets: NDArray[np.int64]
    end: NDArray[np.int32]
    hash: NDArray[np.uint64]

    @cached_property
    def begin(self) -> NDArray[np.int32]:
        """The token at which each line begins, in its text."""
        begin = np.zeros_like(self.end)
        begin[1:] = self.end[:-1]
        firsts = self.offsets[:-1]
        begin[firsts[firsts < self.offsets[1:]]] = 0
        return begin

    def sampled(self) -> tuple[NDArray[np.int64], NDArray[np.uint64], NDArray[np.uint8]]:
        """The lines that are looked at; see `recurrence_kernel.sample`."""
        found: tuple[NDArray[np.int64], NDArray[np.uint64], NDArray[np.uint8]] = recurrence_kernel.sample(
            self.offsets, self.end - self.begin, self.hash
        )
        return found

    def span(self, i: int, h: int) -> NDArray[np.int64]:
        """The first token and the end of the first line of text i that has this hash."""
        own = slice(self.offsets[i], self.offsets[i + 1])
        place = self.offsets[i] + int(np.argmax(self.hash[own] == np.uint64(h)))
        return np.array([self.begin[place], self.end[place]], np.int64)

    def among(self, wanted: NDArray[np.uint64]) -> Among:
        """The lines with one of these hashes (ascending)."""
        places = np.flatnonzero(look_up(wanted, self.hash)[1])
        texts = np.searchsorted(self.offsets, places, "right") - 1
        return Among(texts, np.column_stack((self.begin[places], self.end[places])), self.hash[places])


class Among(NamedTuple):
    """Some lines of sketched texts, in their order: text, range of its tokens (k, 2), and hash of each."""

    text: NDArray[np.int64]
    span: NDArray[np.int32]
    hash: NDArray[np.uint64]


def lines_of(texts: Sequence[str], sketches: Sketches) -> Lines:
    """The lines of sketched texts."""
    offsets, ends, hashes = [np.zeros(1, np.int64)], [], []
    for begin in range(0, max(len(texts), 1), TEXTS):
        part = texts[begin : begin + TEXTS]
        codes, starts = code_points(part)
        tokens = sketches.tokens[begin : begin + len(part) + 1]
        own = slice(tokens[0], tokens[-1])
        lengths, end, line = kernel.lines(
            codes, starts, tokens - tokens[0], sketches.start[own], sketches.end[own], sketches.stem[own]
        )
        offsets.append(lengths[1:] + offsets[-1][-1])
        ends.append(end)
        hashes.append(line)
    return Lines(np.concatenate(offsets), np.concatenate(ends), np.concatenate(hashes))


def marked(sketches: Sketches, spans: NDArray[np.int64]) -> Sketches:
    """The same sketches with these ranges of tokens (k, 2) marked, and without the keys inside of them."""
    if not len(spans):
        return sketches
    edges = np.zeros(len(sketches.marked) + 1, np.int32)
    np.add.at(edges, spans[:, 0], 1)
    np.subtract.at(edges, spans[:, 1], 1)
    mark = sketches.marked | (np.cumsum(edges[:-1]) > 0).astype(np.uint8)
    keys, key = kernel.without_marked(
        sketches.keys, sketches.key, sketches.tokens, sketches.stem, mark, tables().words, tables().levels
    )
    return replace(sketches, keys=keys, key=key, marked=mark)
