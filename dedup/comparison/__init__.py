"""Two articles -> the passages they share, their measures, and what relation they have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.comparison.differences import Difference, differences
from dedup.comparison.excerpt import places
from dedup.comparison.garbling import is_strange
from dedup.comparison.passages import Passages
from dedup.comparison.prepared import Prepared, prepare_articles
from dedup.comparison.relation import (
    NONE,
    Judgement,
    is_next_report,
    reason_of_best,
    reason_of_lateness,
    reason_of_retelling,
    relation_of_retelling,
)
from dedup.comparison.retelling import Retelling, least_weight, retellings
from dedup.comparison.template import are_tables, is_framed
from dedup.index.candidates import Frequency
from dedup.model import Article, Match, Passage, Relation, best_of
from dedup.settings import Settings
from dedup.sketch import Sketches

__all__ = ["Comparison", "Difference", "comparisons", "differences", "flags_of", "matches"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One compared pair, match or not.

    `passages` are all that were found; `weight` is what counts against `bar`, that of the passages, or of the
    whole if one is the other told in other words (`retold`); `reason` is for people.
    """

    resemblance: float
    containment_a: float
    containment_b: float
    passages: tuple[Passage, ...]
    weight: float
    bar: float
    relation: Relation | None
    reason: str
    retold: bool = False

    def turned(self) -> Comparison:
        """The same, seen from the other article."""
        a, b = self.containment_a, self.containment_b
        passages = tuple(passage.turned() for passage in self.passages)
        return replace(self, containment_a=b, containment_b=a, passages=passages)


def comparisons(
    articles: Sequence[Article],
    sketches: Sketches,
    pairs: NDArray[np.int64],
    settings: Settings,
    *,
    frequency: Frequency | None = None,
) -> list[Comparison]:
    """Compare pairs (m, 2) of article numbers; row i of `sketches` is that of `articles[i]`.

    `frequency` (m) is how many articles of an index have the keys that a pair shares; None outside of one,
    where templates are told by the two texts alone.
    """
    parts = _decide(articles, sketches, pairs, settings, frequency, every=True)
    return [_comparison(decided, p, settings) for decided in parts for p in range(len(decided.relations))]


def _comparison(decided: _Decided, p: int, settings: Settings) -> Comparison:
    judgement, relation = decided.judgement, decided.relations[p]
    passages, told, retold = decided.passages_of(p), decided.told.get(p), decided.retold(p)
    weight, bar = float(judgement.weight[p]), float(judgement.bar[p])
    reason = judgement.reason(p, relation, len(passages))
    if retold is not None:
        reason = f"{reason_of_retelling(retold, settings)} {reason_of_best(best_of(passages), bar)}"
        weight, bar = _weight(retold, settings), settings.match_weight
    elif told is not None and relation is None:
        reason = f"{reason} {reason_of_retelling(told, settings)}"
    elif relation is None and is_next_report(*decided.passages.ends(p), settings):
        reason = f"{reason} {reason_of_lateness(settings)}"
    resemblance, containment_a, containment_b = decided.measures[p].tolist()
    return Comparison(
        resemblance, containment_a, containment_b, passages, weight, bar, relation, reason, retold is not None
    )


def matches(
    articles: Sequence[Article],
    sketches: Sketches,
    pairs: NDArray[np.int64],
    settings: Settings,
    *,
    frequency: Frequency | None = None,
) -> list[Match | None]:
    """The matches among pairs (m, 2) of article numbers, None for a pair that is none; see `comparisons`."""
    parts = _decide(articles, sketches, pairs, settings, frequency)
    return [_match(decided, p, settings) for decided in parts for p in range(len(decided.relations))]


def _match(decided: _Decided, p: int, settings: Settings) -> Match | None:
    relation = decided.relations[p]
    if relation is None:
        return None
    a, b = decided.passages.ends(p)
    passages, retold = decided.passages_of(p), decided.retold(p)
    resemblance, containment_a, containment_b = decided.measures[p].tolist()
    match = Match(a.id, b.id, relation, resemblance, containment_a, containment_b, passages)
    return match if retold is None else match.weighing(_weight(retold, settings))


