"""The rests of long posting lists, as posting_rest has them: the numbers that a bucket leaves out.

A row is a byte that says how many bytes a gap takes, and the gaps from each number to the next, the first
from the last number in the bucket; little-endian.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from dedup.arrays.ragged import offsets_of
from dedup.errors import damaged
from dedup.index.runs import kernel
from dedup.index.runs.tables import BUCKET, Run, Table

WIDTHS, WIDEST = (1, 2, 4), (2**8 - 1, 2**16 - 1)
"""The bytes that a gap between numbers may take, and the widest gaps that fit into the first of these."""


def rows_of(table: Table, run: Run, most: int) -> Iterator[tuple[int, int, bytes]]:
    """The rows of posting_rest: of lists longer than `most`, what comes after."""
    longer = np.flatnonzero(np.diff(table.offsets) > most)
    if not len(longer):
        return
    begins = table.offsets[longer] + most
    lengths = table.offsets[longer + 1] - begins
    own = offsets_of(lengths)
    places = np.arange(own[-1]) + np.repeat(begins - own[:-1], lengths)
    gaps = table.numbers[places] - table.numbers[places - 1]
    widths = np.array(WIDTHS)[np.searchsorted(WIDEST, np.maximum.reduceat(gaps, own[:-1]))]
    packed = {width: memoryview(gaps.astype(f"<u{width}")) for width in WIDTHS}
    keys = (table.keys[longer] >> np.uint64(kernel.UNUSED)).tolist()
    for key, width, begin, end in zip(keys, widths.tolist(), own.tolist(), own[1:].tolist(), strict=False):
        yield run.run, key, bytes((width,)) + packed[width][begin:end]


def whole(table: Table, keys: NDArray[np.uint64], rests: Sequence[tuple[int, bytes]]) -> Table:
    """A table of a run, whose lists are those of `keys`, with all of their rows of posting_rest, by key."""
    lengths = np.diff(table.offsets)
    if not rests:
        if np.any(lengths != table.totals):
            raise damaged(BUCKET)
        return table
    own = np.array([key for key, _ in rests], np.uint64) << np.uint64(kernel.UNUSED)
    lists = np.searchsorted(keys, own)
    try:
        parts = [np.frombuffer(blob, f"<u{blob[0]}", offset=1) for _, blob in rests]
    except (IndexError, TypeError, ValueError) as error:
        raise damaged(BUCKET) from error
    if lists[-1] == len(keys) or np.any(keys[lists] != own) or np.any(lengths[lists] == 0):
        raise damaged(BUCKET)
    more = np.zeros(len(keys) + 1, np.int64)
    more[lists + 1] = [len(part) for part in parts]
    if np.any(more[1:] != table.totals - lengths):
        raise damaged(BUCKET)
    counts = more[lists + 1]
    far = np.cumsum(np.concatenate(parts), dtype=np.int64)
    last = table.numbers[table.offsets[lists + 1] - 1]
    rest = far + np.repeat(last - np.append(0, far)[np.cumsum(counts) - counts], counts)
    return table._replace(
        offsets=table.offsets + np.cumsum(more),
        numbers=np.insert(table.numbers, np.repeat(table.offsets, more), rest),
    )
