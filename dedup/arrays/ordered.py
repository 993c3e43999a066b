"""Values looked up in what is in order."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T", bound=np.generic)


def each_once(values: NDArray[T]) -> NDArray[T]:
    """The values in order, each once.

    `np.unique` does the same, but loads numpy.ma, which takes 15 ms, and is slow with millions in numpy 2.4.
    """
    ascending = np.sort(values, axis=None)
    first = np.ones(len(ascending), np.bool_)
    first[1:] = ascending[1:] != ascending[:-1]
    once: NDArray[T] = ascending[first]
    return once


def look_up(ascending: NDArray[Any], values: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The place of each of these values among ascending ones, and whether it is there (else any place)."""
    if not len(ascending):
        return np.zeros(len(values), np.int64), np.zeros(len(values), np.bool_)
    at = np.searchsorted(ascending, values).clip(max=len(ascending) - 1)
    return at, ascending[at] == values
