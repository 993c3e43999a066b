"""The last step of the funnel before an alignment: whether two articles share enough, side by side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dedup.comparison import overlap_kernel
from dedup.comparison.constants import bar_of, rarity_squared
from dedup.settings import Settings
from dedup.sketch.bare import NOTHING, Bare, offsets_of, stems_together
from dedup.threads import in_order

PAIRS = 4_096
"""Pairs in one call of the kernel."""
UNIT = 1024
"""Weights reach the kernel as whole numbers of this part of one."""


def promising(
    sketches: Sequence[Bare], pairs: NDArray[np.int64], settings: Settings, *, alone: bool = False
) -> NDArray[np.bool_]:
    """Which pairs (m, 2) of articles may be a match.

    A passage that weighs enough is made of words that mostly stand side by side in both texts, and in one
    place of both. So what the words of shared pairs of adjacent content stems weigh there, in
    `overlap_window` words, must reach a share (`overlap`) of the bar. It is exact, and costs a look-up for
    each word where an alignment costs a hundred times more.
    """
    rows, local = np.unique(pairs, return_inverse=True)
    local = local.reshape(-1, 2)
    tokens, stem, level = stems_together([sketches[row] for row in rows.tolist()])
    every = np.arange(len(rows))
    squared = rarity_squared()
    offsets, pair, total = overlap_kernel.word_pairs(stem, level, tokens, every, squared)
    bars = settings.overlap * bar_of(total[local].min(axis=1), settings)
    enough, weights = np.ceil(UNIT * bars).astype(np.int64), weights_of(squared)
    order = np.argsort(local[:, 1], kind="stable")
    ordered, least = local[order], enough[order]

    def part(begin: int) -> NDArray[np.uint8]:
        own = slice(begin, begin + PAIRS)
        reached: NDArray[np.uint8] = overlap_kernel.overlap(
            pair, offsets, ordered[own], settings.overlap_window, least[own], weights
        )
        return reached

    found = np.empty(len(local), np.bool_)
    parts = in_order(part, range(0, len(local), PAIRS), alone=alone or len(local) <= PAIRS)
    found[order] = np.concatenate(list(parts))
    return found


def resemblances(sketches: Sequence[Bare], pairs: NDArray[np.int64]) -> NDArray[np.float64]:
    """The resemblance of each of the pairs (m, 2) of articles: the share of all distinct shingles in both."""
    offsets = offsets_of(len(sketch.shingle) for sketch in sketches)
    shingle = np.concatenate([NOTHING.shingle, *(sketch.shingle for sketch in sketches)])
    found: NDArray[np.float64] = overlap_kernel.resemblance(shingle, offsets, pairs)
    return found


def weights_of(squared: NDArray[np.float64]) -> NDArray[np.int64]:
    """What a word of each level weighs, as the kernel wants it: a place further, in UNITs."""
    return np.append(0, UNIT * squared).astype(np.int64)
