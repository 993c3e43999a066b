"""The last step of the funnel before an alignment: whether two articles share enough, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.arrays.ragged import offsets_of
from dedup.comparison import overlap_kernel
from dedup.comparison.constants import bar_of, rarity_squared
from dedup.settings import Settings
from dedup.sketch.bare import NOTHING, Bare
from dedup.sketch.content import Content
from dedup.threads import in_order

PAIRS = 4_096
"""Pairs in one call of the kernel."""
UNIT = 1024
"""Weights reach the kernel as whole numbers of this part of one."""


class WordPairs(NamedTuple):
    """What the test looks at of n articles: the pairs of adjacent content stems, as the kernel makes them.

    `weight` (float64, n) is what their words weigh in all.
    """

    offsets: NDArray[np.int64]
    pair: NDArray[np.uint64]
    weight: NDArray[np.float64]


def word_pairs(content: Content) -> WordPairs:
    """Those of articles by their content words."""
    return WordPairs(*overlap_kernel.word_pairs(*content[1:], rarity_squared()))


def promising(
    older: WordPairs, newer: WordPairs, pairs: NDArray[np.int64], settings: Settings
) -> NDArray[np.bool_]:
    """Which pairs (m, 2), the first of the older articles and the second of the newer, may be a match.

    A passage that weighs enough is made of words that mostly stand side by side in both texts, and in one
    place of both. So what the words of shared pairs of adjacent content stems weigh there, in
    `overlap_window` words, must reach a share (`overlap`) of the bar, and there must be enough of them
    (`overlap_pairs`, fewer under a lower bar). It is exact, and costs a look-up for each word where an
    alignment costs a hundred times more.
    """
    smaller = np.minimum(older.weight[pairs[:, 0]], newer.weight[pairs[:, 1]])
    bar = bar_of(smaller, settings)
    enough = np.ceil(UNIT * settings.overlap * bar).astype(np.int64)
    least = np.ceil(settings.overlap_pairs * bar / max(settings.match_weight, 1e-9)).astype(np.int64)
    weights = weights_of(rarity_squared())
    order = np.argsort(pairs[:, 1], kind="stable")
    ordered, enough, least = pairs[order], enough[order], least[order]

    def part(begin: int) -> NDArray[np.uint8]:
        own = slice(begin, begin + PAIRS)
        reached: NDArray[np.uint8] = overlap_kernel.overlap(
            *(older.pair, older.offsets, newer.pair, newer.offsets),
            *(ordered[own], settings.overlap_window, enough[own], least[own], weights),
        )
        return reached

    found = np.empty(len(pairs), np.bool_)
    parts = in_order(part, range(0, len(pairs), PAIRS))
    found[order] = np.concatenate(list(parts))
    return found


def likeness(sketches: Sequence[Bare], pairs: NDArray[np.int64]) -> NDArray[np.float64]:
    """The resemblance of each of the pairs (m, 2) of articles, and the containment of each article; (m, 3).

    The share of the distinct shingles of both, of those of the first and of the second, that both have.
    """
    offsets = offsets_of(len(sketch.shingle) for sketch in sketches)
    shingle = np.concatenate([NOTHING.shingle, *(sketch.shingle for sketch in sketches)])
    found: NDArray[np.float64] = overlap_kernel.likeness(shingle, offsets, pairs)
    return found


def weights_of(squared: NDArray[np.float64]) -> NDArray[np.int64]:
    """What a word of each level weighs, as the kernel wants it: a place further, in UNITs."""
    return np.append(0, UNIT * squared).astype(np.int64)
