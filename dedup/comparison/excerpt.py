"""A very long article is compared by its excerpts: the places that the short one may come from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dedup.arrays.ordered import each_once, look_up
from dedup.comparison import excerpt_kernel, kernel
from dedup.comparison.constants import bar_of, rarity_squared
from dedup.comparison.prepared import Compared
from dedup.model import Article
from dedup.settings import Settings
from dedup.sketch import Sketches
from dedup.sketch.bare import Bare, apart, together

LONG = 20_000
"""Words from which an article is compared by excerpts, and"""
TIMES = 4
"""so many times the words of the other: to align the whole would cost its length for each short article."""
WORDS = 1 << 19
"""Words of both sides of the pairs that are compared at a time: each takes some 130 bytes then."""
MOST = 16
"""Places of one word pair that are looked at; a story that a long article repeats is found by the first."""


def is_long(a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of m pairs of articles, which have so many words each, are compared by excerpts."""
    found: NDArray[np.bool_] = np.maximum(a, b) >= np.maximum(LONG, TIMES * np.minimum(a, b))
    return found


@dataclass(frozen=True, slots=True)
class Excerpts:
    """What is compared in place of m pairs of articles: the same pairs, but excerpts of the long ones.

    `rows` (n, ascending) are those of `sketches` that are compared, `texts` (n) their texts. `pairs` (k, 2)
    are of such rows; `owner` (k, ascending) is the pair of articles that each stands for, of which those have
    none where nothing in the long article is worth comparing. `cut` (k, 2) tells which of them are excerpts,
    and `begin` (k, 2) with which word of the article each begins. `smaller` (m, 2) are the rows of the pairs
    of articles, with the short one on both sides where the other is long, and `measures` (m, 4) those of
    such pairs.
    """

    sketches: Sketches
    rows: NDArray[np.int64]
    texts: list[str]
    pairs: NDArray[np.int64]
    owner: NDArray[np.int64]
    cut: NDArray[np.bool_]
    begin: NDArray[np.int64]
    smaller: NDArray[np.int64]
    measures: NDArray[np.float64]

    def gather(self, compared: Compared) -> Compared:
        """What was found for `pairs`, as what was found for the m pairs of articles."""
        measures, whole = self.measures.copy(), ~self.cut.any(axis=1)
        measures[self.owner[whole]] = compared.measures[whole]
        of = np.repeat(np.arange(len(self.pairs)), np.diff(compared.offsets))
        passages = compared.passages.copy()
        passages[:, :4] += self.begin[of].repeat(2, axis=1).astype(np.int32)
        kept = _apart(passages, self.owner[of], self.cut[of])
        offsets = np.searchsorted(self.owner[of[kept]], np.arange(len(measures) + 1))
        return Compared(measures, offsets, passages[kept], compared.weights[kept], compared.rewriting[kept])


