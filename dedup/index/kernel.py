"""The kernel of the index: the posting lists of a batch's keys -> candidates."""

from __future__ import annotations

from typing import Any

import numpy as np

from dedup.arrays.ordered_kernel import contains, lower_bound
from dedup.index.runs.kernel import longer
from dedup.kernels import kernel

U64 = np.uint64
I64 = np.int64
ROUNDING = 1e-9
"""What the mean of logarithms may be off: keys that four articles have each are to count as of four."""
COLUMNS = 5
QUERY, NUMBER, SHARED, BANDS, KIND = range(COLUMNS)
"""The columns of a candidate."""
RARE, COMMON_LARGE, COMMON_SMALL, WIRE = range(4)
"""Kinds of candidates: what both share is rare, or many have it (Common), and it is a good part of the keys
of the query, or a smaller one, or, if it is of a wire story, one that would be left out else."""


@kernel
def candidates(
    first: Any,
    end: Any,
    offsets: Any,
    slots: Any,
    list_offsets: Any,
    lists: Any,
    totals: Any,
    band: Any,
    own: Any,
    before: Any,
    populations: Any,
    nominal: Any,
    growth: Any,
    forms: Any,
    deep: Any,
    min_score: Any,
    common: Any,
) -> Any:
    """The articles that share keys with the queries from `first` to `end`, best first, then the earlier.

    Query i has the keys `slots[offsets[i] : offsets[i + 1]]`; key s is posted for the articles
    `lists[list_offsets[s] : list_offsets[s + 1]]` (ascending), for `totals[s]` in all. `band[j]` is 1 where
    the j-th key of all queries is a band, else 0. `own` is the query's number, or -1. With `before`, own
    numbers ascend, and each query sees the index as it was when its own article came last: so a batch gives
    what its articles would, one by one. `populations` tells how many articles each query sees.
    `common` tells which pairs that share what many articles have are left out, and which need no score.
    The score is counted with N = `nominal`; in an index of more articles the bar `min_score` is higher by
    `growth` times ln(articles / nominal). In one of more than `forms`, the frequency of what a pair shares is
    the root of articles / `forms` times lower; `common` goes by the root of articles / `deep`.
    Returns rows of the COLUMNS (int64), rows of the score and the frequency, both with more room than needed,
    and how many pairs there are.
    """
    n = offsets.shape[0] - 1
    # how many queries of the batch have each key: of a list that is cut off, those after the present one
    # are known to be among the uncounted rest
    waiting = np.zeros(list_offsets.shape[0], np.int32)
    for j in range(offsets[first], offsets[n]):
        waiting[slots[j]] += 1
    longest = 0
    for i in range(first, end):
        longest = max(longest, _postings(i, offsets, slots, list_offsets))
    table = _table(longest)
    found = np.empty(longest, I64)
    place = np.empty(longest, I64)
    score = np.empty(longest, np.float64)
    rarity = np.empty(longest, np.float64)
    shared = np.empty(longest, np.int32)
    bands = np.empty(longest, np.int32)
    kinds = np.empty(longest, np.uint8)
    order = np.empty(longest, np.int32)

    room = 1024
    rows = np.empty(COLUMNS * room, I64)
    scores = np.empty(2 * room, np.float64)
    size = 0
    for i in range(first, end):
        me, population = own[i], populations[i]
        bar = min_score + growth * max(np.log(population / nominal), 0.0) if min_score > 0 else 0.0
        more, deeper = _growth(population / forms), _growth(population / deep)
        # a pair is as frequent as f where the mean rarity of its keys, ln(nominal / frequency), is that of f
        form_rarity = np.log(nominal / common.form) - deeper
        common_rarity = np.log(nominal / common.frequency) - deeper
        partners = 0
        keys = offsets[i + 1] - offsets[i]
        for j in range(offsets[i], offsets[i + 1]):
            s = slots[j]
            waiting[s] -= 1
            begin, stop = list_offsets[s], list_offsets[s + 1]
            if begin == stop:
                continue
            if me < 0:
                frequency = totals[s] + 1
            elif not before:
                frequency = totals[s]
            elif totals[s] == stop - begin or lists[stop - 1] >= me:
                frequency = 1 + lower_bound(lists, begin, stop, me) - begin
            else:
                frequency = totals[s] - waiting[s]
            weight = max(np.log(nominal / max(frequency, 1)), 0.0)
            for p in range(begin, stop):
                number = lists[p]
                if me >= 0:
                    if before and number >= me:
                        break
                    if number == me:
                        continue
                at = _place(table, found, number)
                if table[at] == 0:
                    found[partners] = number
                    place[partners] = at
                    score[partners] = 0.0
                    shared[partners] = 0
                    bands[partners] = 0
                    partners += 1
                    table[at] = partners
                k = table[at] - 1
                score[k] += weight
                shared[k] += 1
                bands[k] += band[j]
        kept = 0
        for k in range(partners):
            table[place[k]] = 0
            rarity[k] = score[k] / shared[k] - ROUNDING
            large, often = shared[k] >= common.share * keys, rarity[k] <= common_rarity
            kinds[k] = (COMMON_LARGE if large else COMMON_SMALL) if often else RARE
            if bands[k] == 0:
                # what a hot story's keys score is next to nothing
                if score[k] < bar and not (large and often):
                    continue
                if rarity[k] <= form_rarity and not large:
                    if shared[k] < common.wire:
                        continue
                    kinds[k] = WIRE
            order[kept] = k
            kept += 1
        _best_first(order, kept, score, found)
        while size + kept > room:
            room *= 2
            rows = longer(rows, COLUMNS * size, COLUMNS * room)
            scores = longer(scores, 2 * size, 2 * room)
        for o in range(kept):
            k = order[o]
            row = COLUMNS * size
            rows[row + QUERY], rows[row + NUMBER] = i, found[k]
            rows[row + SHARED], rows[row + BANDS], rows[row + KIND] = shared[k], bands[k], kinds[k]
            scores[2 * size] = score[k]
            scores[2 * size + 1] = nominal * np.exp(-rarity[k] - more)
            size += 1
    return rows, scores, size


