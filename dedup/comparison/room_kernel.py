"""What the kernels of the comparison write on: allotted once for many pairs, because allotting takes time."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from dedup.comparison.array_kernel import fill
from dedup.kernels import kernel

LOGS = 64
"""Logarithms of frequencies that are kept while they are of use."""


class Room(NamedTuple):
    """Arrays of int32, float32, float64 and uint64, each with an entry for each token of the longest text.

    Nothing in them lasts, but that the sums of `product` are left at 0.
    """

    partner: Any
    run_a: Any
    run_b: Any
    other_a: Any
    other_b: Any
    begin: Any
    end: Any
    chosen: Any
    starts: Any
    touched: Any
    offsets: Any
    stamp: Any
    functions_a: Any
    functions_b: Any
    near_a: Any
    near_b: Any
    taken_a: Any
    taken_b: Any
    path: Any
    ma: Any
    mb: Any
    close: Any
    ga: Any
    gb: Any
    tights: Any
    cuts: Any
    kinds: Any
    norm_a: Any
    norm_b: Any
    product: Any
    rarity: Any
    rarity_a: Any
    rarity_b: Any
    spreads: Any
    logs: Any
    weight_a: Any
    weight_b: Any
    step: Any
    cost_a: Any
    cost_b: Any
    order: Any
    scratch: Any


@kernel
def room_for(pairs: Any, base: Any) -> Any:
    """Enough for each of these pairs of texts, whose tokens begin at `base`."""
    longest = 0
    for p in range(pairs.shape[0]):
        for side in range(2):
            longest = max(longest, base[pairs[p, side] + 1] - base[pairs[p, side]])
    size = longest + 4
    i, f = np.empty((27, size), np.int32), np.empty((6, size), np.float32)
    d, u = np.empty((5, size), np.float64), np.empty((2, size), np.uint64)
    logs = np.empty((2, LOGS), np.float32)
    fill(f[2], size, 0)
    return Room(
        i[0], i[1], i[2], i[3], i[4], i[5], i[6], i[7], i[8], i[9], i[10], i[11], i[12],
        i[13], i[14], i[15], i[16], i[17], i[18], i[19], i[20], i[21], i[22], i[23], i[24], i[25], i[26],
        f[0], f[1], f[2], f[3], f[4], f[5], logs[0], logs[1], d[0], d[1], d[2], d[3], d[4], u[0], u[1],
    )  # fmt: skip
