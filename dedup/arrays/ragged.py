"""Rows of different lengths side by side: row i of `entries` is `entries[offsets[i] : offsets[i + 1]]`."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray


def offsets_of(lengths: Iterable[int]) -> NDArray[np.int64]:
    """Where rows of these lengths begin, side by side, and where the last ends (n + 1)."""
    ends = np.fromiter(lengths, np.int64).cumsum()
    return np.concatenate((np.zeros(1, np.int64), ends))


def gather(
    offsets: NDArray[np.int64], rows: NDArray[np.int64] | NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The offsets of some rows side by side, in this order, and the places of their entries."""
    lengths = offsets[rows + 1] - offsets[rows]
    own = np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths)))
    return own, np.arange(own[-1]) + np.repeat(offsets[rows] - own[:-1], lengths)
