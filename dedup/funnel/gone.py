"""Older articles whose texts are not to be had again, matched by what the index has of them: their keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from dedup.arrays.ordered import each_once
from dedup.comparison.by_keys import Known, matches_by_keys
from dedup.index import Candidates, Store
from dedup.model import Article, Match
from dedup.settings import Settings
from dedup.sketch import Sketches, take


def matches(
    store: Store, articles: Sequence[Article], sketches: Sketches, found: Candidates, settings: Settings
) -> Iterator[tuple[Match, int, int]]:
    """The matches among candidates of articles, none of whose older ones has a text; as of `find_matches`."""
    if not len(found):
        return
    rows, query = np.unique(found.query, return_inverse=True)
    own = take(sketches, rows)
    old, place = np.unique(found.number, return_inverse=True)
    posted = store.postings.posted(each_once(own.key), old)
    known = Known(
        store.articles.get(old, texts=False),
        store.articles.words(old),
        store.articles.same(old),
        [posted[n] for n in old.tolist()],
    )
    pairs = np.column_stack((place, query))
    asking = [articles[row] for row in rows]
    matched = matches_by_keys(known, asking, own, pairs, settings, frequency=found.frequency)
    for match, number, row in zip(matched, found.number.tolist(), found.query.tolist(), strict=True):
        if match is not None:
            yield match, number, row
