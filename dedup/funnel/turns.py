"""The turns of a batch: its articles with each of which more became boilerplate at its source.

What comes after one is compared without it, and what was matched by it before is judged again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from dedup.arrays.ordered import each_once, look_up
from dedup.funnel.comparing import Newer
from dedup.funnel.marking import judge_again, known_lines, recall
from dedup.funnel.older import Older
from dedup.index import Candidates, Store
from dedup.index.spread import DAY_BITS, issues_of
from dedup.sketch import Sketches, take

AT_ONCE = 128
"""Turns whose keys are looked up at a time."""


def rounds(
    older: Older, newer: Newer, found: Candidates, turns: Sequence[int]
) -> Iterator[tuple[Candidates, NDArray[np.int64] | int]]:
    """Candidates in parts, each with what `Comparing` is told as `by`, for a batch with these turns.

    Each article is compared with an earlier one as that was when it came. Most sources have no turn in a
    batch, and others few: so the first part are those whose older article is of a source without a turn
    before the newer one, the next those with one, and so on. Each is to be compared before the next is taken.
    """
    if not turns:
        yield found, -1
        return
    numbers = newer.numbers
    turned = [newer.articles[row] for row in _rows(newer, turns)]
    sources, lines = {article.source for article in turned}, known_lines(older.store, turned)
    known, place = np.unique(found.number, return_inverse=True)
    issues = older.store.articles.issues(known)[place]
    count, since = turns_before(
        np.array(turns), issues_of(turned), numbers=numbers[found.query], issues=issues, first=int(numbers[0])
    )
    for turn in each_once(count).tolist():
        rows = np.flatnonzero(count == turn)
        part, by = found.rows(rows), since[rows]
        if turn:
            older.forget_sources(sources)
            newer.mark_again(lines, part.number, by)
        yield part, by


def turns_before(
    turns: NDArray[np.int64],
    issues_of_turns: NDArray[np.int64],
    *,
    numbers: NDArray[np.int64],
    issues: NDArray[np.int64],
    first: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How many turns (ascending) of the source of each of these issues came before each of these numbers.

    And the number from which the last of them counts, or `first`, the lowest number of all, where there is
    none. See `dedup.index.spread` for issues.
    """
    own = issues_of_turns >> DAY_BITS
    order = np.argsort(own, kind="stable")
    turns, sources = turns[order], each_once(own)
    above = max(int(turns.max()), int(numbers.max(initial=first))) - first + 1
    place = np.searchsorted(sources, own[order]) * above + turns - first  # by source and number
    source, known = look_up(sources, issues >> DAY_BITS)
    end = np.searchsorted(place, source * above + numbers - first)
    count = np.where(known, end - np.searchsorted(place, source * above), 0)
    return count, np.where(count > 0, turns[end - 1] + 1, first)


def untied(store: Store, newer: Newer, turns: Sequence[int]) -> list[int]:
    """Undo the matches that rest on lines which became boilerplate with these turns, one after the other.

    Returns the numbers of the articles that were joined by them. They are judged together, until a turn
    concerns one that waits for another.
    """
    joined: list[int] = []
    waiting: dict[tuple[int, int], int] = {}

    def judge() -> None:
        pairs, numbers = (
            np.array([*waiting], np.int64).reshape(-1, 2),
            np.array([*waiting.values()], np.int64),
        )
        joined.extend(judge_again(store, pairs, numbers).tolist())
        waiting.clear()

    for turn, near, having in _resting(store, newer, turns):
        pairs = store.matches.pairs_resting(turn, near, having)
        if not waiting.keys().isdisjoint(pairs):
            judge()
            pairs = store.matches.pairs_resting(turn, near, having)
        waiting |= dict.fromkeys(pairs, turn + 1)
    judge()
    return joined


def _resting(
    store: Store, newer: Newer, turns: Sequence[int]
) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.int64]]]:
    """Each turn, and what `Matches.pairs_resting` is told of it: `near` and `having`."""
    for begin in range(0, len(turns), AT_ONCE):
        part = turns[begin : begin + AT_ONCE]
        rows = _rows(newer, part)
        articles, own = [newer.articles[row] for row in rows], take(newer.sketches, rows)
        rest = recall(store, articles, own, np.array(part) + 1)
        both = [(_keys_of(own, k), _keys_of(rest, k)) for k in range(len(part))]
        with store.postings.ahead(own.key):
            found = [store.postings.having(keys) for keys, _ in both]
            having = [store.postings.having(np.setdiff1d(keys, left)) for keys, left in both]
        # Of a thousand that share a key with it a few are of its source: to ask for the sources of all at
        # once takes half the time that the queries for pairs would take with them.
        known = each_once(np.concatenate(found))
        sources = store.articles.issues(known) >> DAY_BITS
        for k, own_source in enumerate((issues_of(articles) >> DAY_BITS).tolist()):
            near = found[k][sources[np.searchsorted(known, found[k])] == own_source]
            yield part[k], near, having[k]


def _rows(newer: Newer, turns: Sequence[int]) -> NDArray[np.int64]:
    return np.searchsorted(newer.numbers, turns)


def _keys_of(sketches: Sketches, row: int) -> NDArray[np.uint64]:
    return sketches.key[sketches.keys[row] : sketches.keys[row + 1]]
