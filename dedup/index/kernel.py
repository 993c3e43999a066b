"""The kernel of the index: the posting lists of a batch's keys -> candidates."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

U64 = np.uint64
I64 = np.int64

jit = numba.njit(cache=True, nogil=True, boundscheck=False)


@jit
def candidates(
    offsets: Any,
    slots: Any,
    list_offsets: Any,
    lists: Any,
    totals: Any,
    band: Any,
    own: Any,
    before: Any,
    articles: Any,
    last: Any,
    least: Any,
    min_score: Any,
    min_shared: Any,
    limit: Any,
) -> Any:
    """The articles that share keys with each of n queries, best first, the earlier of equals first.

    Query i has the keys `slots[offsets[i] : offsets[i + 1]]`; key s is posted for the articles
    `lists[list_offsets[s] : list_offsets[s + 1]]` (ascending), for `totals[s]` in all, and is a band where
    `band[s]`. `own` is the query's number, or -1. With `before`, own numbers ascend, and each query sees the
    index as it was when its own article came last: so a batch gives what its articles would, one by one.
    N is taken as at least `least`.
    Returns query (int32), number (int64), score (float32), shared (int32), bands (int32).
    """
    n = offsets.shape[0] - 1
    # how many queries of the batch have each key: of a list that is cut off, those after the present one
    # are known to be among the uncounted rest
    waiting = np.zeros(list_offsets.shape[0], np.int32)
    longest = 0
    for i in range(n):
        length = 0
        for j in range(offsets[i], offsets[i + 1]):
            waiting[slots[j]] += 1
            length += list_offsets[slots[j] + 1] - list_offsets[slots[j]]
        longest = max(longest, length)
    size = 16
    while size < 2 * longest:
        size *= 2
    mask = U64(size - 1)
    table = np.zeros(size, np.int32)
    found = np.empty(longest, I64)
    place = np.empty(longest, I64)
    score = np.empty(longest, np.float64)
    shared = np.empty(longest, np.int32)
    bands = np.empty(longest, np.int32)
    order = np.empty(longest, np.int32)

    room = 1024
    out_query = np.empty(room, np.int32)
    out_number = np.empty(room, I64)
    out_score = np.empty(room, np.float32)
    out_shared = np.empty(room, np.int32)
    out_bands = np.empty(room, np.int32)
    size = 0
    for i in range(n):
        me = own[i]
        if me < 0:
            population = articles + 1
        elif before:
            population = articles - (last - me)
        else:
            population = articles
        population = max(population, least)
        partners = 0
        for j in range(offsets[i], offsets[i + 1]):
            s = slots[j]
            waiting[s] -= 1
            begin, end = list_offsets[s], list_offsets[s + 1]
            if begin == end:
                continue
            if me < 0:
                frequency = totals[s] + 1
            elif not before:
                frequency = totals[s]
            elif totals[s] == end - begin:
                frequency = 1
                for p in range(begin, end):
                    if lists[p] >= me:
                        break
                    frequency += 1
            else:
                frequency = totals[s] - waiting[s]
            weight = max(np.log(population / max(frequency, 1)), 0.0)
            for p in range(begin, end):
                number = lists[p]
                if me >= 0:
                    if before and number >= me:
                        break
                    if number == me:
                        continue
                at = (U64(number) * U64(0x9E3779B97F4A7C15)) >> U64(20) & mask
                while table[at] and found[table[at] - 1] != number:
                    at = (at + U64(1)) & mask
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
                bands[k] += band[s]
        kept = 0
        for k in range(partners):
            table[place[k]] = 0
            if bands[k] or (shared[k] >= min_shared and score[k] >= min_score):
                order[kept] = k
                kept += 1
        _best_first(order[:kept], score, found)
        if limit > 0:
            kept = min(kept, limit)
        if size + kept > room:
            while size + kept > room:
                room *= 2
            out_query = _longer(out_query, size, room)
            out_number = _longer(out_number, size, room)
            out_score = _longer(out_score, size, room)
            out_shared = _longer(out_shared, size, room)
            out_bands = _longer(out_bands, size, room)
        for k in order[:kept]:
            out_query[size] = i
            out_number[size] = found[k]
            out_score[size] = score[k]
            out_shared[size] = shared[k]
            out_bands[size] = bands[k]
            size += 1
    return (
        out_query[:size].copy(),
        out_number[:size].copy(),
        out_score[:size].copy(),
        out_shared[:size].copy(),
        out_bands[:size].copy(),
    )


@jit
def _longer(array: Any, size: Any, room: Any) -> Any:
    out = np.empty(room, array.dtype)
    out[:size] = array[:size]
    return out


@jit
def _best_first(order: Any, score: Any, number: Any) -> None:
    """Shell sort of `order` by descending score, then ascending number, in place."""
    n = order.shape[0]
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
