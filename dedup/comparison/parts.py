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
from dedup.model import Passage, Span
from dedup.settings import Settings
from dedup.sketch import sketch

TURNED = 0.2
"""Share of what the sentences of both sides have in common that stands in another order, from which a passage
is shown in parts: else what differs can be marked where it is."""
ALIKE, LEAST = 0.2, 0.5
"""Share of the lighter sentence, and weight, that two sentences have in common which tell the same."""
LOOSE = 0.5
"""Similarity under which a passage is shown in parts anyhow: nearly all of it would be marked."""
PLAIN, SHORT = 0.85, 20
"""Similarity from which, and words in common under which, nobody looks for another order."""
SENTENCES = 200
"""Of either side, beyond which nobody reads a passage sentence by sentence."""


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
        weight = rarity_squared()[self.level]
        return [
            {s: w for s, w in zip(self.stem[i:j].tolist(), weight[i:j].tolist(), strict=True) if w > 0}
            for i, j in pairwise(self.begin)
        ]

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
    if max(len(x.begin), len(y.begin)) > SENTENCES + 1:
        return [passage]
    blocks = _blocks(_links(x.words(), y.words()))
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
    sketches = sketch(texts, Settings(), keys=False)
    ready = prepare_articles(texts, sketches, np.arange(2))
    made = []
    for low, high in pairwise(sketches.tokens.tolist()):
        own, sentence = slice(low, high), ready.sentence[low:high]
        begin = np.flatnonzero(np.diff(sentence, prepend=-1)).tolist()
        made.append(
            _Side(
                sketches.stem[own], sketches.level[own], sketches.start[own], sketches.end[own],
                [*begin, high - low],
            )
        )  # fmt: skip
    return made[0], made[1]


Block = tuple[int, int, int, int, float]
"""Sentences [i0, i1] of one text and [j0, j1] of the other, and what they share."""


def _links(x: Sequence[dict[int, float]], y: Sequence[dict[int, float]]) -> dict[tuple[int, int], float]:
    """The sentences that share most with each other, seen from either side, and how much."""
    own = [np.array([sum(words.values()) for words in side]) for side in (x, y)]
    shared = np.zeros((len(x), len(y)))
    for i, words in enumerate(x):
        for j, others in enumerate(y):
            shared[i, j] = sum(words[word] for word in words.keys() & others.keys())
    shared[shared < np.maximum(LEAST, ALIKE * np.minimum(*np.ix_(*own)))] = 0
    links = {(i, int(row.argmax())): float(row.max()) for i, row in enumerate(shared) if row.any()}
    return links | {(int(row.argmax()), j): float(row.max()) for j, row in enumerate(shared.T) if row.any()}


def _blocks(links: dict[tuple[int, int], float]) -> list[Block]:
    """Sentences that belong together; of each side they follow each other, and none is in two blocks."""
    blocks: list[Block] = []
    for (i, j), weight in sorted(links.items(), key=lambda link: (-link[1], link[0])):
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


def _in_order(blocks: list[Block]) -> float:
    """What the heaviest of them weigh that follow each other on both sides."""
    best: list[float] = []
    for n, block in enumerate(blocks):
        before = (best[m] for m in range(n) if blocks[m][3] < block[2])
        best.append(block[4] + max(before, default=0.0))
    return max(best)
