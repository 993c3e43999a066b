"""The last step of the funnel before an alignment: whether two articles share enough word pairs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dedup.comparison import overlap_kernel
from dedup.comparison.constants import bar_of, rarity_squared
from dedup.settings import Settings
from dedup.sketch import Sketches


def promising(sketches: Sketches, pairs: NDArray[np.int64], settings: Settings) -> NDArray[np.bool_]:
    """Which pairs (m, 2) of articles may be a match.

    A passage that weighs enough is made of words that mostly stand side by side in both texts, and in one
    place of both. So what the shared pairs of adjacent content stems weigh there, in `overlap_window` words,
    must reach a share (`overlap`) of the bar. It is exact, and costs a look-up for each word where an
    alignment costs a hundred times more.
    """
    rows, local = np.unique(pairs, return_inverse=True)
    local = local.reshape(-1, 2)
    offsets, pair, total = overlap_kernel.word_pairs(
        sketches.stem, sketches.level, sketches.tokens, rows, rarity_squared()
    )
    enough = settings.overlap * bar_of(total[local].min(axis=1), settings)
    order = np.argsort(local[:, 1], kind="stable")
    found = np.empty(len(local), np.bool_)
    found[order] = overlap_kernel.overlap(pair, offsets, local[order], settings.overlap_window, enough[order])
    return found
