"""The kernels of packing: tables of posting lists -> packed buckets, and back, or what is wanted of them.

A packed bucket holds the posting lists of the keys whose top `bits` bits are the same, little-endian:

    n                 4 bytes: how many keys
    keys              n times `suffix_width` bytes: ascending, without the top bits and the UNUSED low ones
    lengths           n bytes: how long each list is, plus 128 where articles are left out
    left out          4 bytes for each such key: how many; they are kept apart (posting_rest)
    numbers           `number_width` bytes each: the lists side by side, less the run's first number
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dedup.index.runs.kernel import UNUSED, longer
from dedup.kernels import kernel
from dedup.sketch.content_kernel import put
from dedup.sketch.hash_kernel import load64

U8 = np.uint8
U64 = np.uint64
I64 = np.int64


@kernel
def suffix_width(bits: Any) -> Any:
    """The bytes of a key without its top `bits` bits."""
    return (64 - UNUSED - bits + 7) // 8


@kernel
def _bucket(key: Any, bits: Any) -> Any:
    return I64(key >> U64(64 - bits)) if bits else I64(0)


@kernel
def _get(data: Any, at: Any, width: Any) -> Any:
    """Read `width` bytes, of eight that can be read: so the compiler makes it one instruction."""
    return load64(data, U64(at)) & (~U64(0) >> U64(64 - 8 * width))


@kernel
def _is_sound(data: Any, begin: Any, end: Any, width: Any, number_width: Any) -> Any:
    """Whether a packed bucket is as long as it should be, so that it can be read without looking further."""
    if end - begin < 4:
        return False
    inside = I64(_get(data, begin, 4))
    size = 4 + inside * (width + 1)
    if size > end - begin:
        return False
    lengths = begin + 4 + inside * width
    for k in range(lengths, lengths + inside):
        size += I64(data[k] & 127) * number_width + I64(data[k] >> 7) * 4
    return size == end - begin


@kernel
def pack(
    keys: Any,
    offsets: Any,
    numbers: Any,
    totals: Any,
    most: Any,
    bits: Any,
    first: Any,
    number_width: Any,
) -> Any:
    """Pack a table: the buckets that are not empty, the offsets of their bytes (one more), the bytes.

    Of a list the first `most` numbers, at most 127, are packed. The arrays have more room than needed; last
    comes how many buckets there are.
    """
    n = keys.shape[0]
    width = suffix_width(bits)
    mask = ~U64(0) >> U64(bits)
    data = np.empty(n * (width + 9) + numbers.shape[0] * number_width, U8)
    buckets = np.empty(n, I64)
    places = np.zeros(n + 1, I64)
    count = 0
    at = 0
    begin = 0
    while begin < n:
        bucket = _bucket(keys[begin], bits)
        end = begin
        while end < n and _bucket(keys[end], bits) == bucket:
            end += 1
        at = put(data, at, U64(end - begin), 4)
        for s in range(begin, end):
            at = put(data, at, (keys[s] & mask) >> U64(UNUSED), width)
        for s in range(begin, end):
            length = min(offsets[s + 1] - offsets[s], most)
            data[at] = length + (128 if totals[s] > length else 0)
            at += 1
        for s in range(begin, end):
            length = min(offsets[s + 1] - offsets[s], most)
            if totals[s] > length:
                at = put(data, at, U64(totals[s] - length), 4)
        for s in range(begin, end):
            for p in range(offsets[s], min(offsets[s + 1], offsets[s] + most)):
                at = put(data, at, U64(numbers[p] - first), number_width)
        buckets[count] = bucket
        count += 1
        places[count] = at
        begin = end
    return buckets, places, data, count


@kernel
def unpack(buckets: Any, places: Any, data: Any, bits: Any, first: Any, number_width: Any) -> Any:
    """The table that was packed into these buckets; `data` ends with eight bytes of no meaning.

    Returns keys, offsets, numbers and totals, with more room than needed, and how many lists there are; -1 if
    a bucket is damaged.
    """
    width = suffix_width(bits)
    n: Any = 0
    for b in range(buckets.shape[0]):
        if not _is_sound(data, places[b], places[b + 1], width, number_width):
            return np.empty(0, U64), np.zeros(1, I64), np.empty(0, I64), np.empty(0, I64), -1
        n += I64(_get(data, places[b], 4))
    keys = np.empty(n, U64)
    offsets = np.zeros(n + 1, I64)
    totals = np.empty(n, I64)
    numbers = np.empty(data.shape[0] // number_width, I64)
    s = 0
    for b in range(buckets.shape[0]):
        inside = I64(_get(data, places[b], 4))
        at = places[b] + 4
        top = U64(buckets[b]) << U64(64 - bits) if bits else U64(0)
        lengths = at + inside * width
        left_out = lengths + inside
        at_number = left_out
        for k in range(inside):
            if data[lengths + k] >= 128:
                at_number += 4
        for k in range(inside):
            keys[s] = top | _get(data, at + k * width, width) << U64(UNUSED)
            length = I64(data[lengths + k] & 127)
            totals[s] = length
            if data[lengths + k] >= 128:
                totals[s] += I64(_get(data, left_out, 4))
                left_out += 4
            for p in range(offsets[s], offsets[s] + length):
                numbers[p] = first + I64(_get(data, at_number, number_width))
                at_number += number_width
            offsets[s + 1] = offsets[s] + length
            s += 1
    return keys, offsets, numbers, totals, n


@kernel
def find(wanted: Any, buckets: Any, places: Any, data: Any, bits: Any, first: Any, number_width: Any) -> Any:
    """Those of the ascending keys `wanted` that are in the ascending buckets, by galloping search in each.

    `data` ends with eight bytes of no meaning. Returns their places in `wanted` in the stead of keys, and
    offsets, numbers and totals, with more room than needed, and how many lists there are; -1 if a bucket is
    damaged.
    """
    width = suffix_width(bits)
    mask = ~U64(0) >> U64(bits)
    most = min(wanted.shape[0], data.shape[0] // 2)
    slots = np.empty(most, U64)
    offsets = np.zeros(most + 1, I64)
    totals = np.empty(most, I64)
    room = 4096
    numbers = np.empty(room, I64)
    hits = 0
    size = 0
    w = 0
    for b in range(buckets.shape[0]):
        while w < wanted.shape[0] and _bucket(wanted[w], bits) < buckets[b]:
            w += 1
        if w == wanted.shape[0]:
            break
        if _bucket(wanted[w], bits) != buckets[b]:
            continue
        if not _is_sound(data, places[b], places[b + 1], width, number_width):
            return slots, offsets, numbers, totals, -1
        inside = I64(_get(data, places[b], 4))
        suffixes = places[b] + 4
        lengths = suffixes + inside * width
        k = 0  # the first key that has not been passed yet,
        passed = I64(0)  # how many numbers lie before its list,
        left_out = 0  # and how many lists before it leave articles out
        left_out_in_all = -1
        low: Any = 0
        while w < wanted.shape[0] and _bucket(wanted[w], bits) == buckets[b]:
            key = (wanted[w] & mask) >> U64(UNUSED)
            step = 1
            while low + step < inside and _get(data, suffixes + (low + step) * width, width) < key:
                low += step
                step *= 2
            high = low + step if low + step < inside else inside
            while low < high:
                middle = (low + high) // 2
                if _get(data, suffixes + middle * width, width) < key:
                    low = middle + 1
                else:
                    high = middle
            if low < inside and _get(data, suffixes + low * width, width) == key:
                if left_out_in_all < 0:
                    left_out_in_all = 0
                    for j in range(inside):
                        left_out_in_all += data[lengths + j] >> 7
                while k < low:
                    passed += data[lengths + k] & 127
                    left_out += data[lengths + k] >> 7
                    k += 1
                length = I64(data[lengths + low] & 127)
                total = length
                at = lengths + inside
                if data[lengths + low] >= 128:
                    total += I64(_get(data, at + 4 * left_out, 4))
                at += 4 * left_out_in_all + passed * number_width
                if size + length > room:
                    room *= 2
                    numbers = longer(numbers, size, room)
                for _ in range(length):
                    numbers[size] = first + I64(_get(data, at, number_width))
                    at += number_width
                    size += 1
                slots[hits] = w
                totals[hits] = total
                hits += 1
                offsets[hits] = size
            w += 1
    return slots, offsets, numbers, totals, hits
