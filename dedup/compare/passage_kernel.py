"""The kernel of the passages: chains of matched words -> passages, split where quotations begin and end."""

from __future__ import annotations

from typing import Any

import numpy as np

from dedup.compare.structure_kernel import QUOTED, jit

A0, A1, B0, B1, WORDS, TIGHT = 0, 1, 2, 3, 4, 5


@jit
def _push(pairs: Any, size: Any, i: Any, j: Any, taken_a: Any, taken_b: Any) -> Any:
    """Add the matched pair (i, j) unless one of its words is taken."""
    if taken_a[i] or taken_b[j]:
        return pairs, size
    if size == pairs.shape[0]:
        pairs = np.concatenate((pairs, np.empty_like(pairs)))
    pairs[size, 0] = i
    pairs[size, 1] = j
    taken_a[i] = True
    taken_b[j] = True
    return pairs, size + 1


@jit
def matched_words(end: Any, di: Any, dj: Any, before: Any, stem_a: Any, stem_b: Any, taken: Any) -> Any:
    """All matched words of a chain as (n, 2), in order: its dots, and equal words next to and between them."""
    taken_a, taken_b = taken
    length = 0
    d = end
    while d >= 0:
        length += 1
        d = before[d]
    path = np.empty(length, np.int32)
    d = end
    for k in range(length - 1, -1, -1):
        path[k] = d
        d = before[d]
    pairs = np.empty((2 * length + 8, 2), np.int32)
    size = 0
    i, j = di[path[0]], dj[path[0]]
    back = 0
    while (
        back < min(i, j) and stem_a[i - back - 1] == stem_b[j - back - 1]
        and not taken_a[i - back - 1] and not taken_b[j - back - 1]
    ):  # fmt: skip
        back += 1
    for k in range(back, 0, -1):
        pairs, size = _push(pairs, size, i - k, j - k, taken_a, taken_b)
    for n in range(length):
        i, j = di[path[n]], dj[path[n]]
        pairs, size = _push(pairs, size, i, j, taken_a, taken_b)
        last = n == length - 1
        next_i = stem_a.shape[0] if last else di[path[n + 1]]
        next_j = stem_b.shape[0] if last else dj[path[n + 1]]
        i += 1
        j += 1
        while i < next_i and j < next_j and stem_a[i] == stem_b[j] and not taken_a[i] and not taken_b[j]:
            pairs, size = _push(pairs, size, i, j, taken_a, taken_b)
            i += 1
            j += 1
        if last:
            break
        back = 0
        while (
            next_i - back > i and next_j - back > j and stem_a[next_i - back - 1] == stem_b[next_j - back - 1]
        ):
            back += 1
        # What is left between is short: match each word of a with the first equal one of b.
        for t in range(i, next_i - back):
            for u in range(j, next_j - back):
                if stem_a[t] == stem_b[u]:
                    pairs, size = _push(pairs, size, t, u, taken_a, taken_b)
                    j = u + 1
                    break
        for k in range(back, 0, -1):
            pairs, size = _push(pairs, size, next_i - k, next_j - k, taken_a, taken_b)
    return pairs[:size]


@jit
def tight(pairs: Any, rarity: Any, c: Any, out: Any) -> None:
    """Flag in `out` the matched words of a chain that stand close together: its best runs by Kadane's rule."""
    n = pairs.shape[0]
    start = 0
    while start < n:
        stop = start + 1
        while (
            stop < n
            and pairs[stop, 0] - pairs[stop - 1, 0] - 1 <= c.tight_split
            and pairs[stop, 1] - pairs[stop - 1, 1] - 1 <= c.tight_split
        ):
            stop += 1
        total, best = 0.0, 0.0
        begin = best_begin = best_end = start
        for k in range(start, stop):
            if k > start:
                skipped = max(pairs[k, 0] - pairs[k - 1, 0], pairs[k, 1] - pairs[k - 1, 1]) - 1
                total -= c.tight_gap * skipped
            if total <= 0:
                total, begin = 0.0, k
            total += max(rarity[pairs[k, 0]], np.float32(c.least_rarity))
            if total > best:
                best, best_begin, best_end = total, begin, k + 1
        if best >= c.tight_score and best_end - best_begin >= c.tight_words:
            for k in range(best_begin, best_end):
                out[k] = True
        start = stop


@jit
def _find(parent: Any, k: Any) -> Any:
    while parent[k] != k:
        parent[k] = parent[parent[k]]
        k = parent[k]
    return k


@jit
def join_near(boxes: Any, near: Any) -> Any:
    """The group (the first member's number) of each box (a0, a1, b0, b1): joined where near on both sides."""
    count = boxes.shape[0]
    parent = np.arange(count)
    order = np.argsort(boxes[:, A0], kind="mergesort")
    for m in range(count):
        one = boxes[order[m]]
        for n in range(m + 1, count):
            other = boxes[order[n]]
            if other[A0] - one[A1] > near:
                break
            if other[B0] - one[B1] <= near and one[B0] - other[B1] <= near:
                x, y = _find(parent, order[m]), _find(parent, order[n])
                parent[max(x, y)] = min(x, y)
    for k in range(count):
        parent[k] = _find(parent, k)
    return parent


@jit
def split_at_quotations(pairs: Any, flags_a: Any, flags_b: Any, c: Any) -> Any:
    """Cuts (n + 1) and whether each part is quoted, of matched words in order of a.

    A word is quoted if it is so on either side: a statement that one article quotes is a quotation, however
    the other one prints it.
    """
    n = pairs.shape[0]
    quoted = np.empty(n, np.bool_)
    for k in range(n):
        quoted[k] = flags_a[pairs[k, 0]] & flags_b[pairs[k, 1]] & QUOTED
    cuts = np.empty(n + 1, np.int32)
    kinds = np.empty(n, np.bool_)
    inside = np.sum(quoted)
    if n == 0 or inside < c.quoted_words or (inside < c.quoted_share * n and inside < n):
        cuts[0], cuts[1], kinds[0] = 0, n, False
        return cuts[:2], kinds[:1]
    parts = 0
    k = 0
    while k < n:
        end = k
        while end < n and quoted[end] == quoted[k]:
            end += 1
        if parts == 0 or (end - k >= c.quoted_words and kinds[parts - 1] != quoted[k]):
            cuts[parts] = k
            kinds[parts] = quoted[k]
            parts += 1
        k = end
    if parts > 1 and cuts[1] < c.quoted_words:
        # A few words before the first change belong to what follows.
        cuts[1] = 0
        for p in range(1, parts):
            cuts[p - 1], kinds[p - 1] = cuts[p], kinds[p]
        parts -= 1
    cuts[parts] = n
    return cuts[: parts + 1], kinds[:parts]


@jit
def trim(pairs: Any, begin: Any, end: Any, sentence_a: Any, sentence_b: Any, least: Any) -> Any:
    """Take from both ends of pairs[begin:end] the sentences that have fewer than `least` matched words."""
    for side in range(2):
        sentence = sentence_b if side else sentence_a
        while begin < end:
            k = begin
            while k < end and sentence[pairs[k, side]] == sentence[pairs[begin, side]]:
                k += 1
            if k - begin >= least or k == end:
                break
            begin = k
        while begin < end:
            k = end
            while k > begin and sentence[pairs[k - 1, side]] == sentence[pairs[end - 1, side]]:
                k -= 1
            if end - k >= least or k == begin:
                break
            end = k
    return begin, end
