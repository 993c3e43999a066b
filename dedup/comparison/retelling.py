"""Retellings: articles that tell the same in other words, found by what they tell and in which order.

What is thoroughly reworded shares no passage that an alignment finds. But whoever rewrites a report goes
through it from start to end, while two reporters of one event choose and order its facts each in their own
way; so the words that both articles have stand in the same order, or they do not. A rewrite that moves whole
paragraphs keeps no order, but nearly all of the facts. A brief has few words in all; so of these the other
must have a good part, and nearly all of the facts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.arrays.ragged import offsets_of
from dedup.comparison import facts_kernel, retelling_kernel
from dedup.comparison.constants import rarity_squared
from dedup.comparison.facts import Facts, facts_of_both, of_fewer, order_of_facts
from dedup.comparison.prepared import Prepared
from dedup.comparison.telling import SKIP, Side, Told, in_order, names_of_both, passages_of, wherever
from dedup.model import Article
from dedup.settings import Settings
from dedup.sketch.content import Content

BRIEF, SOME, HALF = 140, 6, 0.5
"""Words of an article that has little to tell, at most; then, numbers and names that must agree, and share of
those of either article where the order is of no matter."""
SUMMARY = 0.6
"""Share of what a brief tells that the other tells too, from which it is a summary of that if nearly all of
its facts are there, however many the other has besides. It finds 8 more of 56 summaries; independent briefs
with nearly all facts of a report have up to .55."""
DOUBT = 0.75
"""Share of the bar that two articles must reach before it is known what of them does not count."""
SURE = 2.25
"""So many times the score is asked where what is shared is frequent."""
MANY, ALL_BUT = 10, 0.8
"""Numbers and names that must then agree, and which share of all: so many do in 21 of 29 thorough rewordings,
and in 5 of 107 pairs of Reuters stories that would pass else."""
OTHERS = 0.2
"""Share of what both tell that must be told by other words than names: two instalments of a series have the
same people in the same order. Of 84 thorough rewordings of invented reports none has less than .26."""
WORDS = 0.05
"""The same by other words than names and numbers: two tables have the same rows, and small numbers agree by
chance. Of such tables it is none; of pairs that tell the same in the sets of tests/quality at least .057."""

MOST_IN_CASES, SHARE_IN_CASES = 8, 0.35
"""So many are enough where names have cases, if both tell such a share of the lighter: of 100 pairs of
independent reports in ten such languages none has more than .23, in English they have up to .33."""
MOST, FROM_BOTH = 12, 0.6
"""Numbers and names that must agree where the order is of no matter, and share of those of either article: a
rewrite adds none, and drops few, while each of two reports of one statement has some of its own."""
ALL_OF_ONE, OF_OTHER = 0.86, 0.4
"""Share of the facts of one article that is nearly all, and which is enough of the other then: a rewrite of
half the length drops most of them. It finds 23 more rewrites in the sets of tests/quality, where of the
independent reports only those that were made to have all facts of another have more than .82 of theirs, but
for briefs, of which `SUMMARY` asks more."""
AT_A_GLANCE = 0.3, 0.1
"""The same share by stems, of all and of summaries, which saves a search of both texts: in 150 pairs of
rewordings and independent reports it was at most .09 under that share, and of German, where every noun is
capitalised, less is asked."""
MUCH = 1.5
"""So many times the weight is asked where what is shared is frequent: the sequels of a story have less."""
CAPITALS, SHOUTED = 50, 0.4
"""Words of which one is capitalised, at least, where capitals tell names, and share of those that are, at
most."""
TOGETHER = 0.75
"""Share of what one passage must weigh at least that all together weigh: of a short text a long one has most
words by chance, somewhere. Of 112 pairs of rewordings one is left with less than the bar (.86 of it), of two
chance pairs of PAN each with less than .7."""
WORDS_IN_ORDER, FACTS_IN_ORDER, FEW_FACTS = 0.5, 0.85, 8
"""Rank correlations of the order of words and of numbers and names, and how many of these must agree, where
the words alone tell too little. It finds 3 of 9 thorough rewrites in other languages that are not found else,
and joins no independent report, nor any Reuters stories: with .7 for the facts it would join three pairs of
these, and 37 whatever the order of the words, all of them sequels."""

Times = float | NDArray[np.float64]


class Retelling(NamedTuple):
    """How far one of two articles tells the other again; the sides are as in the pair.

    `weight` is what the words weigh that both have, `share` its share of the lighter article, and `order` the
    rank correlation of their places; more is asked of what is `frequent`, and more facts of a `story` that
    several sources had, nearly all of a `brief` of it. If they say that it is a retelling,
    and nearly all of that is not `only_names`, `facts` and `common` are as of `of_fewer`. If these say so
    too, or their order does (`facts_in_order`), and it is neither `scattered` over many sentences nor
    `framed`, what a site has around its articles, it `holds`.
    Then `passages` (n, 5) and `weights` (n) are sentences that tell the same: tokens a0, a1, b0, b1, and how
    many words are the same.
    """

    weight: float
    share: float
    order: float
    facts: int = 0
    common: int = 0
    in_order: bool = True
    facts_in_order: bool = False
    frequent: bool = False
    story: bool = False
    brief: bool = False
    only_names: bool = False
    scattered: bool = False
    framed: bool = False
    holds: bool = False
    passages: NDArray[np.int64] = np.empty((0, 5), np.int64)
    weights: NDArray[np.float64] = np.empty(0)

    @property
    def score(self) -> float:
        """What counts against `retold_score`."""
        return float(_score(*np.array(self[:3], np.float64)))

    def asked(self, settings: Settings) -> float:
        """The score that is asked."""
        return settings.retold_score * (SURE if self.frequent else 1.0)

    def asked_facts(self, settings: Settings) -> float:
        """How many numbers and names must agree where what both tell is in one order."""
        least = settings.retold_agreement * self.facts - 1
        if self.frequent or self.story:
            least = max(ALL_BUT * self.facts, MANY if self.frequent else 0)
        if self.weight < settings.retold_weight or (self.story and self.brief):
            least = max(least, SOME, settings.brief_agreement * self.facts)
        return least


def may_retell(
    older: Content, newer: Content, pairs: NDArray[np.int64], settings: Settings
) -> NDArray[np.bool_]:
    """Which pairs (m, 2), the first of the older articles and the second of the newer, may be retellings."""
    sides = []
    for content, column in ((older, pairs[:, 0]), (newer, pairs[:, 1])):
        rows, local = np.unique(column, return_inverse=True)
        own = content.of(rows)
        sides.append((Told.of(own.stem, own.level, np.zeros(len(own.stem), np.uint8), own.offsets), local))
    (told_a, a), (told_b, b) = sides
    figures = retelling_kernel.retold(
        np.column_stack((a, b)), *told_a, *told_b, least_weight(settings), DOUBT * settings.retold_score
    )
    return _near(figures, is_brief(older.words[pairs[:, 0]], newer.words[pairs[:, 1]]), settings)


def least_weight(settings: Settings) -> float:
    """What the words weigh at least that two articles have of which one is a retelling."""
    return float(min(settings.retold_weight, settings.moved_weight, settings.brief_weight))


def is_brief(a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Of which of m pairs of articles, which have so many words each, one has little to tell."""
    found: NDArray[np.bool_] = np.minimum(a, b) <= BRIEF
    return found


