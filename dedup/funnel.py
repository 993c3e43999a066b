"""Articles -> candidates -> matches: what leads from the keys of new articles to those they match."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from dedup.comparison import matches
from dedup.comparison.overlap import promising
from dedup.index import Common, Store
from dedup.marking import recall
from dedup.model import Article, Match
from dedup.settings import Settings
from dedup.sketch import Sketches, join, sketch, take

OLDER_ARTICLES = 2_000
"""So many older articles are read and sketched again at a time, to be compared with a batch."""


def common_of(settings: Settings, *, few: bool = True) -> Common:
    """What is not compared of the pairs that share what many articles have."""
    return Common(
        form=float(settings.form_frequency),
        share=float(settings.common_share),
        frequency=float(settings.common_frequency) if few else math.inf,
        most=settings.common_candidates,
    )


def find_matches(
    store: Store,
    articles: Sequence[Article],
    sketches: Sketches,
    numbers: NDArray[np.int64],
    *,
    few: bool = True,
    settings: Settings | None = None,
) -> Iterator[tuple[Match, int, int]]:
    """The matches of new articles: each with the number of the older one, its a, and the index of the b.

    `numbers` are those under which the articles are posted, their boilerplate marked (`marking.count`), or -1
    for articles that the index does not hold.
    With `few`, what many articles have leads each of them to a few of these only. Candidates from outside the
    batch are read and sketched again, so many at a time as memory allows.
    `settings` may be others than the store's.
    """
    settings = settings or store.settings
    if numbers[0] < 0:
        sketches = recall(store, articles, sketches, numbers)
    found = store.candidates(
        numbers,
        sketches.keys,
        sketches.key,
        before=bool(numbers[0] >= 0),
        min_score=settings.candidate_score,
        common=common_of(settings, few=few),
    )
    query, other, banded = found.query.astype(np.int64), found.number, found.bands > 0
    frequency = found.frequency
    inside = np.isin(other, numbers)
    pairs = np.column_stack((np.searchsorted(numbers, other[inside]), query[inside]))
    for match, a, b in compare_candidates(
        articles, sketches, pairs, banded[inside], frequency=frequency[inside], settings=settings
    ):
        yield match, int(numbers[a]), b
    query, other, banded, frequency = query[~inside], other[~inside], banded[~inside], frequency[~inside]
    order = np.argsort(other, kind="stable")
    query, other, banded, frequency = query[order], other[order], banded[order], frequency[order]
    old, first = np.unique(other, return_index=True)
    first = np.append(first, len(other))
    for begin in range(0, len(old), OLDER_ARTICLES):
        chunk = old[begin : begin + OLDER_ARTICLES]
        part = slice(first[begin], first[begin + len(chunk)])
        older = store.articles(chunk)
        asking, own = np.unique(query[part], return_inverse=True)
        known = recall(store, older, sketch([article.text for article in older], settings), chunk)
        both = join((known, take(sketches, asking)))
        pairs = np.column_stack((np.searchsorted(chunk, other[part]), own + len(chunk)))
        for match, a, b in compare_candidates(
            [*older, *(articles[i] for i in asking.tolist())],
            both,
            pairs,
            banded[part],
            frequency=frequency[part],
            settings=settings,
        ):
            yield match, int(chunk[a]), int(asking[b - len(chunk)])


def compare_candidates(
    articles: Sequence[Article],
    sketches: Sketches,
    pairs: NDArray[np.int64],
    banded: NDArray[np.bool_],
    *,
    frequency: NDArray[np.float64],
    settings: Settings,
    threads: int | None = None,
) -> Iterator[tuple[Match, int, int]]:
    """Align the pairs (m, 2) of article numbers that share a band, or enough word pairs.

    Each match comes with its pair. `banded` and `frequency` (m) tell of the keys that a pair shares.
    """
    if not len(pairs):
        return
    kept = banded | promising(sketches, pairs, settings)
    pairs = pairs[kept]
    found = matches(articles, sketches, pairs, settings, frequency=frequency[kept], threads=threads)
    for match, (a, b) in zip(found, pairs.tolist(), strict=True):
        if match is not None:
            yield match, a, b
