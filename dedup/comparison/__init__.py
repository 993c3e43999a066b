"""Two articles -> the passages they share, their measures, and what relation they have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedup.comparison import kernel
from dedup.comparison.differences import Difference, differences
from dedup.comparison.excerpt import is_long, places
from dedup.comparison.prepared import Compared, join_compared, prepare_articles
from dedup.comparison.relation import NONE, Judgement, reason_of_retelling, relation_of_retelling
from dedup.comparison.retelling import Retelling, may_retell, retellings
from dedup.comparison.template import same_facts
from dedup.index.candidates import Frequency
from dedup.model import Article, Match, Passage, Relation, Span
from dedup.settings import Settings
from dedup.sketch import Sketches
from dedup.sketch.bare import apart

__all__ = ["Comparison", "Difference", "comparisons", "differences", "flags_of", "matches"]

TELLING = 2.5
"""Weight from which a passage shows more of a retelling than the sentences that it consists of."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One compared pair, match or not.

    `passages` are all that were found, `weight`, that of the best passage outside quotation marks, or of all
    that both tell if one is the other told in other words, is what counts against `bar`; `reason` is a
    sentence for people.
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
    retold = _retold(articles, sketches, pairs, judgement, settings)
    every = _Passages(sketches, pairs, compared)
    found = []
    for p in range(len(pairs)):
        a, b = articles[pairs[p, 0]], articles[pairs[p, 1]]
        relation: Relation | None
        if again := retold.get(p):
            passages, weight, bar = every.best(p, a, b, again), again.weight, settings.retold_weight
            relation, reason = relation_of_retelling(a, b), reason_of_retelling(again)
        else:
            passages, weight, bar = every.of(p, a, b), float(judgement.weight[p]), float(judgement.bar[p])
            relation = judgement.relation(p, a, b, passages)
            reason = judgement.reason(p, relation, len(passages))
        resemblance, containment_a, containment_b = compared.measures[p, :3].tolist()
        found.append(
            Comparison(resemblance, containment_a, containment_b, passages, weight, bar, relation, reason)
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
    retold = _retold(articles, sketches, pairs, judgement, settings)
    every = _Passages(sketches, pairs, compared)
    found: list[Match | None] = [None] * len(pairs)
    for p in np.flatnonzero(judgement.code != NONE).tolist():
        a, b = articles[pairs[p, 0]], articles[pairs[p, 1]]
        passages = every.of(p, a, b)
        relation = judgement.relation(p, a, b, passages)
        if relation is not None:
            found[p] = _match(a, b, relation, compared.measures[p], passages)
    for p, again in retold.items():
        a, b = articles[pairs[p, 0]], articles[pairs[p, 1]]
        match = _match(a, b, relation_of_retelling(a, b), compared.measures[p], every.best(p, a, b, again))
        found[p] = match.weighing(again.weight)
    return found


def _match(
    a: Article, b: Article, relation: Relation, measures: NDArray[np.float64], passages: tuple[Passage, ...]
) -> Match:
    resemblance, containment_a, containment_b = measures[:3].tolist()
    return Match(a.id, b.id, relation, resemblance, containment_a, containment_b, passages)


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


def _retold(
    articles: Sequence[Article],
    sketches: Sketches,
    pairs: NDArray[np.int64],
    judgement: Judgement,
    settings: Settings,
) -> dict[int, Retelling]:
    """Those of the pairs, of which no passage tells enough, that are retellings with the same facts."""
    open_ = np.flatnonzero(judgement.undecided & ~is_long(*np.diff(sketches.tokens)[pairs].T))
    if not len(open_):
        return {}
    rows, local = np.unique(pairs[open_], return_inverse=True)
    own = [apart(sketches, row) for row in rows.tolist()]
    open_ = open_[may_retell(own, own, local.reshape(-1, 2), settings)]
    if not len(open_):
        return {}
    found = retellings(articles, sketches, pairs[open_], settings)
    return {
        p: found[k]
        for k, p in enumerate(open_.tolist())
        if k in found
        and same_facts(articles[pairs[p, 0]].text, articles[pairs[p, 1]].text, settings.retold_agreement)
    }


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
        self._sketches, self._pairs = sketches, pairs
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

    def best(self, p: int, a: Article, b: Article, again: Retelling) -> tuple[Passage, ...]:
        """Those of pair p, a retelling, or the sentences that tell the same, where these say more."""
        found = self.of(p, a, b)
        own = [each for each in found if not each.quoted]
        told = self.told(p, again)
        if sum(each.words for each in own) > sum(each.words for each in told):
            return found
        return found if any(each.weight >= TELLING for each in own) else told

    def told(self, p: int, again: Retelling) -> tuple[Passage, ...]:
        """Those of pair p, a retelling, in order of a."""
        base = self._sketches.tokens[self._pairs[p]]
        first, last = base + again.passages[:, [0, 2]], base + again.passages[:, [1, 3]] - 1
        spans = np.stack((self._sketches.start[first], self._sketches.end[last]), axis=2).tolist()
        rows = zip(spans, again.passages.tolist(), again.weights.tolist(), strict=True)
        return tuple(
            Passage(Span(*a), Span(*b), words, 2 * words / (a1 - a0 + b1 - b0), quoted=False, weight=weight)
            for (a, b), (a0, a1, b0, b1, words, _, _), weight in rows
        )