def retellings(
    ends: Sequence[tuple[Article, Article]],
    prepared: Prepared,
    pairs: NDArray[np.int64],
    notices: Sequence[Sequence[Sequence[int]]],
    settings: Settings,
    *,
    frequent: NDArray[np.bool_],
    story: NDArray[np.bool_],
    every: bool = False,
) -> dict[int, Retelling]:
    """How far those of m pairs that come near it, or `every` one, are retellings, by their numbers.

    `pairs` (m, 2) have their rows in `prepared`. Quotations do not count, which two reporters may both have
    heard, nor do page furniture, boilerplate, and the `notices` under both, of each pair half-open ranges of
    tokens (a0, a1, b0, b1). `frequent` (m) tells the pairs that share what more than a few articles have:
    sequels of a report, or a form, which has other facts each time; `story` (m) those that share what several
    sources had of one.
    """
    tokens = [each for own in notices for each in own]
    figures = retelling_kernel.retold_apart(
        pairs, offsets_of(map(len, notices)), np.array(tokens, np.int64).reshape(-1, 4),
        prepared.base, prepared.level, prepared.flags & np.uint8(SKIP),
        prepared.offsets, prepared.word, prepared.columns, prepared.place, rarity_squared(),
        *((0.0, 0.0) if every else (least_weight(settings), DOUBT * settings.retold_score)),
    )  # fmt: skip
    brief = is_brief(*np.diff(prepared.base)[pairs].T)
    score, moved = _score(*figures.T), _in_any_order(figures, brief, settings, np.where(frequent, MUCH, 1.0))
    summary = brief & (figures[:, 1] >= SUMMARY)
    glance = np.where(summary, AT_A_GLANCE[1], AT_A_GLANCE[0])
    moved[moved] = facts_kernel.may_agree(
        pairs[moved], prepared.base, prepared.stem, prepared.sentence, prepared.flags,
        SOME, glance[moved], CAPITALS, SHOUTED,
    )  # fmt: skip
    ordered = _half_in_order(figures, settings) & ~(frequent | story)
    found = {m: Retelling(*figures[m].tolist()) for m in np.flatnonzero(figures[:, 0]).tolist() if every}
    for m in np.flatnonzero(_near(figures, brief, settings)).tolist():
        told = Retelling(*figures[m].tolist())
        told = told._replace(frequent=bool(frequent[m]), story=bool(story[m]), brief=bool(brief[m]))
        in_order = bool(score[m] >= told.asked(settings))
        if in_order or moved[m] or ordered[m]:
            (a, b), (x, y) = ends[m], pairs[m].tolist()
            first = Side.of(prepared, x, a, [own[:2] for own in notices[m]])
            second = Side.of(prepared, y, b, [own[2:] for own in notices[m]])
            told = _decided(
                told._replace(in_order=in_order), first, second, settings,
                enough=in_order or bool(moved[m]), ordered=bool(ordered[m]), summary=bool(summary[m]),
            )  # fmt: skip
        found[m] = told
    return found


