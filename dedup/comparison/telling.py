"""What articles tell: their words in order of value, and the sentences that show that two tell the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.comparison import facts_kernel, retelling_kernel
from dedup.comparison.constants import rarity_squared
from dedup.comparison.prepared import Prepared
from dedup.comparison.sentences import begins, blocks_of, words_of
from dedup.comparison.structure_kernel import BOILERPLATE, FURNITURE, NAME, NUMBER, QUOTED
from dedup.model import Article
from dedup.read.language import language_of

SKIP = QUOTED | BOILERPLATE | FURNITURE
"""Flags of the tokens that do not count."""
LOPSIDED = 8
"""No passage is so many times as long as what it tells."""


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

    @classmethod
    def of(
        cls,
        stem: NDArray[np.uint32],
        level: NDArray[np.uint8],
        skip: NDArray[np.uint8],
        tokens: NDArray[np.int64],
    ) -> Told:
        """That of the tokens of n articles (`tokens` are offsets, n + 1) that are not to be skipped."""
        return cls(*retelling_kernel.first_places(stem, level, skip, tokens, rarity_squared()))


class Side(NamedTuple):
    """One article of a pair: its text without notices, and its tokens.

    Of these it tells which are to be skipped, and which of the others are names and which are numbers.
    """

    text: str
    stem: NDArray[np.uint32]
    level: NDArray[np.uint8]
    sentence: NDArray[np.int32]
    skip: NDArray[np.uint8]
    name: NDArray[np.bool_]
    number: NDArray[np.bool_]
    language: str | None = None

    @classmethod
    def of(cls, prepared: Prepared, row: int, article: Article, notices: Sequence[Sequence[int]]) -> Side:
        """That of a row; `notices` are half-open ranges of its tokens."""
        own = slice(int(prepared.base[row]), int(prepared.base[row + 1]))
        start, end, flags = prepared.start[own], prepared.end[own], prepared.flags[own]
        skip, text = flags & np.uint8(SKIP), article.text
        for low, high in sorted(notices, key=tuple, reverse=True):
            skip[low:high] = 1
            text = f"{text[: start[low]]} {text[end[high - 1] :]}"
        name = (flags & NAME > 0) & (skip == 0)
        number = (flags & NUMBER > 0) & (skip == 0)
        language = article.language or language_of(article.text)
        return cls(
            text,
            prepared.stem[own],
            prepared.level[own],
            prepared.sentence[own],
            skip,
            name,
            number,
            language,
        )

    def words(self, begin: Sequence[int]) -> list[dict[int, float]]:
        """The distinct words that count of each sentence, by where these begin, and what each weighs."""
        return words_of(self.stem, rarity_squared()[self.level] * (self.skip == 0), begin)


def names_of_both(told: Told, x: Side, y: Side, *, numbers: bool) -> float:
    """What the words weigh that are names in both of two articles, or with `numbers` these, too."""
    stem = np.concatenate((x.stem, y.stem))
    own = np.concatenate([side.name | (side.number & numbers) for side in (x, y)])
    return float(facts_kernel.of_names(told.offsets, told.word, told.weight, stem, own, len(x.stem)))


def in_order(told: Told, x: Side, y: Side) -> Iterator[tuple[int, int, int, int, float]]:
    """The sentences that the words of the heaviest chain lie in: tokens a0, a1, b0, b1, and its weight there.

    Words that follow each other are in one passage if they are in one sentence of either text.
    """
    places, weights = retelling_kernel.in_order(*told[:4], 0, 1, len(x.stem))
    of_x, of_y = x.sentence[places[:, 0]], y.sentence[places[:, 1]]
    cuts = np.flatnonzero((np.diff(of_x) > 0) & (np.diff(of_y) > 0)) + 1
    for begin, end in pairwise([0, *cuts.tolist(), len(places)]):
        if end - begin >= 2:
            a0, b0 = np.searchsorted(x.sentence, of_x[begin]), np.searchsorted(y.sentence, of_y[begin])
            a1 = np.searchsorted(x.sentence, of_x[end - 1], "right")
            b1 = np.searchsorted(y.sentence, of_y[end - 1], "right")
            yield int(a0), int(a1), int(b0), int(b1), float(weights[begin:end].sum())


def wherever(x: Side, y: Side) -> Iterator[tuple[int, int, int, int, float]]:
    """The same of the sentences that have most in common, wherever they stand."""
    of_x, of_y = begins(x.sentence), begins(y.sentence)
    for i0, i1, j0, j1, weight in blocks_of(x.words(of_x), y.words(of_y)):
        yield of_x[i0], of_x[i1 + 1], of_y[j0], of_y[j1 + 1], weight


def passages_of(
    blocks: Iterable[tuple[int, int, int, int, float]], x: Side, y: Side
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The passages (n, 5) that blocks make, and their weights.

    There is none where the words of a sentence are scattered over many of the other text.
    """
    rows, worth = [], []
    for a0, a1, b0, b1, weight in blocks:
        if max(a1 - a0, b1 - b0) <= LOPSIDED * min(a1 - a0, b1 - b0):
            rows.append((a0, a1, b0, b1, retelling_kernel.common(x.stem[a0:a1], y.stem[b0:b1])))
            worth.append(weight)
    return np.array(rows, np.int64).reshape(-1, 5), np.array(worth, np.float64)
