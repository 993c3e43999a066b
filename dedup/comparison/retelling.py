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
from dedup.comparison.prepared import Prepared
from dedup.comparison.structure_kernel import BOILERPLATE, FURNITURE, NAME, QUOTED
from dedup.comparison.template import facts_in_common, is_notice
from dedup.model import Article, Passage, Span
from dedup.settings import Settings
from dedup.sketch.bare import Bare, stems_together

SKIP = QUOTED | BOILERPLATE | FURNITURE
"""Flags of the tokens that do not count."""
DOUBT = 0.75
"""Share of the bar that two articles must reach before it is known what of them does not count."""
SURE = 2.25
"""So many times the score is asked where what is shared is frequent."""
MANY, ALL_BUT = 10, 0.8
"""Numbers and names that must then agree, and which share of all: so many do in 21 of 29 thorough rewordings,
and in 5 of 107 pairs of Reuters stories that would pass else."""
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
    """How far one of two articles tells the other again; the sides are as in the pair.

    `weight` is what the words weigh that both have, `share` its share of the lighter article, and `order` the
    rank correlation of their places. If they say that it is a retelling, `facts` and `common` are as of
    `facts_in_common`; and if these say so too, it `holds`, and `passages` (n, 5) and `weights` (n) are
    sentences that have words in that order: tokens a0, a1, b0, b1, and how many words are the same.
    """

    weight: float
    share: float
    order: float
    facts: int = 0
    common: int = 0
    holds: bool = False
    passages: NDArray[np.int64] = np.empty((0, 5), np.int64)
    weights: NDArray[np.float64] = np.empty(0)

    @property
    def score(self) -> float:
        """What counts against `retold_score`."""
        return self.weight * self.share * max(self.order, 0.0) ** 2


def may_retell(
    older: Sequence[Bare],
    newer: Sequence[Bare],
    pairs: NDArray[np.int64],
    settings: Settings,
) -> NDArray[np.bool_]:
    """Which pairs (m, 2), the first of the older articles and the second of the newer, may be retellings."""
    sides = []
    for sketches, column in ((older, pairs[:, 0]), (newer, pairs[:, 1])):
        rows, local = np.unique(column, return_inverse=True)
        tokens, stem, level = stems_together([sketches[row] for row in rows.tolist()])
        sides.append((_told(stem, level, np.zeros(len(stem), np.uint8), tokens), local))
    (told_a, a), (told_b, b) = sides
    return _may(told_a, told_b, np.column_stack((a, b)), settings, None)