@dataclass(frozen=True, slots=True)
class Places:
    """What pairs (m, 2) of articles may share, where one of the two is long.

    Row i of `pair`, `begin` and `end` (e; sorted by pair) is a half-open range of words of the long article
    of `pair[i]`; `long` (m) tells which pairs have one, `side` (m) which of the two it is; `measures` (m, 4)
    are those of the whole articles, as from `kernel.compare`, and 0 where none is long. `width` is the words
    of a shingle.
    """

    sketches: Sketches
    pairs: NDArray[np.int64]
    width: int
    long: NDArray[np.bool_]
    side: NDArray[np.int64]
    pair: NDArray[np.int64]
    begin: NDArray[np.int64]
    end: NDArray[np.int64]
    measures: NDArray[np.float64]

    def parts(self) -> Iterator[slice]:
        """Slices of the pairs of which some `WORDS` words are compared, or that are one pair."""
        both = np.diff(self.sketches.tokens)[self.pairs]
        words = np.where(self.long, both.min(axis=1, initial=0), both.sum(axis=1))
        words = (words + np.bincount(self.pair, self.end - self.begin, minlength=len(words))).cumsum()
        cuts = np.flatnonzero(np.diff(words // WORDS)) + 1
        for begin, end in pairwise([0, *cuts.tolist(), len(self.long)]):
            yield slice(begin, end)

    def excerpts(self, articles: Sequence[Article], part: slice) -> Excerpts:
        """What is to be compared in place of a part of the pairs; row i of the sketches is `articles[i]`."""
        pairs, long, side = self.pairs[part], self.long[part], self.side[part]
        every = np.arange(len(pairs))
        smaller = np.where(long[:, None], pairs[every, 1 - side][:, None], pairs)
        rows = each_once(smaller)
        texts = [articles[row].text for row in rows.tolist()]
        if not long.any():
            none = np.zeros_like(pairs)
            return Excerpts(
                self.sketches, rows, texts, pairs, every, none > 0, none, smaller, self.measures[part]
            )
        own = slice(*np.searchsorted(self.pair, (part.start, part.stop)))
        pair, begin, end = self.pair[own] - part.start, self.begin[own], self.end[own]
        parts = [apart(self.sketches, row) for row in rows.tolist()]
        spans = zip(pairs[pair, side[pair]].tolist(), begin.tolist(), end.tolist(), strict=True)
        for row, a, b in spans:
            whole = apart(self.sketches, row)
            texts.append(articles[row].text[whole.start[a] : whole.end[b - 1]])
            parts.append(_cut(whole, a, b, self.width))
        smaller = np.searchsorted(rows, smaller)
        owner = np.concatenate((every[~long], pair))
        order = np.argsort(owner, kind="stable")
        compared = smaller[owner]
        cut, begins = np.zeros(compared.shape, np.bool_), np.zeros_like(compared)
        new = np.arange(len(owner) - len(pair), len(owner)), side[pair]
        compared[new], cut[new], begins[new] = len(rows) + np.arange(len(pair)), True, begin
        return Excerpts(
            together(parts),
            np.arange(len(texts)),
            texts,
            compared[order],
            owner[order],
            cut[order],
            begins[order],
            smaller,
            self.measures[part],
        )


def places(sketches: Sketches, pairs: NDArray[np.int64], settings: Settings) -> Places:
    """Where the long articles among pairs (m, 2) may share something with the short ones."""
    words, measures = np.diff(sketches.tokens), np.zeros((len(pairs), 4))
    long = is_long(*words[pairs].T)
    side = np.argmax(words[pairs], axis=1)
    every = np.arange(len(pairs))
    of, short = pairs[every, side], pairs[every, 1 - side]
    found = [np.empty((0, 3), np.int64)]
    for row in each_once(of[long]).tolist():
        mine = np.flatnonzero(long & (of == row))
        own = _places(sketches, row, short[mine], settings)
        own[:, 0] = mine[own[:, 0]]
        found.append(own)
        shared = _measures(sketches, row, short[mine])
        measures[mine, kernel.RESEMBLANCE] = shared[:, 0]
        measures[mine, kernel.CONTAINMENT_A + side[mine]] = shared[:, 1]
        measures[mine, kernel.CONTAINMENT_A + 1 - side[mine]] = shared[:, 2]
    own = np.concatenate(found)
    pair, begin, end = own[np.argsort(own[:, 0], kind="stable")].T
    return Places(sketches, pairs, settings.shingle, long, side, pair, begin, end, measures)


def _places(sketches: Sketches, row: int, short: NDArray[np.int64], settings: Settings) -> NDArray[np.int64]:
    """Which words of a long article its short ones may share: (k, 3), number of the short one, begin, end."""
    squared = rarity_squared()
    tokens = slice(sketches.tokens[row], sketches.tokens[row + 1])
    index = np.sort(excerpt_kernel.places(sketches.stem[tokens], sketches.level[tokens]))
    rarity = np.concatenate(([0.0], np.cumsum(squared[sketches.level])))
    total = rarity[sketches.tokens[short + 1]] - rarity[sketches.tokens[short]]
    found: NDArray[np.int64] = excerpt_kernel.excerpts(
        index, sketches.stem, sketches.level, sketches.tokens, short, squared,
        settings.overlap_window, MOST, settings.overlap * bar_of(total, settings),
    )  # fmt: skip
    found[:, 1:] = found[:, 1:].clip(0, tokens.stop - tokens.start)
    return found


def _measures(sketches: Sketches, row: int, short: NDArray[np.int64]) -> NDArray[np.float64]:
    """Resemblance, containment of the long article in each short one, and the other way; by shingle sets."""

    def shingles(i: int) -> NDArray[np.uint64]:
        return each_once(sketches.shingle[sketches.shingles[i] : sketches.shingles[i + 1]])

    long = shingles(row)
    measures = np.zeros((len(short), 3))
    for k, each in enumerate(short.tolist()):
        own = shingles(each)
        shared = np.count_nonzero(look_up(long, own)[1])
        if shared:
            measures[k] = shared / (len(long) + len(own) - shared), shared / len(long), shared / len(own)
    return measures


def _cut(whole: Bare, begin: int, end: int, width: int) -> Bare:
    """The sketch of the words [begin, end) of an article; a shingle has `width`, at most so many."""
    first = whole.start[begin]
    return Bare(
        whole.stem[begin:end],
        whole.level[begin:end],
        whole.start[begin:end] - first,
        whole.end[begin:end] - first,
        whole.marked[begin:end],
        whole.shingle[begin : end - width + 1],
    )


def _apart(
    passages: NDArray[np.int32], owner: NDArray[np.int64], excerpt: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Which passages to keep, so that no words of a short article are in two of one pair: the best matched.

    A long article may have the same words in several excerpts. `excerpt` (n, 2) tells which side is one.
    """
    kept: NDArray[np.bool_] = np.array(~excerpt.any(axis=1))
    taken: dict[int, list[tuple[int, int]]] = {}
    for k in sorted(np.flatnonzero(~kept).tolist(), key=lambda k: (-passages[k, 4], k)):
        begin, end = passages[k, :2] if excerpt[k, 1] else passages[k, 2:4]
        of_pair = taken.setdefault(int(owner[k]), [])
        if all(end <= other or begin >= last for other, last in of_pair):
            of_pair.append((int(begin), int(end)))
            kept[k] = True
    return kept
