"""Articles -> candidates -> matches: what leads from the keys of new articles to those they match."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from dedup import gone
from dedup.closest import closest_first
from dedup.comparison import matches
from dedup.comparison.excerpt import is_long
from dedup.comparison.overlap import promising
from dedup.index import Candidates, Common
from dedup.marking import recall
from dedup.model import Article, Match
from dedup.older import Older, Some, parts_of
from dedup.settings import Settings
from dedup.sketch import Sketches
from dedup.sketch.bare import Bare, apart, together


def common_of(settings: Settings, *, few: bool = True) -> Common:
    """What is not compared of the pairs that share what many articles have."""
    return Common(
        form=float(settings.form_frequency),
        share=float(settings.common_share),
        frequency=float(settings.common_frequency) if few else math.inf,
        most=settings.common_candidates,
    )


def find_matches(
    older: Older,
    articles: Sequence[Article],
    sketches: Sketches,
    numbers: NDArray[np.int64],
    *,
    few: bool = True,
    every: bool = True,
    settings: Settings | None = None,
) -> Iterator[tuple[Match, int, int]]:
    """The matches of new articles: each with the number of the older one, its a, and the index of the b.

    `numbers` are those under which the articles are posted, their boilerplate marked (`marking.count`), or -1
    for articles that the index does not hold.
    With `few`, what many articles have leads each of them to a few of these only. Without `every`, matches
    that rank behind that of the closest copy are left out (see `closest`). Candidates from outside the batch
    are taken so many at a time as memory allows. `settings` may be others than the store's.
    """
    store = older.store
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
    found = older.near(articles, found)

    def compare(part: Candidates) -> Iterator[tuple[Match, int, int]]:
        return _compare_found(older, articles, sketches, numbers, part, settings=settings)

    if every:
        yield from compare(found)
    else:
        yield from closest_first(older, articles, sketches, found, compare)


def _compare_found(
    older: Older,
    articles: Sequence[Article],
    sketches: Sketches,
    numbers: NDArray[np.int64],
    found: Candidates,
    *,
    settings: Settings,
) -> Iterator[tuple[Match, int, int]]:
    """Those of the candidates of new articles that match; as `find_matches`."""
    banded, frequency = found.bands > 0, found.frequency
    inside = np.isin(found.number, numbers)
    old = np.unique(found.number[~inside])
    # each candidate by its place among the older ones; those of the batch itself come with the first of them
    place = np.where(inside, 0, np.searchsorted(old, found.number))
    for begin, end in parts_of(older.store.words(old)):
        some = older.some(old[begin:end])
        count = len(some.numbers)
        part = np.flatnonzero((place >= begin) & (place < max(end, 1)))
        if some.gone.any():
            lost = ~inside[part] & some.gone[place[part] - begin]
            yield from gone.matches(older.store, articles, sketches, found.rows(part[lost]), settings)
            part = part[~lost]
        own = inside[part]
        a = np.where(own, np.searchsorted(numbers, found.number[part]), place[part] - begin)
        asking, b = np.unique(np.concatenate((found.query[part], a[own])), return_inverse=True)
        a[own] = b[len(part) :] + count
        new = [apart(sketches, i) for i in asking.tolist()]

        def whole(
            rows: NDArray[np.int64],
            some: Some = some,
            asking: NDArray[np.int32] = asking,
            new: list[Bare] = new,
        ) -> tuple[list[Article], list[Bare]]:
            split = int(np.searchsorted(rows, len(some.numbers)))
            known, known_sketches = some.whole(rows[:split])
            rest = (rows[split:] - len(some.numbers)).tolist()
            return [*known, *(articles[asking[i]] for i in rest)], [*known_sketches, *(new[i] for i in rest)]

        for match, first, second in compare_candidates(
            [*some.sketches, *new],
            whole,
            np.column_stack((a, b[: len(part)] + count)),
            banded[part],
            frequency=frequency[part],
            settings=settings,
        ):
            query = int(asking[second - count])
            if first < count:
                yield match, int(some.numbers[first]), query
            else:
                yield match, int(numbers[asking[first - count]]), query


def compare_candidates(
    sketches: Sequence[Bare],
    whole: Callable[[NDArray[np.int64]], tuple[Sequence[Article], Sequence[Bare]]],
    pairs: NDArray[np.int64],
    banded: NDArray[np.bool_],
    *,
    frequency: NDArray[np.float64],
    settings: Settings,
    threads: int | None = None,
) -> Iterator[tuple[Match, int, int]]:
    """Align the pairs (m, 2) of article numbers that share a band, or enough word pairs.

    Each match comes with its pair. `whole` gives the articles of such pairs, by ascending numbers, and their
    sketches; of all others only the words of `sketches` are looked at. `banded` and `frequency` (m) tell of
    the keys that a pair shares.
    """
    if not len(pairs):
        return
    words = np.array([len(sketch.stem) for sketch in sketches])
    kept = banded | is_long(words, pairs)
    if not kept.all():
        kept[~kept] = promising(sketches, pairs[~kept], settings, threads=threads)
    pairs = pairs[kept]
    rows, local = np.unique(pairs, return_inverse=True)
    articles, compared = whole(rows)
    found = matches(
        articles,
        together(compared),
        local.reshape(-1, 2),
        settings,
        frequency=frequency[kept],
        threads=threads,
    )
    for match, (a, b) in zip(found, pairs.tolist(), strict=True):
        if match is not None:
            yield match, a, b
