"""Sentences of two texts that tell the same, in whatever order they stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

MOST = 200
"""Sentences of either text, beyond which nobody reads them side by side."""
ALIKE, LEAST = 0.2, 0.5
"""Share of the lighter sentence, and weight, that two sentences have in common which tell the same."""

Block = tuple[int, int, int, int, float]
"""Sentences [i0, i1] of one text and [j0, j1] of the other, and what they share."""


def begins(sentence: NDArray[np.int32]) -> list[int]:
    """The token that each sentence begins with, by the sentences of tokens; and the end (n + 1)."""
    return [*np.flatnonzero(np.diff(sentence, prepend=-1)).tolist(), len(sentence)]


def words_of(
    stem: NDArray[np.uint32], weight: NDArray[np.float64], begin: Sequence[int]
) -> list[dict[int, float]]:
    """The distinct words of each sentence, and what each weighs; those of no weight are left out."""
    return [
        {s: w for s, w in zip(stem[i:j].tolist(), weight[i:j].tolist(), strict=True) if w > 0}
        for i, j in pairwise(begin)
    ]


def blocks_of(x: Sequence[Mapping[int, float]], y: Sequence[Mapping[int, float]]) -> list[Block]:
    """Sentences that belong together, by the distinct words of each and what these weigh; in order of x.

    A sentence belongs to the one that it shares most with. In a block they follow each other on either side,
    and none is in two blocks. There is none where either text has more than MOST.
    """
    if max(len(x), len(y)) > MOST:
        return []
    blocks: list[Block] = []
    for (i, j), weight in sorted(_links(x, y).items(), key=lambda link: (-link[1], link[0])):
        with_i = next((n for n, (i0, i1, *_) in enumerate(blocks) if i0 <= i <= i1), None)
        with_j = next((n for n, (_, _, j0, j1, _) in enumerate(blocks) if j0 <= j <= j1), None)
        if with_i is None and with_j is None:
            blocks.append((i, i, j, j, weight))
        elif with_i is None or with_j is None or with_i == with_j:
            n = with_j if with_i is None else with_i
            assert n is not None
            i0, i1, j0, j1, before = blocks[n]
            if i0 - 1 <= i <= i1 + 1 and j0 - 1 <= j <= j1 + 1:
                blocks[n] = min(i, i0), max(i, i1), min(j, j0), max(j, j1), before + weight
    return sorted(blocks)


def _links(
    x: Sequence[Mapping[int, float]], y: Sequence[Mapping[int, float]]
) -> dict[tuple[int, int], float]:
    """The sentences that share most with each other, seen from either side, and how much."""
    own = [np.array([sum(words.values()) for words in side]) for side in (x, y)]
    having: dict[int, list[int]] = {}
    for j, words in enumerate(y):
        for word in words:
            having.setdefault(word, []).append(j)
    shared = np.zeros((len(x), len(y)))
    for i, words in enumerate(x):
        for word, weight in words.items():
            shared[i, having.get(word, [])] += weight
    shared[shared < np.maximum(LEAST, ALIKE * np.minimum(*np.ix_(*own)))] = 0
    links = {(i, int(row.argmax())): float(row.max()) for i, row in enumerate(shared) if row.any()}
    return links | {(int(row.argmax()), j): float(row.max()) for j, row in enumerate(shared.T) if row.any()}
