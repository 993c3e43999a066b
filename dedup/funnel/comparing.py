"""Candidates -> matches, in parts that memory has room for, several of them at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.arrays.ordered import each_once, look_up
from dedup.comparison import matches
from dedup.comparison.excerpt import is_long
from dedup.comparison.overlap import WordPairs, promising, word_pairs
from dedup.comparison.retelling import is_brief, may_retell
from dedup.funnel import gone
from dedup.funnel.marking import Known, mark_known
from dedup.funnel.older import Look, Older, Some, parts_of
from dedup.index import Candidates, Frequency
from dedup.model import Article, Match
from dedup.settings import Settings
from dedup.sketch import Sketches
from dedup.sketch.bare import Bare, apart, together
from dedup.sketch.content import Content, content_of
from dedup.threads import THREADS, in_order

PAIRS, FEW = 256, 64
"""Pairs that one task aligns, at most and, if there are several tasks, at least."""
WORDS = 4_000_000
"""Words of older articles that may match and wait to be aligned, some 30 bytes each."""
KEYS, LONGER = 0.147, 2
"""Keys of an article for each of its words, in the mean; and how many times as long an article is that has
another whole: two of one form are as long."""


class Glance(NamedTuple):
    """What is looked at of articles before two of them are aligned."""

    content: Content
    word_pairs: WordPairs


def glance(content: Content) -> Glance:
    """That of articles by their content words."""
    return Glance(content, word_pairs(content))


def may_match(
    older: Glance,
    newer: Glance,
    pairs: NDArray[np.int64],
    settings: Settings,
    *,
    banded: NDArray[np.bool_],
    shared: NDArray[np.int64] | NDArray[np.int32],
    frequency: Frequency,
) -> NDArray[np.bool_]:
    """Which pairs (m, 2), the first of the older articles and the second of the newer, are to be aligned.

    `banded` (m) are those that share a band, and `shared` (m) is how many keys each shares. What is doubtful
    by its frequency may be a form or a footer; but not if a longer article has the older one whole.
    """
    words = older.content.words[pairs[:, 0]], newer.content.words[pairs[:, 1]]
    whole = (shared >= settings.excerpt * KEYS * words[0]) & (words[1] >= LONGER * words[0])
    asked = ~frequency.doubtful | whole
    kept = asked & (banded | is_long(*words))
    rest = asked & ~kept
    if rest.any():
        kept[rest] = promising(older.word_pairs, newer.word_pairs, pairs[rest], settings)
        often = asked & ~kept & (is_brief(*words) | (shared >= settings.retold_keys))
        kept[often] = may_retell(older.content, newer.content, pairs[often], settings)
    return kept


class _Part(NamedTuple):
    """Candidates whose other articles are those of `look`, older ones, or new ones where that is None.

    Of each its row, and the places of its two articles (m, 2), among these and among the new ones. `lost` are
    the rows of those whose older article is without its text.
    """

    look: Look | None
    rows: NDArray[np.int64]
    pairs: NDArray[np.int64]
    lost: NDArray[np.int64]


class _Chosen(NamedTuple):
    """Those of the candidates of a part that may match; `places` are those of the older ones in `some`.

    In `pairs` the older ones are numbered as in `places`.
    """

    some: Some | None
    places: NDArray[np.int64]
    rows: NDArray[np.int64]
    pairs: NDArray[np.int64]
    lost: NDArray[np.int64]


class _Whole(NamedTuple):
    """The same with the older ones of their articles, boilerplate marked; none where they are new ones."""

    chosen: _Chosen
    articles: list[Article]
    sketches: list[Bare]


class Newer:
    """A batch of new articles, with what is looked at of them.

    `again` are, by their rows, those that the next ones of the batch see with more boilerplate marked.
    """

    def __init__(self, articles: Sequence[Article], sketches: Sketches, numbers: NDArray[np.int64]) -> None:
        self.articles = articles
        self.sketches = sketches
        self.numbers = numbers
        self.bare = [apart(sketches, row) for row in range(len(articles))]
        self.glance = glance(content_of(sketches))
        self.again: dict[int, Bare] = {}

    def mark_again(self, lines: Known, numbers: NDArray[np.int64], by: NDArray[np.int64]) -> None:
        """Mark the lines known when an article came, `by`, in those of these numbers that came before it.

        Numbers may be there more than once, and be of no article of the batch. The next ones are compared
        with them; what they themselves were compared with stays as it was.
        """
        place, own = look_up(self.numbers, numbers)
        own &= numbers < by
        rows, first = np.unique(place[own], return_index=True)
        bare = together([self.bare[row] for row in rows.tolist()])
        made = mark_known(lines, [self.articles[row] for row in rows.tolist()], bare, by[own][first])
        self.again = {row: apart(made, i) for i, row in enumerate(rows.tolist())}


class Comparing:
    """The comparison of new articles with their candidates; as of `find_matches`.

    `by` may be a number for each candidate, the same for all that have one older article.
    """

    def __init__(
        self,
        older: Older,
        newer: Newer,
        found: Candidates,
        settings: Settings,
        *,
        by: NDArray[np.int64] | int = -1,
    ) -> None:
        self._older = older
        self._newer = newer
        self._found = found
        self._settings = settings
        self._by = np.broadcast_to(by, len(found))
        self._few = len(found) <= FEW

    def matches(self) -> Iterator[tuple[Match, int, int]]:
        """The matches, by their candidates, as far as these are aligned at a time.

        What the index has is read here, and the rest is done by threads meanwhile.
        """
        waiting: list[_Whole] = []
        words = 0
        sifted = in_order(self._sift, self._parts(), alone=self._few)
        for whole in in_order(_made_whole, map(self._read, sifted), alone=self._few):
            if whole.chosen.some is not None:
                self._older.remember(whole.chosen.some)
            lost = self._found.rows(whole.chosen.lost)
            yield from gone.matches(
                self._older.store, self._newer.articles, self._newer.sketches, lost, self._settings
            )
            waiting.append(whole)
            words += sum(len(sketch.stem) for sketch in whole.sketches)
            if words >= WORDS:
                yield from self._aligned(waiting)
                waiting, words = [], 0
        yield from self._aligned(waiting)

    def _parts(self) -> Iterator[_Part]:
        found = self._found
        inside = np.isin(found.number, self._newer.numbers)
        none = np.zeros(0, np.int64)
        if inside.any():
            rows = np.flatnonzero(inside)
            first = np.searchsorted(self._newer.numbers, found.number[rows])
            yield _Part(None, rows, np.column_stack((first, found.query[rows])), none)
        old = each_once(found.number[~inside])
        place = np.where(inside, -1, np.searchsorted(old, found.number))
        by = np.full(len(old), -1)
        by[place[~inside]] = self._by[~inside]
        for begin, end in parts_of(self._older.store.articles.words(old)):
            look = self._older.look(old[begin:end], by=by[begin:end])
            rows = np.flatnonzero((place >= begin) & (place < end))
            lost = look.gone[place[rows] - begin]
            kept = rows[~lost]
            pairs = np.column_stack((place[kept] - begin, found.query[kept]))
            yield _Part(look, kept, pairs, rows[lost & ~found.frequency.doubtful[rows]])

    def _sift(self, part: _Part) -> tuple[_Part, NDArray[np.bool_]]:
        """Which candidates of a part may match."""
        old = glance(part.look.content()) if part.look else self._newer.glance
        found = self._found.rows(part.rows)
        kept = may_match(
            old, self._newer.glance, part.pairs, self._settings,
            banded=found.bands > 0, shared=found.shared, frequency=found.frequency,
        )  # fmt: skip
        return part, kept

    def _read(self, sifted: tuple[_Part, NDArray[np.bool_]]) -> _Chosen:
        """What the index has of the older ones of candidates that may match."""
        part, kept = sifted
        rows, pairs = part.rows[kept], part.pairs[kept]
        if part.look is None:
            return _Chosen(None, np.zeros(0, np.int64), rows, pairs, part.lost)
        places, pairs[:, 0] = np.unique(pairs[:, 0], return_inverse=True)
        if part.look.some is not None:
            return _Chosen(part.look.some, places, rows, pairs, part.lost)
        some = self._older.some(part.look.numbers[places], by=part.look.by[places])
        return _Chosen(some, np.arange(len(places)), rows, pairs, part.lost)

    def _aligned(self, waiting: Sequence[_Whole]) -> Iterator[tuple[Match, int, int]]:
        newer = self._newer
        again = np.array([*newer.again], np.int64)
        articles = [*newer.articles, *(newer.articles[row] for row in newer.again)]
        sketches = [*newer.bare, *newer.again.values()]
        place = np.arange(len(newer.articles))  # where each one of the batch is, as the next ones see it
        place[again] = len(place) + np.arange(len(again))
        pairs = []
        for whole in waiting:
            own = whole.chosen.pairs
            first = place[own[:, 0]] if whole.chosen.some is None else own[:, 0] + len(articles)
            pairs.append(np.column_stack((first, own[:, 1])))
            articles += whole.articles
            sketches += whole.sketches
        rows = np.concatenate([np.zeros(0, np.int64), *(whole.chosen.rows for whole in waiting)])
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


def _made_whole(chosen: _Chosen) -> _Whole:
    if chosen.some is None:
        return _Whole(chosen, [], [])
    return _Whole(chosen, *chosen.some.whole(chosen.places))
