"""The cheap exact test before an alignment: how much the pairs of words weigh that two articles share."""

from __future__ import annotations

from typing import Any

import numpy as np

from dedup.kernels import kernel
from dedup.sketch.kernel import FUNCTION, pair_key

U32 = np.uint32
U64 = np.uint64


@kernel
def word_pairs(stem: Any, level: Any, offsets: Any, rows: Any, weights: Any) -> Any:
    """The adjacent content stems of the n articles `rows`.

    Returns offsets (n + 1), each article's sorted distinct pairs, and the weight of all its words (float64).
    A pair is a uint64: 40 bits of its key above its weight in 1/1024 (24 bits); `weights` is that of each
    level (float64, 256).
    """
    n = rows.shape[0]
    out_offsets = np.zeros(n + 1, np.int64)
    room = 0
    for i in range(n):
        room += offsets[rows[i] + 1] - offsets[rows[i]]
    out = np.empty(room, U64)
    totals = np.zeros(n, np.float64)
    size = 0
    for i in range(n):
        begin = size
        previous = -1
        for t in range(offsets[rows[i]], offsets[rows[i] + 1]):
            totals[i] += weights[level[t]]
            if level[t] == FUNCTION:
                continue
            if previous >= 0:
                weight = U64(1024.0 * (weights[level[previous]] + weights[level[t]]))
                out[size] = (pair_key(stem[previous], stem[t]) >> U64(24) << U64(24)) | weight
                size += 1
            previous = t
        part = out[begin:size]
        part.sort()
        kept = begin
        for j in range(begin, size):
            if kept == begin or out[j] != out[kept - 1]:
                out[kept] = out[j]
                kept += 1
        size = kept
        out_offsets[i + 1] = size
    return out_offsets, out[:size].copy(), totals


@kernel
def overlaps(word_pair: Any, offsets: Any, pairs: Any) -> Any:
    """The summed weight of the word pairs that each pair (m, 2) of articles shares: float64 (m)."""
    out = np.empty(pairs.shape[0], np.float64)
    for m in range(pairs.shape[0]):
        i, end_i = offsets[pairs[m, 0]], offsets[pairs[m, 0] + 1]
        j, end_j = offsets[pairs[m, 1]], offsets[pairs[m, 1] + 1]
        total = U64(0)
        while i < end_i and j < end_j:
            x, y = word_pair[i], word_pair[j]
            if x == y:
                total += x & U64(0xFFFFFF)
            i += x <= y
            j += y <= x
        out[m] = total / 1024.0
    return out
