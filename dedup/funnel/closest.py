"""The closest copy of an article, compared before its other candidates: often it decides the verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from dedup.comparison.overlap import likeness
from dedup.comparison.relation import PART, is_part
from dedup.digest import is_revision
from dedup.funnel.older import Older, parts_of
from dedup.index import Candidates
from dedup.model import Article, Match, Relation
from dedup.settings import Settings
from dedup.sketch import Sketches
from dedup.sketch.bare import apart

ARTICLES = 1_000
"""So many new articles are looked at together, so that their closest are still in memory when compared."""
LEAST_KEYS = 0.43
"""Share of an article's keys that another has at least, for each 1.0 that it has of it: as a rule, one."""
STRAY = 3
"""Keys beside them that a short extract may have of its own, for at its ends others are the rarest."""
CLOSE = {Relation.IDENTICAL, Relation.REVISION, Relation.NEAR_DUPLICATE, Relation.EXCERPT}
"""What a first match is, if little can rank before it."""

Compare = Callable[[Candidates], Iterator[tuple[Match, int, int]]]
"""Aligns candidates; gives each match with its older article and the index of its new one."""


def closest_first(
    older: Older,
    articles: Sequence[Article],
    sketches: Sketches,
    found: Candidates,
    compare: Compare,
    *,
    most: NDArray[np.float64],
    settings: Settings,
) -> Iterator[tuple[Match, int, int]]:
    """The matches of new articles that can tell their verdicts, and not those of less; `most` is `at_most`.

    Of each article, the candidate of the highest resemblance among those that share a band is compared first;
    of equals, the earlier. If one of the two is a version or the larger part of the other, only what `judge`
    may rank before that is compared too: candidates of a higher resemblance and other versions. If one is but
    a part of the other, also candidates that are as long and, if the new one has it, that this is a part of.
    """
    alike = np.column_stack((most, most, most))  # as of `likeness`, at most
    first = np.zeros(len(found), np.bool_)
    reached, closest = np.full(len(articles), -np.inf), np.zeros(len(articles), np.int64)
    same, a_part, part_of_it = np.zeros((3, len(articles)), np.bool_)
    for begin in range(0, len(articles), ARTICLES):
        low, high = np.searchsorted(found.query, (begin, begin + ARTICLES)).tolist()
        part = found.rows(slice(low, high))
        banded = np.flatnonzero(part.bands > 0)
        alike[low + banded] = _likeness(older, sketches, part.rows(banded))
        chosen = _highest(part, alike[low:high, 0])
        first[low + chosen] = True
        for match, number, query in compare(part.rows(chosen)):
            yield match, number, query
            if match.relation in CLOSE:
                reached[query], closest[query] = match.resemblance, number
                same[query] = match.relation is Relation.IDENTICAL
                a_part[query] = match.relation is Relation.EXCERPT
                part_of_it[query] = a_part[query] and not match.is_copy

    def may_rank_before() -> NDArray[np.bool_]:
        resemblance, containing, contained = alike.T
        bar, query = reached[found.query], found.query
        earlier = (resemblance == bar) & (found.number < closest[query])
        identical = (resemblance >= 1.0) & ~same[query]
        whole = (contained >= settings.excerpt) & part_of_it[query]
        largely = np.minimum(containing, contained) >= PART * settings.excerpt
        near = largely & ~is_part(containing, contained) & a_part[found.query]
        before: NDArray[np.bool_] = (resemblance > bar) | earlier | identical | whole | near
        return before

    unsure = np.flatnonzero(np.isfinite(reached[found.query]) & (found.bands == 0) & may_rank_before())
    alike[unsure] = _likeness(older, sketches, found.rows(unsure))
    before = may_rank_before()
    versions = np.flatnonzero(~before & ~first & ~same[found.query])
    before[versions] = _are_versions(older, articles, found, versions)
    yield from compare(found.rows(before & ~first))


