"""Candidates -> matches, in parts that memory has room for, several of them at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup import gone
from dedup.comparison import matches
from dedup.comparison.excerpt import is_long
from dedup.comparison.overlap import WordPairs, promising, word_pairs
from dedup.comparison.retelling import may_retell
from dedup.index import Candidates
from dedup.model import Article, Match
from dedup.older import Older, Some, parts_of
from dedup.settings import Settings
from dedup.sketch import Sketches
from dedup.sketch.bare import Bare, apart, together
from dedup.threads import THREADS, in_order

PAIRS, FEW = 512, 64
"""Pairs that one task aligns, at most and, if there are several tasks, at least."""
WORDS = 4_000_000
"""Words of older articles that may match and wait to be aligned, some 30 bytes each."""


class Glance(NamedTuple):
    """What is looked at of articles before two of them are aligned."""

    sketches: Sequence[Bare]
    word_pairs: WordPairs


def glance(sketches: Sequence[Bare]) -> Glance:
    """That of articles by their sketches."""
    return Glance(sketches, word_pairs(sketches))


def may_match(
    older: Glance,
    newer: Glance,
    pairs: NDArray[np.int64],
    settings: Settings,
    *,
    banded: NDArray[np.bool_],
    shared: NDArray[np.int64] | NDArray[np.int32],
) -> NDArray[np.bool_]:
    """Which pairs (m, 2), the first of the older articles and the second of the newer, are to be aligned.

    `banded` (m) are those that share a band, and `shared` (m) is how many keys each shares.
    """
    kept = banded | is_long(older.word_pairs.words[pairs[:, 0]], newer.word_pairs.words[pairs[:, 1]])
    if not kept.all():
        kept[~kept] = promising(older.word_pairs, newer.word_pairs, pairs[~kept], settings)
        often = ~kept & (shared >= settings.retold_keys)
        kept[often] = may_retell(older.sketches, newer.sketches, pairs[often], settings)
    return kept


class _Part(NamedTuple):
    """Candidates whose other articles are `some` older ones, or new ones where that is None.

    Of each its row, and the places of its two articles (m, 2), among these and among the new ones. `lost` are
    the rows of those whose older article is without its text.
    """

    some: Some | None
    rows: NDArray[np.int64]
    pairs: NDArray[np.int64]
    lost: NDArray[np.int64]


class _Sifted(NamedTuple):
    """The candidates of a part that may match, and the older ones of their articles, boilerplate marked.

    The places in `pairs` are among these, or among the new ones where there are none.
    """

    rows: NDArray[np.int64]
    pairs: NDArray[np.int64]
    articles: list[Article]
    sketches: list[Bare]


class Comparing:
    """The comparison of new articles with their candidates; as of `find_matches`."""

    def __init__(
        self,
        older: Older,
        articles: Sequence[Article],
        sketches: Sketches,
        numbers: NDArray[np.int64],
        *,
        found: Candidates,
        settings: Settings,
    ) -> None:
        self._older = older
        self._articles = articles
        self._sketches = sketches
        self._new = [apart(sketches, row) for row in range(len(articles))]
        self._glance = glance(self._new)
        self._numbers = numbers
        self._found = found
        self._settings = settings
        self._few = len(found) <= FEW

    def matches(self) -> Iterator[tuple[Match, int, int]]:
        """The matches, by their candidates, as far as these are aligned at a time.

        What the index has is read here, and the rest is done by threads meanwhile.
        """
        waiting: list[_Sifted] = []
        words = 0
        for part, sifted in in_order(self._sift, self._parts(), alone=self._few):
            if part.some is not None:
                self._older.remember(part.some)
            lost = self._found.rows(part.lost)
            yield from gone.matches(self._older.store, self._articles, self._sketches, lost, self._settings)
            waiting.append(sifted)
            words += sum(len(sketch.stem) for sketch in sifted.sketches)
            if words >= WORDS:
                yield from self._aligned(waiting)
                waiting, words = [], 0
        yield from self._aligned(waiting)

    def _parts(self) -> Iterator[_Part]:
        found = self._found
        inside = np.isin(found.number, self._numbers)
        none = np.zeros(0, np.int64)
        if inside.any():
            rows = np.flatnonzero(inside)
            first = np.searchsorted(self._numbers, found.number[rows])
            yield _Part(None, rows, np.column_stack((first, found.query[rows])), none)
        old = np.unique(found.number[~inside])
        place = np.where(inside, -1, np.searchsorted(old, found.number))
        for begin, end in parts_of(self._older.store.articles.words(old)):
            some = self._older.some(old[begin:end])
            rows = np.flatnonzero((place >= begin) & (place < end))
            lost = some.gone[place[rows] - begin]
            kept = rows[~lost]
            pairs = np.column_stack((place[kept] - begin, found.query[kept]))
            yield _Part(some, kept, pairs, rows[lost])

    def _sift(self, part: _Part) -> tuple[_Part, _Sifted]:
        new, some = self._glance, part.some
        old = glance(some.words()) if some else new
        banded, shared = self._found.bands[part.rows] > 0, self._found.shared[part.rows]
        kept = may_match(old, new, part.pairs, self._settings, banded=banded, shared=shared)
        rows, pairs = part.rows[kept], part.pairs[kept]
        if some is None:
            return part, _Sifted(rows, pairs, [], [])
        places, pairs[:, 0] = np.unique(pairs[:, 0], return_inverse=True)
        return part, _Sifted(rows, pairs, *some.whole(places))

    def _aligned(self, sifted: Sequence[_Sifted]) -> Iterator[tuple[Match, int, int]]:
        articles, sketches = [*self._articles], [*self._new]
        pairs = []
        for part in sifted:
            before = len(articles) if part.articles else 0
            pairs.append(part.pairs + np.array([before, 0]))
            articles += part.articles
            sketches += part.sketches
        rows = np.concatenate([np.zeros(0, np.int64), *(part.rows for part in sifted)])
        order = np.argsort(rows)
        rows = rows[order]
        both = np.concatenate([np.zeros((0, 2), np.int64), *pairs])[order]
        size = min(PAIRS, max(FEW, -(-len(rows) // THREADS)))
        tasks = (
            (rows[begin : begin + size], both[begin : begin + size]) for begin in range(0, len(rows), size)
        )
        for found in in_order(partial(self._align, articles, sketches), tasks, alone=self._few):
            yield from found

    def _align(
        self,
        articles: Sequence[Article],
        sketches: Sequence[Bare],
        task: tuple[NDArray[np.int64], NDArray[np.int64]],
    ) -> list[tuple[Match, int, int]]:
        rows, pairs = task
        places, local = np.unique(pairs, return_inverse=True)
        found = self._found.rows(rows)
        matched = matches(
            [articles[place] for place in places.tolist()],
            together([sketches[place] for place in places.tolist()]),
            local.reshape(-1, 2),
            self._settings,
            frequency=found.frequency,
        )
        ends = zip(matched, found.number.tolist(), found.query.tolist(), strict=True)
        return [(match, number, query) for match, number, query in ends if match is not None]
