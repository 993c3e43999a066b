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
from dedup.comparison.relation import NONE, Judgement, figures_of, relation_of_retelling
from dedup.comparison.retelling import Retelling, may_retell, retellings
from dedup.comparison.template import is_notice
from dedup.index.candidates import Frequency
from dedup.model import Article, Match, Passage, Relation, Span
from dedup.settings import Settings
from dedup.sketch import Sketches
from dedup.sketch.bare import apart

__all__ = ["Comparison", "Difference", "comparisons", "differences", "flags_of", "matches"]

TELLING, DENSE, LONG = 2.5, 0.35, 20
"""Weight, or share of matched words of so many, from which a passage shows more of a retelling than the
sentences that it consists of."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One compared pair, match or not.

    `passages` are all that were found, `weight`, that of the best passage outside quotation marks, or of the
    whole if one is the other told in other words, is what counts against `bar`; `reason` is for people.
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
    every = _Passages(articles, sketches, pairs, compared)
    relations = [judgement.relation(p, *every.ends(p), every.of(p)) for p in range(len(pairs))]
    again = _retellings(every, judgement, relations)
    found = []
    for p, relation in enumerate(relations):
        told, passages = again.get(p), every.of(p)
        weight, bar = float(judgement.weight[p]), float(judgement.bar[p])
        reason = judgement.reason(p, relation, len(passages))
        if told is not None and told.holds(settings, frequent=bool(judgement.frequent[p])):
            relation, passages = relation_of_retelling(*every.ends(p)), every.best(p, told)  # noqa: PLW2901
            weight, bar = _weight(told, settings), settings.match_weight
            reason = (
                f"One is the other told in other words: {figures_of(told)}, over {settings.retold_score}."
            )
        elif told is not None and relation is None:
            reason += f" No retelling: {figures_of(told)}, where {settings.retold_score} is asked."
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
    every = _Passages(articles, sketches, pairs, compared)
    relations: list[Relation | None] = [None] * len(pairs)
    for p in np.flatnonzero(judgement.code != NONE).tolist():
        relations[p] = judgement.relation(p, *every.ends(p), every.of(p))
    again = _retellings(every, judgement, relations)
    found: list[Match | None] = [None] * len(pairs)
    for p, relation in enumerate(relations):
        a, b = every.ends(p)
        told = again.get(p)
        if told is not None and told.holds(settings, frequent=bool(judgement.frequent[p])):
            match = _match(a, b, relation_of_retelling(a, b), compared.measures[p], every.best(p, told))
            found[p] = match.weighing(_weight(told, settings))
        elif relation is not None:
            found[p] = _match(a, b, relation, compared.measures[p], every.of(p))
    return found


def _weight(told: Retelling, settings: Settings) -> float:
    """What a retelling weighs: at its bar as much as a passage at that of a match."""
    return settings.match_weight * told.score / max(settings.retold_score, 1e-9)


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


def _retellings(
    every: _Passages, judgement: Judgement, relations: Sequence[Relation | None]
) -> dict[int, Retelling]:
    """How far those of the pairs that have no relation that joins are retellings, if they may be."""
    settings, frequent = judgement.settings, judgement.frequent
    enough = np.flatnonzero(judgement.smaller >= settings.retold_weight).tolist()
    undecided = [p for p in enough if _is_undecided(every, p, relations[p])]
    pairs, sketches = every.pairs[undecided], every.sketches
    rest = np.flatnonzero(~is_long(*np.diff(sketches.tokens)[pairs].T))
    if len(rest):
        rows, local = np.unique(pairs[rest], return_inverse=True)
        own = [apart(sketches, row) for row in rows.tolist()]
        often = frequent[undecided][rest]
        rest = rest[may_retell(own, own, local.reshape(-1, 2), settings, frequent=often)]
    if not len(rest):
        return {}
    chosen = [undecided[k] for k in rest.tolist()]
    passages = [every.of(p) for p in chosen]
    often = frequent[chosen]
    found = retellings(every.articles, sketches, pairs[rest], passages, settings, frequent=often)
    return dict(zip(chosen, found, strict=True))


def _is_undecided(every: _Passages, p: int, relation: Relation | None) -> bool:
    """Whether the passages of pair p tell no relation, or a template that may be but a notice under both."""
    if relation is Relation.TEMPLATE:
        return any(is_notice(*every.ends(p), passage, frequent=False) for passage in every.of(p))
    return relation is None or relation is Relation.QUOTE


class _Passages:
    """The passages of pairs (m, 2) in characters; made of whole columns, as there are many of them."""

    def __init__(
        self, articles: Sequence[Article], sketches: Sketches, pairs: NDArray[np.int64], compared: Compared
    ) -> None:
        owner = np.repeat(np.arange(len(pairs)), np.diff(compared.offsets))
        self.articles, self.sketches, self.pairs = articles, sketches, pairs
        self._spans = self._spans_of(owner, compared.passages)
        self._rows = compared.passages.tolist()
        self._weights = compared.weights.tolist()
        self._offsets = compared.offsets.tolist()
        self._same = (compared.measures[:, kernel.SAME] > 0).tolist()

    def _spans_of(
        self, owner: NDArray[np.int64], rows: NDArray[np.int32] | NDArray[np.int64]
    ) -> list[tuple[tuple[int, int], tuple[int, int]]]:
        """Where passages, whose first columns are tokens a0, a1, b0, b1, are in the texts of their pairs."""
        base = self.sketches.tokens[self.pairs[owner]]
        first, last = base + rows[:, [0, 2]], base + rows[:, [1, 3]] - 1
        found: list[tuple[tuple[int, int], tuple[int, int]]] = np.stack(
            (self.sketches.start[first], self.sketches.end[last]), axis=2
        ).tolist()
        return found

    def ends(self, p: int) -> tuple[Article, Article]:
        """The two articles of pair p."""
        return self.articles[self.pairs[p, 0]], self.articles[self.pairs[p, 1]]

    def of(self, p: int) -> tuple[Passage, ...]:
        """Those of pair p, in order of a."""
        found = []
        for k in range(self._offsets[p], self._offsets[p + 1]):
            a0, a1, b0, b1, words, quoted, _ = self._rows[k]
            span_a, span_b = self._spans[k]
            if self._same[p]:  # the same words are one passage from the first character to the last
                a, b = self.ends(p)
                span_a, span_b = (0, len(a.text)), (0, len(b.text))
            similarity = 2 * words / (a1 - a0 + b1 - b0)
            found.append(
                Passage(Span(*span_a), Span(*span_b), words, similarity, bool(quoted), self._weights[k])
            )
        return tuple(sorted(found, key=_place))

    def best(self, p: int, told: Retelling) -> tuple[Passage, ...]:
        """Those of pair p, a retelling; or, where these say more, the sentences that tell the same."""
        found = self.of(p)
        own = [each for each in found if not each.quoted]
        spans = self._spans_of(np.full(len(told.passages), p), told.passages)
        rows = zip(spans, told.passages.tolist(), told.weights.tolist(), strict=True)
        sentences = [
            Passage(Span(*a), Span(*b), words, 2 * words / (a1 - a0 + b1 - b0), quoted=False, weight=weight)
            for (a, b), (a0, a1, b0, b1, words), weight in rows
        ]
        if any(q.weight >= TELLING or (q.words >= LONG and q.similarity >= DENSE) for q in own):
            return found
        quoted = (q for q in found if q.quoted and not any(_meet(q, each) for each in sentences))
        return tuple(sorted((*sentences, *quoted), key=_place))


def _place(passage: Passage) -> tuple[int, int]:
    return passage.a.start, passage.b.start


def _meet(one: Passage, other: Passage) -> bool:
    """Whether two passages have a part of either text in common."""
    sides = ((one.a, other.a), (one.b, other.b))
    return any(x.start < y.end and y.start < x.end for x, y in sides)
