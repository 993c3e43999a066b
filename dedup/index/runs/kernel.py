"""The kernels of the tables of posting lists: made of postings, and united.

A table of posting lists is four arrays: `keys` (uint64, ascending and distinct), `offsets` (one more than
keys) and `numbers` (int64), where list s is `numbers[offsets[s] : offsets[s + 1]]`, and `totals` (int64),
which count the articles of each key, those that its list leaves out too.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dedup.arrays.ordered_kernel import contains
from dedup.kernels import kernel

U64 = np.uint64
I64 = np.int64

UNUSED = 16
"""The low bits of a key that are not kept.

Among the 10^8 different keys of a million articles, another key agrees in the 47 top bits and in kind with a
probability of less than 10^-6; what it costs is one comparison that comes to nothing.
"""


@kernel
def shortened(keys: Any) -> Any:
    """Keys as they are kept: the top bits, the lowest of which is the kind (band or not), and zeros."""
    out = np.empty(keys.shape[0], U64)
    for i in range(keys.shape[0]):
        out[i] = ((keys[i] >> U64(UNUSED + 1)) << U64(UNUSED + 1)) | ((keys[i] & U64(1)) << U64(UNUSED))
    return out


@kernel
def sort(keys: Any, items: Any) -> Any:
    """Keys (evenly spread over 64 bits) in ascending order, and what goes with each (int64); stable.

    Two rounds of counting by the top bits, the second inside the cache, leave few to be inserted in place.
    """
    n = keys.shape[0]
    bits = 1
    while bits < 11 and n >> (bits + 6):
        bits += 1
    coarse_keys, coarse_items = np.empty(n, U64), np.empty(n, I64)
    out_keys, out_items = np.empty(n, U64), np.empty(n, I64)
    ends = np.empty(1 << bits, I64)
    fine_ends = np.empty(1 << 7, I64)
    _by_bits(keys, items, coarse_keys, coarse_items, ends, 0, n, 0, bits)
    begin = 0
    for b in range(1 << bits):
        _by_bits(coarse_keys, coarse_items, out_keys, out_items, fine_ends, begin, ends[b], bits, 7)
        begin = ends[b]
    for i in range(1, n):
        key, item = out_keys[i], out_items[i]
        j = i
        while j > 0 and out_keys[j - 1] > key:
            out_keys[j] = out_keys[j - 1]
            out_items[j] = out_items[j - 1]
            j -= 1
        out_keys[j] = key
        out_items[j] = item
    return out_keys, out_items


@kernel
def _by_bits(
    keys: Any,
    items: Any,
    out_keys: Any,
    out_items: Any,
    ends: Any,
    begin: Any,
    end: Any,
    skipped: Any,
    bits: Any,
) -> None:
    """Distribute keys[begin:end] by `bits` bits after the first `skipped`; `ends` gets the shares' ends."""
    shift, mask = U64(64 - skipped - bits), U64((1 << bits) - 1)
    for b in range(1 << bits):
        ends[b] = 0
    for i in range(begin, end):
        ends[I64((keys[i] >> shift) & mask)] += 1
    place = begin
    for b in range(1 << bits):
        place += ends[b]
        ends[b] = place - ends[b]
    for i in range(begin, end):
        own = I64((keys[i] >> shift) & mask)
        out_keys[ends[own]] = keys[i]
        out_items[ends[own]] = items[i]
        ends[own] += 1


@kernel
def collect(ascending: Any, articles: Any, most: Any) -> Any:
    """The table of postings in order of key and article; lists keep their first `most` articles.

    Returns keys, offsets, numbers and totals, with more room than needed, and how many lists there are.
    """
    n = ascending.shape[0]
    keys = np.empty(n, U64)
    offsets = np.zeros(n + 1, I64)
    numbers = np.empty(n, I64)
    totals = np.empty(n, I64)
    lists = 0
    size = 0
    i = 0
    while i < n:
        begin = i
        while i < n and ascending[i] == ascending[begin]:
            if i - begin < most:
                numbers[size] = articles[i]
                size += 1
            i += 1
        keys[lists] = ascending[begin]
        totals[lists] = i - begin
        lists += 1
        offsets[lists] = size
    return keys, offsets, numbers, totals, lists


@kernel
def merge(begins: Any, keys: Any, offsets: Any, numbers: Any, totals: Any, removed: Any, most: Any) -> Any:
    """Unite tables that lie side by side, in order of time: table t has the keys `begins[t] : begins[t + 1]`.

    Lists keep their first `most` articles; `removed` (ascending) are the numbers to leave out. Returns keys,
    offsets, numbers and totals, with more room than needed, and how many lists there are.
    """
    tables = begins.shape[0] - 1
    n = keys.shape[0]
    heads = begins[:-1].copy()
    out_keys = np.empty(n, U64)
    out_offsets = np.zeros(n + 1, I64)
    out_numbers = np.empty(numbers.shape[0], I64)
    out_totals = np.empty(n, I64)
    lists = 0
    size = 0
    while True:
        key = ~U64(0)
        found = False
        for t in range(tables):
            if heads[t] < begins[t + 1] and keys[heads[t]] <= key:
                key = keys[heads[t]]
                found = True
        if not found:
            break
        total = I64(0)
        begin = size
        for t in range(tables):
            s = heads[t]
            if s == begins[t + 1] or keys[s] != key:
                continue
            heads[t] += 1
            total += totals[s]
            for p in range(offsets[s], offsets[s + 1]):
                if contains(removed, 0, removed.shape[0], numbers[p]):
                    total -= 1
                elif size - begin < most:
                    out_numbers[size] = numbers[p]
                    size += 1
        if total > 0:
            out_keys[lists] = key
            out_totals[lists] = total
            lists += 1
            out_offsets[lists] = size
    return out_keys, out_offsets, out_numbers, out_totals, lists


@kernel
def longer(array: Any, size: Any, room: Any) -> Any:
    """A copy of the first `size` items, with room for `room`."""
    out = np.empty(room, array.dtype)
    for i in range(size):
        out[i] = array[i]
    return out
