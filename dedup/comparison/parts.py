"""A passage that is told in another order, in parts that can be read side by side."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dedup.comparison import retelling_kernel
from dedup.comparison.constants import rarity_squared
from dedup.comparison.prepared import prepare_articles
from dedup.comparison.sentences import Block, begins, blocks_of, words_of
from dedup.model import Passage, Span
from dedup.settings import DEFAULTS
from dedup.sketch import sketch

TURNED = 0.2
"""Share of what the sentences of both sides have in common that stands in another order, from which a passage
is shown in parts: else what differs can be marked where it is."""
LOOSE = 0.5
"""Similarity under which a passage is shown in parts anyhow: nearly all of it would be marked."""
PLAIN, SHORT = 0.85, 20
"""Similarity from which, and words in common under which, nobody looks for another order."""


@dataclass(frozen=True, slots=True)
class _Side:
    """One text of a passage: its tokens, and the token that each sentence begins with (n + 1)."""

    stem: NDArray[np.uint32]
    level: NDArray[np.uint8]
    start: NDArray[np.int32]
    end: NDArray[np.int32]
    begin: list[int]

    def words(self) -> list[dict[int, float]]:
        """The distinct words of each sentence, and what each weighs."""
        return words_of(self.stem, rarity_squared()[self.level], self.begin)

    def span(self, text: str, first: int, last: int, base: int) -> Span:
        """Where sentences [first, last] of the text are, with the marks about them, from `base` on."""
        i, j = self.begin[first], self.begin[last + 1]
        start, end = int(self.start[i]), int(self.end[j - 1])
        before = text[int(self.end[i - 1]) if i else 0 : start]
        after = text[end : int(self.start[j]) if j < len(self.start) else len(text)]
        opening, closing = re.split(r"\s", before)[-1], re.split(r"\s", after, maxsplit=1)[0]
        return Span(base + start - len(opening), base + end + len(closing))


def parts(passage: Passage, a: str, b: str) -> list[Passage]:
    """The parts of a passage of the texts a and b, in the order of a; the passage where it is read as it is.

    A sentence belongs to the one that it shares most with, and several that follow each other may belong to
    one. Sentences of which the other side tells nothing are in no part.
    """
    if passage.quoted or passage.similarity >= PLAIN or passage.words < SHORT:
        return [passage]
    texts = [a[passage.a.start : passage.a.end], b[passage.b.start : passage.b.end]]
    x, y = _sides(texts)
    blocks = blocks_of(x.words(), y.words())
    if len(blocks) <= 1:
        return [passage]
    turned = _in_order(blocks) < (1 - TURNED) * sum(weight for *_, weight in blocks)
    if passage.similarity >= LOOSE and not turned:
        return [passage]
    found = []
    for i0, i1, j0, j1, weight in blocks:
        own, others = slice(x.begin[i0], x.begin[i1 + 1]), slice(y.begin[j0], y.begin[j1 + 1])
        words = int(retelling_kernel.common(x.stem[own], y.stem[others]))
        similarity = 2 * words / (own.stop - own.start + others.stop - others.start)
        a_span = x.span(texts[0], i0, i1, passage.a.start)
        b_span = y.span(texts[1], j0, j1, passage.b.start)
        found.append(Passage(a_span, b_span, words, similarity, quoted=False, weight=weight))
    return found


def _sides(texts: Sequence[str]) -> tuple[_Side, _Side]:
    sketches = sketch(texts, DEFAULTS, keys=False)
    ready = prepare_articles(texts, sketches, np.arange(2))
    made = []
    for low, high in pairwise(sketches.tokens.tolist()):
        own = slice(low, high)
        made.append(
            _Side(
                sketches.stem[own], sketches.level[own], sketches.start[own], sketches.end[own],
                begins(ready.sentence[own]),
            )
        )  # fmt: skip
    return made[0], made[1]


def _in_order(blocks: list[Block]) -> float:
    """What the heaviest of them weigh that follow each other on both sides."""
    best: list[float] = []
    for n, block in enumerate(blocks):
        before = (best[m] for m in range(n) if blocks[m][3] < block[2])
        best.append(block[4] + max(before, default=0.0))
    return max(best)
