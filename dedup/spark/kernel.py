"""The kernel of the candidates on Spark: posting lists as they were when each bucket of articles came."""

from __future__ import annotations

from typing import Any

import numpy as np

from dedup.index.runs.kernel import longer
from dedup.kernels import kernel

I64 = np.int64
U64 = np.uint64


@kernel
def running_lists(
    order: Any, keys: Any, buckets: Any, offsets: Any, numbers: Any, totals: Any, most: Any
) -> Any:
    """What each bucket from 0 on needs of its keys: the list and the count as of its last article.

    Entry e is a part of the posting list of `keys[e]`: the earliest articles of `buckets[e]` that have it,
    `numbers[offsets[e] : offsets[e + 1]]`, of `totals[e]` in all. `order` sorts the entries by key and then
    by time; buckets follow each other in time, and each may have several entries of a key. Lists keep their
    first `most` articles. A key that only one article has is left out.
    Returns keys, buckets, offsets, numbers and totals, with more room than needed, and how many lists there
    are, by key and then by bucket.
    """
    n = order.shape[0]
    out_keys = np.empty(n, U64)
    out_buckets = np.empty(n, I64)
    out_offsets = np.zeros(n + 1, I64)
    out_totals = np.empty(n, I64)
    room = numbers.shape[0] + most
    out_numbers = np.empty(room, I64)
    known = np.empty(most, I64)
    lists = 0
    size = 0
    i = 0
    while i < n:
        key = keys[order[i]]
        length = 0
        total = I64(0)
        while i < n and keys[order[i]] == key:
            bucket = buckets[order[i]]
            while i < n and keys[order[i]] == key and buckets[order[i]] == bucket:
                e = order[i]
                for p in range(offsets[e], offsets[e + 1]):
                    if length < most:
                        known[length] = numbers[p]
                        length += 1
                total += totals[e]
                i += 1
            if bucket < 0 or total < 2:
                continue
            if size + length > room:
                room = 2 * (size + length)
                out_numbers = longer(out_numbers, size, room)
            for p in range(length):
                out_numbers[size] = known[p]
                size += 1
            out_keys[lists] = key
            out_buckets[lists] = bucket
            out_totals[lists] = total
            lists += 1
            out_offsets[lists] = size
    return out_keys, out_buckets, out_offsets, out_numbers, out_totals, lists