def _weight(told: Retelling, settings: Settings) -> float:
    """What a retelling weighs: at its bar, or in any order, as much as a passage at that of a match."""
    return settings.match_weight * max(told.score / max(settings.retold_score, 1e-9), 1.0)


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

    def retold(self, p: int) -> Retelling | None:
        """The retelling that pair p is, if it is one."""
        told = self.told.get(p)
        return told if told is not None and told.holds else None

    def passages_of(self, p: int) -> tuple[Passage, ...]:
        """Those of pair p."""
        retold = self.retold(p)
        return self.passages.of(p) if retold is None else self.passages.of_retelling(p, retold)


def _decide(
    articles: Sequence[Article],
    sketches: Sketches,
    pairs: NDArray[np.int64],
    settings: Settings,
    frequency: Frequency | None,
    *,
    every: bool = False,
) -> Iterator[_Decided]:
    """What the pairs are, in parts that memory has room for; of `every` one how far it is a retelling."""
    pairs = np.asarray(pairs, np.int64).reshape(-1, 2)
    shared = places(sketches, pairs, settings)
    one, other = is_strange(sketches)[pairs.T]
    misread = one | other
    for part in shared.parts():
        cut = shared.excerpts(articles, part)
        prepared = prepare_articles(cut.texts, cut.sketches, cut.rows)
        compared = cut.gather(prepared.compare(cut.pairs))
        rows = np.searchsorted(cut.rows, cut.smaller)
        smaller = prepared.own_weight[rows].min(axis=1, initial=np.inf)
        known = None if frequency is None else frequency[part]
        tokens = np.diff(sketches.tokens)[pairs[part]]
        judgement = Judgement(compared, tokens, smaller, settings, known, misread=misread[part])
        passages = Passages(articles, sketches, pairs[part], compared)
        relations: list[Relation | None] = [None] * len(rows)
        for p in np.flatnonzero(judgement.code != NONE).tolist():
            relations[p] = judgement.relation(p, *passages.ends(p), passages.of(p))
        rows[shared.long[part]] = -1
        told = _retellings(passages, judgement, relations, prepared, rows, every=every)
        for p, again in told.items():
            if again.holds:
                relations[p] = relation_of_retelling(*passages.ends(p))
        yield _Decided(compared.measures[:, :3], judgement, passages, relations, told)


def flags_of(articles: Sequence[Article], sketches: Sketches) -> list[NDArray[np.uint8]]:
    """The flags of the tokens of each article (see `structure_kernel`), all of which are sketched."""
    rows = np.arange(len(articles))
    prepared = prepare_articles([article.text for article in articles], sketches, rows)
    return np.split(prepared.flags, prepared.base[1:-1])


def _retellings(
    passages: Passages,
    judgement: Judgement,
    relations: Sequence[Relation | None],
    prepared: Prepared,
    rows: NDArray[np.int64],
    *,
    every: bool,
) -> dict[int, Retelling]:
    """How far those of the pairs that no passage ties are retellings: if they come near it, or `every` one.

    `rows` (m, 2) are those of `prepared` that are the two articles of each pair; -1 where one is too long.
    """
    settings, undecided = judgement.settings, {}
    heavy = judgement.smaller >= least_weight(settings)
    for p in np.flatnonzero((heavy | every) & (rows[:, 0] >= 0)).tolist():
        if relations[p] in (None, Relation.QUOTE, Relation.TEMPLATE):
            a, b = passages.ends(p)
            if is_next_report(a, b, settings):
                continue
            notices = passages.notices(p)
            if notices or relations[p] is not Relation.TEMPLATE:  # one that may be but a notice under both
                undecided[p] = notices
    numbers = np.array(list(undecided), np.int64)
    found = retellings(
        [passages.ends(p) for p in undecided],
        prepared,
        rows[numbers],
        list(undecided.values()),
        settings,
        frequent=judgement.frequent[numbers],
        story=judgement.story[numbers],
        every=every,
    )
    told = {int(numbers[m]): again for m, again in found.items()}
    for p, again in told.items():
        # the words of one frame, and the rows of one table, are in one order
        if again.holds and are_tables(*passages.ends(p)):
            told[p] = again._replace(holds=False, only_names=True)
        elif again.holds and is_framed(*passages.ends(p), passages.of(p)):
            told[p] = again._replace(holds=False, framed=True)
    return told
