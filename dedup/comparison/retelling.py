"""Retellings: articles that tell the same in other words, found by what they tell and in which order.

What is thoroughly reworded shares no passage that an alignment finds. But whoever rewrites a report goes
through it from start to end, while two reporters of one event choose and order its facts each in their own
way; so the words that both articles have stand in the same order, or they do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.comparison import retelling_kernel
from dedup.comparison.constants import rarity_squared
from dedup.comparison.prepared import prepare_articles
from dedup.comparison.structure_kernel import BOILERPLATE, FURNITURE, NAME, QUOTED
from dedup.model import Article
from dedup.settings import Settings
from dedup.sketch import Sketches
from dedup.sketch.bare import Bare, stems_together

DOUBT = 0.75
"""Share of the bar that the sketches must reach, which do not tell quotations and page furniture."""


OTHERS = 0.2
"""Share of what both tell that must be told by other words than names: two instalments of a series have the
same people in the same order. Of 84 thorough rewordings of invented reports none has less than .26."""


class Told(NamedTuple):
    """What n articles tell: their distinct content stems, in order of value, and where each is first.

    `offsets` (int64, n + 1), per stem `word` (uint32), `place` (int32) and `weight` (float64); `total` (n) is
    what those of an article weigh.
    """

    offsets: NDArray[np.int64]
    word: NDArray[np.uint32]
    place: NDArray[np.int32]
    weight: NDArray[np.float64]
    total: NDArray[np.float64]


class Retelling(NamedTuple):
    """How one of two articles tells the other again.

    `weight` is what the words weigh that both have, `share` its share of the lighter article, `order` the
    rank correlation of their places. `passages` (n, 7) and `weights` (n), as from `kernel.compare`, are
    sentences that have words in that order.
    """

    weight: float
    share: float
    order: float
    passages: NDArray[np.int32]
    weights: NDArray[np.float64]


def may_retell(
    older: Sequence[Bare], newer: Sequence[Bare], pairs: NDArray[np.int64], settings: Settings
) -> NDArray[np.bool_]:
    """Which pairs (m, 2), the first of the older articles and the second of the newer, may be retellings."""
    sides = []
    for sketches, column in ((older, pairs[:, 0]), (newer, pairs[:, 1])):
        rows, local = np.unique(column, return_inverse=True)
        tokens, stem, level = stems_together([sketches[row] for row in rows.tolist()])
        sides.append((_told(stem, level, np.zeros(len(stem), np.uint8), tokens), local))
    (told_a, a), (told_b, b) = sides
    weight, _, _, score = _scored(told_a, told_b, np.column_stack((a, b)), settings, DOUBT)
    enough: NDArray[np.bool_] = (weight >= settings.retold_weight) & (score >= DOUBT * settings.retold_score)
    return enough


def retellings(
    articles: Sequence[Article], sketches: Sketches, pairs: NDArray[np.int64], settings: Settings
) -> dict[int, Retelling]:
    """Those of pairs (m, 2) of article numbers that are retellings; row i of `sketches` is `articles[i]`.

    Quotations do not count, which two reporters may both have heard, nor page furniture and boilerplate.
    """
    rows, local = np.unique(pairs, return_inverse=True)
    local = local.reshape(-1, 2)
    texts = [articles[row].text for row in rows.tolist()]
    prepared = prepare_articles(texts, sketches, rows, alone=True)
    skip = prepared.flags & np.uint8(QUOTED | BOILERPLATE | FURNITURE)
    every = _told(prepared.stem, prepared.level, skip, prepared.base)
    others = _told(prepared.stem, prepared.level, skip | prepared.flags & np.uint8(NAME), prepared.base)
    weight, share, order, score = _scored(every, every, local, settings, 1.0)
    enough = (weight >= settings.retold_weight) & (score >= settings.retold_score)
    enough[enough] = _scored(others, others, local[enough], settings, 1.0)[0] >= OTHERS * weight[enough]
    found = {}
    for p in np.flatnonzero(enough).tolist():
        # The chain of equal weight that is taken must not depend on the side.
        x, y = sorted(local[p].tolist(), key=lambda row: (len(texts[row]), texts[row]))
        length = prepared.base[x + 1] - prepared.base[x]
        places, weights = retelling_kernel.in_order(
            every.offsets, every.word, every.place, every.weight, x, y, length
        )
        sentences = [prepared.sentence[prepared.base[row] : prepared.base[row + 1]] for row in (x, y)]
        passages, worth = _sentences(places, weights, *sentences)
        stems = [prepared.stem[prepared.base[row] : prepared.base[row + 1]] for row in (x, y)]
        for row in passages:
            row[[4, 6]] = retelling_kernel.common(stems[0][row[0] : row[1]], stems[1][row[2] : row[3]])
        if x != local[p, 0]:
            passages = passages[:, [2, 3, 0, 1, 4, 5, 6]]
        if len(passages):
            found[p] = Retelling(float(weight[p]), float(share[p]), float(order[p]), passages, worth)
    return found


def _told(
    stem: NDArray[np.uint32], level: NDArray[np.uint8], skip: NDArray[np.uint8], tokens: NDArray[np.int64]
) -> Told:
    return Told(*retelling_kernel.first_places(stem, level, skip, tokens, rarity_squared()))


def _scored(
    older: Told, newer: Told, pairs: NDArray[np.int64], settings: Settings, doubt: float
) -> tuple[NDArray[np.float64], ...]:
    """The weight, share, order and score of pairs; without an order where that would not matter."""
    weight, share, order = retelling_kernel.retold(
        pairs, *older, *newer, float(settings.retold_weight), doubt * settings.retold_score
    ).T
    return weight, share, order, weight * share * np.maximum(order, 0.0) ** 2


def _sentences(
    places: NDArray[np.int64],
    weights: NDArray[np.float64],
    sentence_a: NDArray[np.int32],
    sentence_b: NDArray[np.int32],
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """The sentences that the words of a chain lie in: passages (n, 7) and weights, of two words at least.

    Words that follow each other are in one passage if they are in one sentence of either text. The matched
    words are left at 0.
    """
    of_a, of_b = sentence_a[places[:, 0]], sentence_b[places[:, 1]]
    cuts = np.flatnonzero((np.diff(of_a) > 0) & (np.diff(of_b) > 0)) + 1
    rows, worth = [], []
    for begin, end in pairwise([0, *cuts.tolist(), len(places)]):
        if end - begin < 2:
            continue
        a = np.searchsorted(sentence_a, of_a[begin]), np.searchsorted(sentence_a, of_a[end - 1], "right")
        b = np.searchsorted(sentence_b, of_b[begin]), np.searchsorted(sentence_b, of_b[end - 1], "right")
        rows.append((*a, *b, 0, 0, 0))
        worth.append(weights[begin:end].sum())
    return np.array(rows, np.int32).reshape(-1, 7), np.array(worth, np.float64)
