"""Small kernels on arrays. Each of numpy's own functions costs numba a second or more of compilation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from dedup.kernels import kernel

Kernel = Callable[[Callable[..., Any]], Callable[..., Any]]


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
def float32(size: Any, value: Any) -> Any:
    """A float32 array filled with `value`."""
    array = np.empty(size, np.float32)
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
def grown(array: Any, size: Any) -> Any:
    """The int32 `array`, or one of twice the length with its entries, so that entry `size` is there."""
    if size < array.shape[0]:
        return array
    longer = np.empty(max(2 * array.shape[0], size + 1), np.int32)
    for k in range(array.shape[0]):
        longer[k] = array[k]
    return longer


@kernel
def sort_by_bytes(keys: Any, scratch: Any, low: Any) -> None:
    """Sort uint64 keys in place by their bytes from `low` (even) up; equal ones keep their order."""
    n = keys.shape[0]
    if n < 24:
        mask = np.uint64(8 * low)
        for i in range(1, n):
            key = keys[i]
            j = i
            while j > 0 and keys[j - 1] >> mask > key >> mask:
                keys[j] = keys[j - 1]
                j -= 1
            keys[j] = key
        return
    counts = np.empty(256, np.int64)
    source, target = keys, scratch[:n]
    for byte in range(low, 8):
        shift = np.uint64(8 * byte)
        for k in range(256):
            counts[k] = 0
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
