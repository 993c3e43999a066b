"""Articles -> candidates -> matches: what leads from the keys of new articles to those they match."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from dedup.funnel.closest import at_most, closest_first, may_be_copies
from dedup.funnel.comparing import Comparing, Newer
from dedup.funnel.marking import recall
from dedup.funnel.older import Older
from dedup.index import Candidates, Common
from dedup.index.spread import issues_of
from dedup.model import Article, Match
from dedup.settings import Settings
from dedup.sketch import Sketches


def common_of(settings: Settings) -> Common:
    """What is not compared of the pairs that share what many articles have."""
    return Common(
        form=float(settings.form_frequency),
        wire=float(min(settings.wire_keys, settings.retold_keys)),
        share=float(settings.common_share),
        frequency=float(settings.common_frequency),
        most=settings.common_candidates,
    )


def find_matches(
    older: Older,
    articles: Sequence[Article],
    sketches: Sketches,
    numbers: NDArray[np.int64],
    *,
    every: bool = True,
    copies: bool = False,
    by: int = -1,
    settings: Settings | None = None,
) -> Iterator[tuple[Match, int, int]]:
    """The matches of new articles: each with the number of the older one, its a, and the index of the b.

    `numbers` are those under which the articles are posted, their boilerplate marked (`marking.count`), or -1
    for articles that the index does not hold.
    What many articles have leads each of them to a few of these only. Without `every`, matches that rank
    behind that of the closest copy are left out (see `closest`). With `copies`, too, new articles are
    compared only with what may tell whether they are duplicates. Candidates from outside the batch are taken
    so many at a time as memory allows. In the older ones that is boilerplate which was when the article `by`
    came (-1: what is now). `settings` may be others than the store's.
    """
    settings = settings or older.store.settings
    keys = np.diff(sketches.keys)
    if numbers[0] < 0:
        sketches = recall(older.store, articles, sketches, numbers)
    newer = Newer(articles, sketches, numbers)
    found = candidates_of(older, newer, settings)

    def compare(part: Candidates) -> Iterator[tuple[Match, int, int]]:
        return Comparing(older, newer, part, settings, by=by).matches()

    if every:
        yield from compare(found)
        return
    most = at_most(sketches, keys, found)
    if copies:
        kept = may_be_copies(older, articles, found, most=most, settings=settings)
        found, most = found.rows(kept), most[kept]
    yield from closest_first(older, articles, sketches, found, compare, most=most, settings=settings)


def candidates_of(older: Older, newer: Newer, settings: Settings) -> Candidates:
    """The candidates of new articles: of those that the index holds, only earlier ones."""
    sketches, numbers = newer.sketches, newer.numbers
    return older.store.postings.candidates(
        numbers,
        sketches.keys,
        sketches.key,
        before=bool(numbers[0] >= 0),
        min_score=settings.candidate_score,
        common=common_of(settings),
        settings=settings,
        issues=issues_of(newer.articles),
        near=older.near(newer.articles),
    )
