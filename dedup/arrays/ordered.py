"""Values looked up in what is in order."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def look_up(ascending: NDArray[Any], values: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The place of each of these values among ascending ones, and whether it is there (else any place)."""
    if not len(ascending):
        return np.zeros(len(values), np.int64), np.zeros(len(values), np.bool_)
    at = np.searchsorted(ascending, values).clip(max=len(ascending) - 1)
    return at, ascending[at] == values
