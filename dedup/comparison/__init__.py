"""Two articles -> the passages they share, their measures, and what relation they have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.comparison.differences import Difference, differences
from dedup.comparison.excerpt import is_long, places
from dedup.comparison.passages import Passages
from dedup.comparison.prepared import Compared, join_compared, prepare_articles
from dedup.comparison.relation import NONE, Judgement, reason_of_retelling, relation_of_retelling
from dedup.comparison.retelling import Retelling, may_retell, retellings
from dedup.comparison.template import is_notice
from dedup.index.candidates import Frequency
from dedup.model import Article, Match, Passage, Relation
from dedup.settings import Settings
from dedup.sketch import Sketches
from dedup.sketch.bare import apart

__all__ = ["Comparison", "Difference", "comparisons", "differences", "flags_of", "matches"]


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
    decided = _decide(articles, sketches, pairs, settings, frequency, alone=alone)
    judgement, found = decided.judgement, []
    for p, relation in enumerate(decided.relations):
        passages, told = decided.passages_of(p), decided.told.get(p)
        weight, bar = float(judgement.weight[p]), float(judgement.bar[p])
        reason = judgement.reason(p, relation, len(passages))
        if told is not None and told.holds:
            weight, bar = _weight(told, settings), settings.match_weight
            reason = reason_of_retelling(told, settings)
        elif told is not None and relation is None:
            reason = f"{reason} {reason_of_retelling(told, settings)}"
        resemblance, containment_a, containment_b = decided.measures[p].tolist()
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
    decided = _decide(articles, sketches, pairs, settings, frequency, alone=alone)
    found: list[Match | None] = [None] * len(decided.relations)
    for p, relation in enumerate(decided.relations):
        if relation is not None:
            a, b = decided.passages.ends(p)
            resemblance, containment_a, containment_b = decided.measures[p].tolist()
            passages, told = decided.passages_of(p), decided.told.get(p)
            match = Match(a.id, b.id, relation, resemblance, containment_a, containment_b, passages)
            if told is not None and told.holds:
                match = match.weighing(_weight(told, settings))
            found[p] = match
    return found


def _weight(told: Retelling, settings: Settings) -> float:
    """What a retelling weighs: at its bar as much as a passage at that of a match."""
    return settings.match_weight * told.score / max(settings.retold_score, 1e-9)


class _Decided(NamedTuple):
    """What m pairs were found to be.

    `measures` (m, 3) are resemblance and containments. `told` are, by their numbers, the pairs that were
    looked at as retellings: those that no passage ties.
    """

    measures: NDArray[np.float64]
    judgement: Judgement
    passages: Passages
    relations: list[Relation | None]
    told: dict[int, Retelling]

    def passages_of(self, p: int) -> tuple[Passage, ...]:
        """Those of pair p."""
        told = self.told.get(p)
        return self.passages.of_retelling(p, told) if told is not None and told.holds else self.passages.of(p)


def _decide(
    articles: Sequence[Article],
    sketches: Sketches,
    pairs: NDArray[np.int64],
    settings: Settings,
    frequency: Frequency | None,
    *,
    alone: bool,
) -> _Decided:
    pairs, compared, judgement = _compare(articles, sketches, pairs, settings, frequency, alone=alone)
    passages = Passages(articles, sketches, pairs, compared)
    relations: list[Relation | None] = [None] * len(pairs)
    for p in np.flatnonzero(judgement.code != NONE).tolist():
        relations[p] = judgement.relation(p, *passages.ends(p), passages.of(p))
    told = _retellings(passages, judgement, relations)
    for p, again in told.items():
        if again.holds:
            relations[p] = relation_of_retelling(*passages.ends(p))
    return _Decided(compared.measures[:, :3], judgement, passages, relations, told)


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
    passages: Passages, judgement: Judgement, relations: Sequence[Relation | None]
) -> dict[int, Retelling]:
    """How far those of the pairs that have no relation that joins are retellings, if they may be."""
    settings, sketches = judgement.settings, passages.sketches
    enough = np.flatnonzero(judgement.smaller >= settings.retold_weight).tolist()
    rest = np.array([p for p in enough if _is_undecided(passages, p, relations[p])], np.int64)
    rest = rest[~is_long(*np.diff(sketches.tokens)[passages.pairs[rest]].T)]
    if not len(rest):
        return {}
    rows, local = np.unique(passages.pairs[rest], return_inverse=True)
    own, often = [apart(sketches, row) for row in rows.tolist()], judgement.frequent[rest]
    rest = rest[may_retell(own, own, local.reshape(-1, 2), settings, frequent=often)]
    if not len(rest):
        return {}
    pairs, often = passages.pairs[rest], judgement.frequent[rest]
    shared = [passages.of(p) for p in rest.tolist()]
    found = retellings(passages.articles, sketches, pairs, shared, settings, frequent=often)
    return dict(zip(rest.tolist(), found, strict=True))


def _is_undecided(passages: Passages, p: int, relation: Relation | None) -> bool:
    """Whether the passages of pair p tell no relation, or a template that may be but a notice under both."""
    if relation is Relation.TEMPLATE:
        return any(is_notice(*passages.ends(p), each, frequent=False) for each in passages.of(p))
    return relation is None or relation is Relation.QUOTE