def may_be_copies(
    older: Older,
    articles: Sequence[Article],
    found: Candidates,
    *,
    most: NDArray[np.float64],
    settings: Settings,
) -> NDArray[np.bool_]:
    """Which candidates may tell that a new article is a duplicate, or that it is a version and so is none.

    `most` is `at_most`.
    """
    copies = (found.bands > 0) | (most >= min(settings.near_duplicate, PART * settings.excerpt))
    doubtful = np.bincount(found.query[copies], minlength=len(articles)) > 0
    rest = np.flatnonzero(~copies & doubtful[found.query])
    copies[rest] = _are_versions(older, articles, found, rest)
    return copies


def at_most(sketches: Sketches, keys: NDArray[np.int64], found: Candidates) -> NDArray[np.float64]:
    """How much of the new article of each pair the other may have, by their keys: they resemble no more.

    `keys` are how many each new article had before its boilerplate was marked: that counts too.
    """
    lost = keys - np.diff(sketches.keys)
    shared = found.shared + found.hidden + lost[found.query]
    most: NDArray[np.float64] = (shared + STRAY) / (LEAST_KEYS * keys[found.query])
    return most


class Before:
    """Which articles may be duplicates of earlier ones of the same: by the shingles that these have."""

    def __init__(self, sketches: Sketches, settings: Settings) -> None:
        own = np.repeat(np.arange(len(sketches)), np.diff(sketches.shingles))
        order = np.lexsort((own, sketches.shingle))
        shingle, own = sketches.shingle[order], own[order]
        same = np.append(False, shingle[1:] == shingle[:-1])[: len(shingle)]
        once = ~(same & np.append(False, own[1:] == own[:-1])[: len(shingle)])
        same, own = same[once], own[once]
        latest = np.where(same, np.roll(own, 1), -1)  # the article before it that has the same
        order = np.argsort(own, kind="stable")
        self._latest = np.split(latest[order], np.cumsum(np.bincount(own, minlength=len(sketches)))[:-1])
        self._least = min(settings.near_duplicate, settings.excerpt)

    def may_hold(self, i: int, *, since: int) -> bool:
        """Whether those from number `since` on may have so much of article i that it is a duplicate."""
        own = self._latest[i]
        return len(own) > 0 and int((own >= since).sum()) >= self._least * len(own)


def _highest(found: Candidates, resemblance: NDArray[np.float64]) -> NDArray[np.int64]:
    """Of each article, the row of the highest resemblance that shares a band, ascending."""
    rows = np.flatnonzero(found.bands > 0)
    order = rows[np.lexsort((found.number[rows], -resemblance[rows], found.query[rows]))]
    return np.sort(order[np.diff(found.query[order], prepend=-1) > 0])


def _likeness(older: Older, sketches: Sketches, found: Candidates) -> NDArray[np.float64]:
    """What `likeness` tells of each pair (m, 3); of an article without its text nothing is known: it is 1."""
    both = np.empty((len(found), 3))
    old, place = np.unique(found.number, return_inverse=True)
    for begin, end in parts_of(older.store.articles.words(old)):
        own = (place >= begin) & (place < end)
        asking, query = np.unique(found.query[own], return_inverse=True)
        some = older.some(old[begin:end], again=True)
        words = [*some.words(), *(apart(sketches, i) for i in asking.tolist())]
        pairs = np.column_stack((place[own] - begin, end - begin + query))
        both[own] = np.where(some.gone[pairs[:, :1]], 1.0, likeness(words, pairs))
    return both


def _are_versions(
    older: Older, articles: Sequence[Article], found: Candidates, rows: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Which of these pairs are two versions of one article."""
    numbers, place = np.unique(found.number[rows], return_inverse=True)
    known = older.store.articles.get(numbers, texts=False)
    asked = (articles[query] for query in found.query[rows].tolist())
    pairs = zip(place.tolist(), asked, strict=True)
    return np.array([is_revision(known[i], article) for i, article in pairs], np.bool_)
