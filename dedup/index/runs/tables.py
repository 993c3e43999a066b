"""Tables of posting lists, and the runs that they are written as."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.arrays.ordered import look_up
from dedup.arrays.ragged import gather, offsets_of
from dedup.errors import damaged
from dedup.index.runs import kernel

BUCKET = "a bucket of postings"
"""What is damaged where a table cannot be read."""


class Table(NamedTuple):
    """Posting lists: list s, `numbers[offsets[s] : offsets[s + 1]]`, ascending, is that of `keys[s]`.

    `totals` counts the articles of each key, those that its list leaves out too.
    """

    keys: NDArray[np.uint64]
    offsets: NDArray[np.int64]
    numbers: NDArray[np.int64]
    totals: NDArray[np.int64]


def trimmed(
    keys: NDArray[np.uint64],
    offsets: NDArray[np.int64],
    numbers: NDArray[np.int64],
    totals: NDArray[np.int64],
    lists: int,
) -> Table:
    """The table that a kernel returned, without the room that it did not need."""
    if lists < 0:
        raise damaged(BUCKET)
    return Table(keys[:lists], offsets[: lists + 1], numbers[: offsets[lists]], totals[:lists])


class Run(NamedTuple):
    """A row of posting_run: postings of the articles from `first` to `last`, in 2^bits buckets."""

    run: int
    bits: int
    first: int
    last: int
    articles: int
    keys: int
    postings: int
    bytes: int

    @property
    def shape(self) -> tuple[int, int, int]:
        """What the kernels need to know of the packing: bits, first number, bytes of a number."""
        return self.bits, self.first, max(1, ((self.last - self.first).bit_length() + 7) // 8)


def distinct(keys: NDArray[np.uint64]) -> tuple[NDArray[np.uint64], NDArray[np.int64], NDArray[np.bool_]]:
    """Keys as they are kept, ascending, each once; the order of all, and which in this begin another key."""
    ascending, order = kernel.sort(kernel.shortened(keys), np.arange(len(keys)))
    new = np.append(True, ascending[1:] != ascending[:-1])[: len(keys)]
    return ascending[new], order, new


def side_by_side(tables: Sequence[Table]) -> Table:
    """Several tables side by side, as one."""
    if len(tables) == 1:
        return tables[0]
    bases = offsets_of(len(table.numbers) for table in tables)
    offsets = [table.offsets[:-1] + base for table, base in zip(tables, bases[:-1], strict=True)]
    return Table(
        np.concatenate([np.empty(0, np.uint64), *(table.keys for table in tables)]),
        np.concatenate([*offsets, bases[-1:]]),
        np.concatenate([np.empty(0, np.int64), *(table.numbers for table in tables)]),
        np.concatenate([np.empty(0, np.int64), *(table.totals for table in tables)]),
    )


def some(table: Table, keys: NDArray[np.int64]) -> Table:
    """The lists of those of ascending keys that a table has; their place in `keys` stands for each."""
    at, found = look_up(table.keys, keys.astype(np.uint64))
    there = np.flatnonzero(found)
    offsets, places = gather(table.offsets, at[there])
    return Table(there.astype(np.uint64), offsets, table.numbers[places], table.totals[at[there]])


def merged(tables: Sequence[Table], removed: NDArray[np.int64], most: int) -> Table:
    """One table of several, in order of time, without removed articles; lists keep their first `most`."""
    begins = offsets_of(len(table.keys) for table in tables)
    return trimmed(*kernel.merge(begins, *side_by_side(tables), removed, most))
