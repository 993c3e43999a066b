"""Two articles -> the passages they share, their measures, and what relation they have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedup.comparison import kernel
from dedup.comparison.differences import Difference, differences
from dedup.comparison.excerpt import places
from dedup.comparison.prepared import Compared, join_compared, prepare_articles
from dedup.comparison.relation import NONE, Judgement
from dedup.index.candidates import Frequency
from dedup.model import Article, Match, Passage, Relation, Span
from dedup.settings import Settings
from dedup.sketch import Sketches

__all__ = ["Comparison", "Difference", "comparisons", "differences", "flags_of", "matches"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One compared pair, match or not.

    `passages` are all that were found, `weight`, that of the best passage outside quotation marks, is what
    counts against `bar`, `reason` is a sentence for people.
    """

    resemblance: float
    containment_a: float
    containment_b: float
    passages: tuple[Passage, ...]
    weight: float
    bar: float
    relation: Relation | None
    reason: str


def comparisons(
    articles: Sequence[Article],
    sketches: Sketches,
    pairs: NDArray[np.int64],
    settings: Settings,
    *,
    frequency: Frequency | None = None,
    alone: bool = False,
) -> list[Comparison]:
    """Compare pairs (m, 2) of article numbers; row i of `sketches` is that of `articles[i]`.

    `frequency` (m) is how many articles of an index have the keys that a pair shares; None outside of one,
    where templates are told by the two texts alone.
    """
    pairs, compared, judgement = _compare(articles, sketches, pairs, settings, frequency, alone=alone)
    every = _Passages(sketches, pairs, compared)
    found = []
    for p in range(len(pairs)):
        a, b = articles[pairs[p, 0]], articles[pairs[p, 1]]
        passages = every.of(p, a, b)
        relation = judgement.relation(p, a, b, passages)
        resemblance, containment_a, containment_b = compared.measures[p, :3].tolist()
        found.append(
            Comparison(
                resemblance,
                containment_a,
                containment_b,
                passages,
                float(judgement.weight[p]),
                float(judgement.bar[p]),
                relation,
                judgement.reason(p, relation, len(passages)),
            )
        )
    return found


def matches(
    articles: Sequence[Article],
    sketches: Sketches,
    pairs: NDArray[np.int64],
    settings: Settings,
    *,
    frequency: Frequency | None = None,
    alone: bool = False,
) -> list[Match | None]:
    """The matches among pairs (m, 2) of article numbers, None for a pair that is none; see `comparisons`."""
    pairs, compared, judgement = _compare(articles, sketches, pairs, settings, frequency, alone=alone)
    every = _Passages(sketches, pairs, compared)
    found: list[Match | None] = [None] * len(pairs)
    for p in np.flatnonzero(judgement.code != NONE).tolist():
        a, b = articles[pairs[p, 0]], articles[pairs[p, 1]]
        passages = every.of(p, a, b)
        relation = judgement.relation(p, a, b, passages)
        if relation is not None:
            resemblance, containment_a, containment_b = compared.measures[p, :3].tolist()
            found[p] = Match(a.id, b.id, relation, resemblance, containment_a, containment_b, passages)
    return found


def flags_of(articles: Sequence[Article], sketches: Sketches) -> list[NDArray[np.uint8]]:
    """The flags of the tokens of each article (see `structure_kernel`), all of which are sketched."""
    rows = np.arange(len(articles))
    prepared = prepare_articles([article.text for article in articles], sketches, rows)
    return np.split(prepared.flags, prepared.base[1:-1])


def _compare(
    articles: Sequence[Article],
    sketches: Sketches,
    pairs: NDArray[np.int64],
    settings: Settings,
    frequency: Frequency | None,
    *,
    alone: bool,
) -> tuple[NDArray[np.int64], Compared, Judgement]:
    pairs = np.asarray(pairs, np.int64).reshape(-1, 2)
    found, smaller = [], []
    shared = places(sketches, pairs, settings)
    for part in shared.parts():
        cut = shared.excerpts(articles, part)
        prepared = prepare_articles(cut.texts, cut.sketches, cut.rows, alone=alone)
        found.append(cut.gather(prepared.compare(cut.pairs, alone=alone)))
        own = prepared.own_weight[np.searchsorted(cut.rows, cut.smaller)]
        smaller.append(own.min(axis=1, initial=np.inf))
    compared = join_compared(found)
    return pairs, compared, Judgement(compared, np.concatenate(smaller), settings, frequency)


class _Passages:
    """The passages of pairs (m, 2) in characters; made of whole columns, as there are many of them."""

    def __init__(self, sketches: Sketches, pairs: NDArray[np.int64], compared: Compared) -> None:
        owner = np.repeat(np.arange(len(pairs)), np.diff(compared.offsets))
        base = sketches.tokens[pairs[owner]]
        first, last = base + compared.passages[:, [0, 2]], base + compared.passages[:, [1, 3]] - 1
        self._spans = np.stack((sketches.start[first], sketches.end[last]), axis=2).tolist()
        self._rows = compared.passages.tolist()
        self._weights = compared.weights.tolist()
        self._offsets = compared.offsets.tolist()
        self._same = (compared.measures[:, kernel.SAME] > 0).tolist()

    def of(self, p: int, a: Article, b: Article) -> tuple[Passage, ...]:
        """Those of pair p, of the articles a and b, in order of a."""
        found = []
        for k in range(self._offsets[p], self._offsets[p + 1]):
            a0, a1, b0, b1, words, quoted, _ = self._rows[k]
            span_a, span_b = self._spans[k]
            if self._same[p]:  # the same words are one passage from the first character to the last
                span_a, span_b = (0, len(a.text)), (0, len(b.text))
            similarity = 2 * words / (a1 - a0 + b1 - b0)
            found.append(
                Passage(Span(*span_a), Span(*span_b), words, similarity, bool(quoted), self._weights[k])
            )
        return tuple(sorted(found, key=lambda passage: (passage.a.start, passage.b.start)))
