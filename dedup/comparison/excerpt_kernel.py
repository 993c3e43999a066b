"""The kernel of excerpts: the places of one very long text that short ones may come from."""

from __future__ import annotations

from typing import Any

import numpy as np

from dedup.arrays.ordered_kernel import lower_bound
from dedup.comparison.array_kernel import B32, LOW32, int32, sort_by_bytes, uint8
from dedup.kernels import kernel
from dedup.sketch.stem_kernel import FUNCTION, pair_key

U64 = np.uint64


@kernel
def places(stem: Any, level: Any) -> Any:
    """The adjacent content stems of a text: uint64, 32 bits of the key, 32 of the place of the second."""
    out = np.empty(stem.shape[0], U64)
    size = 0
    previous = -1
    for t in range(stem.shape[0]):
        if level[t] == FUNCTION:
            continue
        if previous >= 0:
            out[size] = pair_key(stem[previous], stem[t]) >> B32 << B32 | U64(t)
            size += 1
        previous = t
    return out[:size].copy()


@kernel
def excerpts(
    index: Any, stem: Any, level: Any, offsets: Any, rows: Any,
    weights: Any, window: Any, most: Any, enough: Any,
) -> Any:  # fmt: skip
    """Where in a long text the word pairs of n short ones, the articles `rows`, weigh enough in one place.

    `index` are the `places` of the long text, sorted; `weights` is that of each level (float64, 256). Of a
    word pair count the first `most` places, and the first time that the short text has it. One place is
    `window` words of both texts, as for `overlap_kernel.overlap`; it reaches as far again on either side.
    Returns int64 (m, 3): the number of the short text, and the half-open range of words of the long one,
    which may reach over its ends; in order of both, and those of one short text lie apart.
    """
    room = 64
    out = np.empty((room, 3), np.int64)
    size = 0
    longest = 1
    for n in range(rows.shape[0]):
        longest = max(longest, offsets[rows[n] + 1] - offsets[rows[n]])
    seen = uint8(index.shape[0] + 1, 0)
    first_of = int32(longest, 0)
    for n in range(rows.shape[0]):
        begin, end = offsets[rows[n]], offsets[rows[n] + 1]
        # the places where each word pair begins in the index, and how many hits that makes
        hits = 0
        previous = -1
        for t in range(begin, end):
            first_of[t - begin] = -1
            if level[t] == FUNCTION:
                continue
            if previous >= 0 and weights[level[previous]] + weights[level[t]] > 0:
                key = pair_key(stem[previous], stem[t]) >> B32 << B32
                at = lower_bound(index, 0, index.shape[0], key)
                if at < index.shape[0] and index[at] & ~LOW32 == key and not seen[at]:
                    seen[at] = 1
                    first_of[t - begin] = at
                    last = at
                    while last < index.shape[0] and last - at < most and index[last] & ~LOW32 == key:
                        last += 1
                    hits += last - at
            previous = t
        order, scratch = np.empty(hits, U64), np.empty(hits, U64)
        there, weight = np.empty(hits, np.int64), np.empty(hits, np.float64)
        hits = 0
        previous = -1
        for t in range(begin, end):
            if level[t] == FUNCTION:
                continue
            at = np.int64(first_of[t - begin])
            if at >= 0:
                seen[at] = 0
                last = at
                while last < index.shape[0] and last - at < most and index[last] >> B32 == index[at] >> B32:
                    order[hits] = (index[last] & LOW32) << B32 | U64(hits)
                    there[hits] = t - begin
                    weight[hits] = weights[level[previous]] + weights[level[t]]
                    hits += 1
                    last += 1
            previous = t
        sort_by_bytes(order, scratch, 4)
        first = size
        for i in range(hits):
            place, other = _place(order[i]), there[order[i] & LOW32]
            total = 0.0
            j = i
            while j < hits and _place(order[j]) - place < window and total < enough[n]:
                if abs(there[order[j] & LOW32] - other) < window:
                    total += weight[order[j] & LOW32]
                j += 1
            if total < enough[n]:
                continue
            if size > first and place - window <= out[size - 1, 2]:
                out[size - 1, 2] = place + 2 * window
                continue
            if size == room:
                room *= 2
                longer = np.empty((room, 3), np.int64)
                longer[:size] = out
                out = longer
            out[size, 0], out[size, 1], out[size, 2] = n, place - window, place + 2 * window
            size += 1
    return out[:size].copy()


@kernel
def _place(hit: Any) -> Any:
    return np.int64(hit >> B32)