def _near(figures: NDArray[np.float64], brief: NDArray[np.bool_], settings: Settings) -> NDArray[np.bool_]:
    """Which pairs may be retellings by their weights, shares and orders (m, 3): in one order, or in any."""
    enough = (figures[:, 0] >= settings.retold_weight) | _is_most(figures, brief, settings)
    in_order = enough & (_score(*figures.T) >= DOUBT * settings.retold_score)
    near: NDArray[np.bool_] = (
        in_order | _half_in_order(figures, settings) | _in_any_order(figures, brief, settings)
    )
    return near


def _half_in_order(figures: NDArray[np.float64], settings: Settings) -> NDArray[np.bool_]:
    """Which tell so much in common, not quite in any order, that the order of their facts decides."""
    weight, share, order = figures.T
    enough: NDArray[np.bool_] = (weight >= settings.retold_weight) & (order >= WORDS_IN_ORDER)
    enough &= share >= settings.moved_share
    return enough


def _in_any_order(
    figures: NDArray[np.float64], brief: NDArray[np.bool_], settings: Settings, times: Times = 1.0
) -> NDArray[np.bool_]:
    """Which tell so much in common that their facts decide, in any order; so many `times` the weight."""
    weight, share, _ = figures.T
    enough: NDArray[np.bool_] = (weight >= times * settings.moved_weight) & (share >= settings.moved_share)
    return enough | _is_most(figures, brief, settings, times)


