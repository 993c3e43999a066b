"""What the kernels found of pairs, in tokens -> passages, in characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dedup.comparison import kernel
from dedup.comparison.prepared import Compared
from dedup.comparison.retelling import Retelling
from dedup.comparison.template import is_notice
from dedup.model import Article, Passage, Span
from dedup.sketch import Sketches

TELLING, DENSE, LONG = 2.5, 0.35, 20
"""Weight, or share of matched words of so many, from which a passage shows more of a retelling than the
sentences that it consists of."""


class Passages:
    """The passages of pairs (m, 2) in characters; made of whole columns, as there are many of them."""

    def __init__(
        self, articles: Sequence[Article], sketches: Sketches, pairs: NDArray[np.int64], compared: Compared
    ) -> None:
        owner = np.repeat(np.arange(len(pairs)), np.diff(compared.offsets))
        self.articles, self.sketches, self.pairs = articles, sketches, pairs
        self._ends = pairs.tolist()
        self._spans = self._spans_of(owner, compared.passages)
        self._rows = compared.passages.tolist()
        self._weights = compared.weights.tolist()
        self._offsets = compared.offsets.tolist()
        self._same = (compared.measures[:, kernel.SAME] > 0).tolist()
        self._made: dict[int, tuple[Passage, ...]] = {}

    def _spans_of(
        self, owner: NDArray[np.int64], rows: NDArray[np.int32] | NDArray[np.int64]
    ) -> list[tuple[tuple[int, int], ...]]:
        """Where passages, whose first columns are tokens a0, a1, b0, b1, are in the texts of their pairs."""
        base = self.sketches.tokens[self.pairs[owner]]
        first, last = base + rows[:, [0, 2]], base + rows[:, [1, 3]] - 1
        found = np.stack((self.sketches.start[first], self.sketches.end[last]), axis=2).tolist()
        return [
            tuple(
                (begin, _with_marks(self.articles[number].text, end))
                for number, (begin, end) in zip(numbers, sides, strict=True)
            )
            for numbers, sides in zip(self.pairs[owner].tolist(), found, strict=True)
        ]

    def ends(self, p: int) -> tuple[Article, Article]:
        """The two articles of pair p."""
        a, b = self._ends[p]
        return self.articles[a], self.articles[b]

    def of(self, p: int) -> tuple[Passage, ...]:
        """Those of pair p, in order of a."""
        if p not in self._made:
            self._made[p] = tuple(sorted(self._make(p), key=_place))
        return self._made[p]

    def _make(self, p: int) -> list[Passage]:
        found = []
        for k in range(self._offsets[p], self._offsets[p + 1]):
            a0, a1, b0, b1, words, quoted, *_ = self._rows[k]
            span_a, span_b = self._spans[k]
            if self._same[p]:  # the same words are one passage from the first character to the last
                a, b = self.ends(p)
                span_a, span_b = (0, len(a.text)), (0, len(b.text))
            similarity = 2 * words / (a1 - a0 + b1 - b0)
            found.append(
                Passage(Span(*span_a), Span(*span_b), words, similarity, bool(quoted), self._weights[k])
            )
        return found

    def notices(self, p: int) -> list[list[int]]:
        """Which tokens (a0, a1, b0, b1) of pair p are but a notice under both."""
        rows = self._rows[self._offsets[p] : self._offsets[p + 1]]
        if not rows:
            return []
        ends = self.ends(p)
        return [
            row[:4]
            for row, passage in zip(rows, self._make(p), strict=True)
            if is_notice(*ends, passage, frequent=False)
        ]

    def of_retelling(self, p: int, told: Retelling) -> tuple[Passage, ...]:
        """Those of pair p, a retelling; or, where these say more, the sentences that tell the same."""
        found = self.of(p)
        if any(
            not q.quoted and (q.weight >= TELLING or (q.words >= LONG and q.similarity >= DENSE))
            for q in found
        ):
            return found
        spans = self._spans_of(np.full(len(told.passages), p), told.passages)
        rows = zip(spans, told.passages.tolist(), told.weights.tolist(), strict=True)
        sentences = [
            Passage(Span(*a), Span(*b), words, 2 * words / (a1 - a0 + b1 - b0), quoted=False, weight=weight)
            for (a, b), (a0, a1, b0, b1, words), weight in rows
        ]
        quoted = (q for q in found if q.quoted and not any(_meet(q, each) for each in sentences))
        return tuple(sorted((*sentences, *quoted), key=_place))


def _with_marks(text: str, end: int) -> int:
    """Where the word ends whose last letter ends at `end`: after its vowel signs and accents."""
    if not text.isascii():
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
    return end


def _place(passage: Passage) -> tuple[int, int]:
    return passage.a.start, passage.b.start


def _meet(one: Passage, other: Passage) -> bool:
    """Whether two passages have a part of either text in common."""
    sides = ((one.a, other.a), (one.b, other.b))
    return any(x.start < y.end and y.start < x.end for x, y in sides)
