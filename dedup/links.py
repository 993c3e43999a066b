"""Matches that join, side by side: what the index gives and grouping needs of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Stretch = tuple[int, int, int, int]
"""Where what two articles share begins and ends in the first and in the second, in characters."""


@dataclass(frozen=True, slots=True)
class Links:
    """Matches that join, one row each: the two articles' numbers, and how much they share (0 to 1).

    `strength` is the larger containment: it says that one text is in the other, as a story is in a round-up
    of several. A high `resemblance` says that they are one text. `stretch` gives that of a row, or None where
    it is not known: it is asked for few.
    """

    a: NDArray[np.int64]
    b: NDArray[np.int64]
    strength: NDArray[np.float64]
    resemblance: NDArray[np.float64]
    stretch: Callable[[int], Stretch | None] = lambda _: None
