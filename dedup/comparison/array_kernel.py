"""Small kernels on arrays. Each of numpy's own functions costs numba a second or more of compilation."""

from __future__ import annotations

from typing import Any

import numpy as np

from dedup.kernels import kernel

LOW32, B32 = np.uint64(0xFFFFFFFF), np.uint64(32)
"""Of a key that holds two numbers, the bits of the lower one, and how far the upper one is shifted."""
FEW = 24
"""Keys that are put in order one by one."""
MANY = 1 << 13
"""Keys that are sorted by one byte after the other, however they are spread."""


@kernel
def int32(size: Any, value: Any) -> Any:
    """An int32 array filled with `value`."""
    array = np.empty(size, np.int32)
    for k in range(size):
        array[k] = value
    return array


@kernel
def uint8(size: Any, value: Any) -> Any:
    """A uint8 array filled with `value`."""
    array = np.empty(size, np.uint8)
    for k in range(size):
        array[k] = value
    return array


@kernel
def float64(size: Any, value: Any) -> Any:
    """A float64 array filled with `value`."""
    array = np.empty(size, np.float64)
    for k in range(size):
        array[k] = value
    return array


@kernel
def fill(array: Any, size: Any, value: Any) -> None:
    """Set the first `size` entries."""
    for k in range(size):
        array[k] = value


@kernel
def sort_by_bytes(keys: Any, scratch: Any, low: Any) -> None:
    """Sort uint64 keys in place by their bytes from `low` up; equal ones keep their order."""
    n = keys.shape[0]
    mask = np.uint64(8 * low)
    ordered = True
    for k in range(1, n):
        ordered = ordered and keys[k - 1] >> mask <= keys[k] >> mask
    if ordered:
        return
    if n < FEW:
        for i in range(1, n):
            key = keys[i]
            j = i
            while j > 0 and keys[j - 1] >> mask > key >> mask:
                keys[j] = keys[j - 1]
                j -= 1
            keys[j] = key
        return
    different = np.uint64(0)
    for k in range(1, n):
        different |= keys[k] ^ keys[0]
    counts = np.empty(256, np.int64)
    source, target = keys, scratch[:n]
    swapped = False
    for byte in range(low, 8):
        shift = np.uint64(8 * byte)
        if not (different >> shift) & np.uint64(255):
            continue
        fill(counts, 256, 0)
        for k in range(n):
            counts[np.int64((source[k] >> shift) & np.uint64(255))] += 1
        place = 0
        for k in range(256):
            place, counts[k] = place + counts[k], place
        for k in range(n):
            digit = np.int64((source[k] >> shift) & np.uint64(255))
            target[counts[digit]] = source[k]
            counts[digit] += 1
        source, target = target, source
        swapped = not swapped
    if swapped:
        for k in range(n):
            keys[k] = scratch[k]


@kernel
def sort_spread(keys: Any, scratch: Any) -> None:
    """Sort uint64 keys in place that are spread evenly in their upper bits, as hashes are.

    A pass puts each into one of about as many buckets as there are keys; what is then out of order is near
    its place.
    """
    n = keys.shape[0]
    if n < FEW or n > MANY:
        sort_by_bytes(keys, scratch, 0)
        return
    bits = 1
    while n >> bits:
        bits += 1
    shift = np.uint64(64 - bits)
    counts = int32(1 << bits, 0)
    for k in range(n):
        counts[np.int64(keys[k] >> shift)] += 1
    place = 0
    for k in range(1 << bits):
        place, counts[k] = place + counts[k], place
    for k in range(n):
        digit = np.int64(keys[k] >> shift)
        scratch[counts[digit]] = keys[k]
        counts[digit] += 1
    for i in range(n):
        key = scratch[i]
        j = i
        while j > 0 and keys[j - 1] > key:
            keys[j] = keys[j - 1]
            j -= 1
        keys[j] = key