def _is_most(
    figures: NDArray[np.float64], brief: NDArray[np.bool_], settings: Settings, times: Times = 1.0
) -> NDArray[np.bool_]:
    """Of which one has little to tell, of which the other tells a good part."""
    weight, share, _ = figures.T
    enough: NDArray[np.bool_] = (
        brief & (weight >= times * settings.brief_weight) & (share >= settings.brief_share)
    )
    return enough


def _score(
    weight: NDArray[np.float64], share: NDArray[np.float64], order: NDArray[np.float64]
) -> NDArray[np.float64]:
    """What counts against `retold_score`."""
    score: NDArray[np.float64] = weight * share * np.maximum(order, 0.0) ** 2
    return score


def _decided(
    again: Retelling,
    a: Side,
    b: Side,
    settings: Settings,
    *,
    enough: bool,
    ordered: bool,
    summary: bool,
) -> Retelling:
    """The same with what its names and facts say, and its sentences if it holds.

    The words tell `enough` for the number of facts to decide, or are so `ordered` that their order does; or
    most words of a brief are the other's, so that it may be a `summary` of that.
    """
    # The chain of equal weight that is taken must not depend on the side.
    turned = (len(b.text), b.text) < (len(a.text), a.text)
    x, y = (b, a) if turned else (a, b)
    stem = np.concatenate((x.stem, y.stem))
    level, skip = np.concatenate((x.level, y.level)), np.concatenate((x.skip, y.skip))
    told = Told.of(stem, level, skip, np.array([0, len(x.stem), len(stem)]))
    others, words = (again.weight - names_of_both(told, x, y, numbers=each) for each in (False, True))
    if others < OTHERS * again.weight or words < WORDS * again.weight:
        return again._replace(only_names=True)
    both = Facts.of(x.text, x.language), Facts.of(y.text, y.language)
    of_both = facts_of_both(*both)
    facts, common = of_fewer(of_both)
    again = again._replace(facts=facts, common=common)
    has_cases = all(own.has_cases for own in both)
    if not (enough and _agree(again, of_both, settings, has_cases=has_cases, summary=summary)):
        few = common < max(FEW_FACTS, settings.retold_agreement * facts)
        if not ordered or few or order_of_facts(*both) < FACTS_IN_ORDER:
            return again
        again = again._replace(in_order=True, facts_in_order=True)
    least = TOGETHER * settings.match_weight
    passages, worth = passages_of(in_order(told, x, y) if again.in_order else wherever(x, y), x, y)
    if again.in_order and worth.sum() < least:  # it may be one in any order, too
        moved = again._replace(in_order=False, facts_in_order=False)
        if _agree(moved, of_both, settings, has_cases=has_cases, summary=summary):
            again = moved
            passages, worth = passages_of(wherever(x, y), x, y)
    if turned:
        passages = passages[:, [2, 3, 0, 1, 4]]
    holds = len(passages) > 0 and float(worth.sum()) >= least
    return again._replace(holds=holds, scattered=not holds, passages=passages, weights=worth)


def _agree(
    again: Retelling,
    of_both: Sequence[tuple[int, int]],
    settings: Settings,
    *,
    has_cases: bool,
    summary: bool,
) -> bool:
    """Whether so many facts agree, by `facts_of_both`, that one of two articles tells the other again."""
    facts, common = again.facts, again.common
    if again.in_order:
        return common >= again.asked_facts(settings)
    light = again.weight < settings.moved_weight
    if light and common < max(SOME, settings.brief_agreement * facts):
        return False
    if summary and common >= max(SOME, settings.brief_agreement * facts):
        return True
    least = HALF if light else OF_OTHER if common >= ALL_OF_ONE * facts else FROM_BOTH
    if not all(shared >= least * own for own, shared in of_both):
        return False
    most = MOST_IN_CASES if has_cases and again.share >= SHARE_IN_CASES else MOST
    return light or common >= max(most, settings.moved_agreement * facts)