@kernel
def _growth(times: Any) -> Any:
    """How much rarer keys are taken for, in ln, in an index so many times as large: by the root of it."""
    return max(np.log(times), 0.0) / 2


@kernel
def having(
    query: Any, number: Any, offsets: Any, slots: Any, list_offsets: Any, lists: Any, own: Any, before: Any
) -> Any:
    """The articles that have at least half of the keys that each of m pairs shares.

    Pair p is of query `query[p]` and article `number[p]`; the rest is as for `candidates`. The query itself
    is left out, the other article is there. Returns offsets, and numbers with more room than needed.
    """
    m = query.shape[0]
    out_offsets = np.zeros(m + 1, I64)
    room = 1024
    out = np.empty(room, I64)
    longest = 0
    for p in range(m):
        longest = max(longest, _postings(query[p], offsets, slots, list_offsets))
    table = _table(longest)
    found = np.empty(longest, I64)
    places = np.empty(longest, I64)
    shared = np.empty(longest, np.int32)
    for p in range(m):
        i = query[p]
        me = own[i]
        partners = 0
        keys = 0
        for j in range(offsets[i], offsets[i + 1]):
            begin, end = list_offsets[slots[j]], list_offsets[slots[j] + 1]
            if not contains(lists, begin, end, number[p]):
                continue
            keys += 1
            for q in range(begin, end):
                if before and lists[q] >= me:
                    break
                if lists[q] == me:
                    continue
                place = _place(table, found, lists[q])
                if table[place] == 0:
                    found[partners] = lists[q]
                    places[partners] = place
                    shared[partners] = 0
                    partners += 1
                    table[place] = partners
                shared[table[place] - 1] += 1
        while out_offsets[p] + partners > room:
            room *= 2
            out = longer(out, out_offsets[p], room)
        kept = out_offsets[p]
        for k in range(partners):
            table[places[k]] = 0
            if 2 * shared[k] >= keys:
                out[kept] = found[k]
                kept += 1
        out_offsets[p + 1] = kept
    return out_offsets, out


@kernel
def _postings(i: Any, offsets: Any, slots: Any, list_offsets: Any) -> Any:
    """How many postings the keys of query i have together."""
    count = I64(0)
    for j in range(offsets[i], offsets[i + 1]):
        count += list_offsets[slots[j] + 1] - list_offsets[slots[j]]
    return count


@kernel
def _table(longest: Any) -> Any:
    """An empty hash table with room for so many numbers: of places in an array of them, from 1."""
    size = 16
    while size < 2 * longest:
        size *= 2
    return np.zeros(size, np.int32)


@kernel
def _place(table: Any, found: Any, number: Any) -> Any:
    """Where a number of `found` is in its table, or is to be put."""
    mask = U64(table.shape[0] - 1)
    at = (U64(number) * U64(0x9E3779B97F4A7C15)) >> U64(20) & mask
    while table[at] and found[table[at] - 1] != number:
        at = (at + U64(1)) & mask
    return at


@kernel
def _best_first(order: Any, n: Any, score: Any, number: Any) -> None:
    """Shell sort of order[:n] by descending score, then ascending number, in place."""
    gap = 1
    while gap < n:
        gap = 3 * gap + 1
    while gap > 1:
        gap //= 3
        for i in range(gap, n):
            k = order[i]
            j = i
            while j >= gap:
                other = order[j - gap]
                if score[other] > score[k] or (score[other] == score[k] and number[other] < number[k]):
                    break
                order[j] = other
                j -= gap
            order[j] = k