def may_retell_ready(
    prepared: Prepared, pairs: NDArray[np.int64], settings: Settings, *, frequent: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """The same of articles that are ready, pairs (m, 2) of their rows; `frequent` (m) as of `retellings`."""
    rows, local = np.unique(pairs, return_inverse=True)
    told = Told(
        *retelling_kernel.told(
            rows, prepared.base, prepared.level, prepared.flags & np.uint8(SKIP),
            prepared.offsets, prepared.word, prepared.columns, prepared.place, rarity_squared(),
        )
    )  # fmt: skip
    return _may(told, told, local.reshape(-1, 2), settings, frequent)


def _may(
    a: Told, b: Told, pairs: NDArray[np.int64], settings: Settings, frequent: NDArray[np.bool_] | None
) -> NDArray[np.bool_]:
    least = DOUBT * settings.retold_score
    weight, share, order = retelling_kernel.retold(pairs, *a, *b, float(settings.retold_weight), least).T
    score = weight * share * np.maximum(order, 0.0) ** 2
    bar = least if frequent is None else np.where(frequent, SURE * least, least)
    enough: NDArray[np.bool_] = (weight >= settings.retold_weight) & (score >= bar)
    return enough


def retellings(
    ends: Sequence[tuple[Article, Article]],
    prepared: Prepared,
    pairs: NDArray[np.int64],
    passages: Sequence[Sequence[Passage]],
    settings: Settings,
    *,
    frequent: NDArray[np.bool_],
) -> list[Retelling]:
    """How far m pairs of articles are retellings; row i of `pairs` (m, 2) has their rows in `prepared`.

    Quotations do not count, which two reporters may both have heard, nor do page furniture, boilerplate, and
    what of the `passages` of each pair is a notice under both. `frequent` (m) tells the pairs that share what
    more than a few articles have: copies of one report, or a form, which has other facts each time.
    """
    found = []
    for (a, b), (x, y), own, often in zip(ends, pairs.tolist(), passages, frequent.tolist(), strict=True):
        notices = [each for each in own if is_notice(a, b, each, frequent=False)]
        sides = [
            _Side.of(prepared, x, a.text, [each.a for each in notices]),
            _Side.of(prepared, y, b.text, [each.b for each in notices]),
        ]
        # The chain of equal weight that is taken must not depend on the side.
        turned = (len(b.text), b.text) < (len(a.text), a.text)
        first, second = reversed(sides) if turned else sides
        again = _retelling(first, second, settings, frequent=often)
        if turned:
            again = again._replace(passages=again.passages[:, [2, 3, 0, 1, 4]])
        found.append(again)
    return found


class _Side(NamedTuple):
    """One article of a pair: its text without notices, and its tokens, which of them are names or skipped."""

    text: str
    stem: NDArray[np.uint32]
    level: NDArray[np.uint8]
    sentence: NDArray[np.int32]
    skip: NDArray[np.uint8]
    name: NDArray[np.bool_]

    @classmethod
    def of(cls, prepared: Prepared, row: int, text: str, notices: Sequence[Span]) -> _Side:
        """That of a row; `notices` are spans of its text."""
        own = slice(int(prepared.base[row]), int(prepared.base[row + 1]))
        start, flags = prepared.start[own], prepared.flags[own]
        skip = flags & np.uint8(SKIP)
        for notice in notices:
            skip |= ((start >= notice.start) & (start < notice.end)).astype(np.uint8)
        for notice in sorted(notices, key=lambda each: -each.start):
            text = f"{text[: notice.start]} {text[notice.end :]}"
        name = (flags & NAME > 0) & (skip == 0)
        return cls(text, prepared.stem[own], prepared.level[own], prepared.sentence[own], skip, name)


def _retelling(x: _Side, y: _Side, settings: Settings, *, frequent: bool) -> Retelling:
    stem = np.concatenate((x.stem, y.stem))
    level, skip = np.concatenate((x.level, y.level)), np.concatenate((x.skip, y.skip))
    told = _told(stem, level, skip, np.array([0, len(x.stem), len(stem)]))
    weight, share, order = retelling_kernel.retold(np.array([[0, 1]]), *told, *told, 0.0, 0.0)[0].tolist()
    again = Retelling(weight, share, order)
    least = settings.retold_score * (SURE if frequent else 1.0)
    if weight < settings.retold_weight or again.score < least:
        return again
    if weight - _names(told, x, y) < OTHERS * weight:
        return again
    facts, common = facts_in_common(x.text, y.text)
    enough = max(MANY, ALL_BUT * facts) if frequent else settings.retold_agreement * facts - 1
    again = again._replace(facts=facts, common=common)
    if common < enough:
        return again
    places, weights = retelling_kernel.in_order(*told[:4], 0, 1, len(x.stem))
    passages, worth = _sentences(places, weights, x, y)
    return again._replace(holds=len(passages) > 0, passages=passages, weights=worth)


def _names(told: Told, x: _Side, y: _Side) -> float:
    """What the words weigh that are names in both of two articles."""
    names = np.intersect1d(x.stem[x.name], y.stem[y.name])
    weights = [
        told.weight[own][np.isin(told.word[own], names)]
        for own in (slice(0, told.offsets[1]), slice(told.offsets[1], told.offsets[2]))
    ]
    return float(np.minimum(*weights).sum())


def _told(
    stem: NDArray[np.uint32], level: NDArray[np.uint8], skip: NDArray[np.uint8], tokens: NDArray[np.int64]
) -> Told:
    return Told(*retelling_kernel.first_places(stem, level, skip, tokens, rarity_squared()))


def _sentences(
    places: NDArray[np.int64], weights: NDArray[np.float64], x: _Side, y: _Side
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The sentences that the words of a chain lie in: passages (n, 5) and weights, of two words at least.

    Words that follow each other are in one passage if they are in one sentence of either text.
    """
    of_x, of_y = x.sentence[places[:, 0]], y.sentence[places[:, 1]]
    cuts = np.flatnonzero((np.diff(of_x) > 0) & (np.diff(of_y) > 0)) + 1
    rows, worth = [], []
    for begin, end in pairwise([0, *cuts.tolist(), len(places)]):
        if end - begin < 2:
            continue
        a0, b0 = np.searchsorted(x.sentence, of_x[begin]), np.searchsorted(y.sentence, of_y[begin])
        a1 = np.searchsorted(x.sentence, of_x[end - 1], "right")
        b1 = np.searchsorted(y.sentence, of_y[end - 1], "right")
        rows.append((a0, a1, b0, b1, retelling_kernel.common(x.stem[a0:a1], y.stem[b0:b1])))
        worth.append(weights[begin:end].sum())
    return np.array(rows, np.int64).reshape(-1, 5), np.array(worth, np.float64)
