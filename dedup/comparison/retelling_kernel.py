"""The kernels of a retelling: which words two articles both have, and how far they have them in one order."""

from __future__ import annotations

from typing import Any

import numpy as np

from dedup.arrays.ragged_kernel import longest_row
from dedup.comparison.array_kernel import B32, LOW32, float64, int32, sort_by_bytes, sort_spread
from dedup.comparison.word_kernel import BEGIN, TIMES
from dedup.kernels import kernel
from dedup.sketch.stem_kernel import FUNCTION


@kernel
def first_places(stem: Any, level: Any, skip: Any, tokens: Any, rarity2: Any) -> Any:
    """The distinct content stems of n articles, of tokens not to be skipped, and where each is first.

    Returns offsets (n + 1); one article's after the other's, in order of value, the stems (uint32), the
    first place of each in its article (int32) and its weight (float64); and the weight of all of them (n).
    """
    n = tokens.shape[0] - 1
    offsets, total = np.zeros(n + 1, np.int64), np.zeros(n, np.float64)
    word, place = np.empty(stem.shape[0], np.uint32), np.empty(stem.shape[0], np.int32)
    weight = np.empty(stem.shape[0], np.float64)
    longest = max(longest_row(tokens), 1)
    keys, scratch = np.empty(longest, np.uint64), np.empty(longest, np.uint64)
    size = 0
    for i in range(n):
        begin, count = tokens[i], 0
        for t in range(begin, tokens[i + 1]):
            keys[count] = (np.uint64(stem[t]) << B32) | np.uint64(t - begin)
            count += (level[t] != FUNCTION) & (skip[t] == 0)
        sort_spread(keys[:count], scratch)
        for k in range(count):
            if k == 0 or keys[k] >> B32 != keys[k - 1] >> B32:
                at = np.int64(keys[k] & LOW32)
                word[size], place[size] = np.uint32(keys[k] >> B32), at
                weight[size] = rarity2[level[begin + at]]
                total[i] += weight[size]
                size += 1
        offsets[i + 1] = size
    return offsets, word[:size].copy(), place[:size].copy(), weight[:size].copy(), total


@kernel
def retold(
    pairs: Any, offsets: Any, word: Any, place: Any, weight: Any, total: Any,
    other_offsets: Any, other: Any, other_place: Any, other_weight: Any, other_total: Any,
    least_weight: Any, least_score: Any,
) -> Any:  # fmt: skip
    """What two articles both tell, for pairs (m, 2): its weight, share and order (float64, m x 3).

    The share is of all that the lighter of the two tells. The order is Kendall's rank correlation (1938) of
    the first places of the words, each two of which count by the product of their weights: 1 where both
    articles have them in the same order, 0 where that is chance. It is left at 0 where the weight, or its
    product with the share, is too little for any order.
    """
    out = np.zeros((pairs.shape[0], 3), np.float64)
    longest = max(longest_row(offsets), 1)
    keys, scratch = np.empty(longest, np.uint64), np.empty(longest, np.uint64)
    there, worth = np.empty(longest, np.int64), np.empty(longest, np.float64)
    places, weights = np.empty((2, longest), np.int64), np.empty((2, longest), np.float64)
    for m in range(pairs.shape[0]):
        x, y = pairs[m, 0], pairs[m, 1]
        i, j = offsets[x], other_offsets[y]
        count, both, squares = 0, 0.0, 0.0
        while i < offsets[x + 1] and j < other_offsets[y + 1]:
            a, b = word[i], other[j]
            if a == b:
                keys[count] = (np.uint64(place[i]) << B32) | np.uint64(count)
                there[count], worth[count] = other_place[j], min(weight[i], other_weight[j])
                both += worth[count]
                squares += worth[count] ** 2
                count += 1
            i += a <= b
            j += b <= a
        least = min(total[x], other_total[y])
        _figures(
            out[m], keys[:count], scratch, there, worth, places, weights,
            both, squares, least, least_weight, least_score,
        )  # fmt: skip
    return out


@kernel
def retold_apart(
    pairs: Any, offsets: Any, notices: Any, base: Any, level: Any, skip: Any,
    own: Any, word: Any, columns: Any, place: Any, rarity2: Any, least_weight: Any, least_score: Any,
) -> Any:  # fmt: skip
    """The same for pairs of rows of articles that are ready (see `word_kernel.prepare`).

    Neither the tokens that `skip` flags count nor those in the `notices` (n, 4) of a pair, half-open ranges
    of tokens in both; those of pair m are `notices[offsets[m] : offsets[m + 1]]`. All is left at 0 where the
    weight would be too little even if all counted.
    """
    out = np.zeros((pairs.shape[0], 3), np.float64)
    longest = max(longest_row(own[:, 0]), 1)
    keys, scratch = np.empty(longest, np.uint64), np.empty(longest, np.uint64)
    there, worth = np.empty(longest, np.int64), np.empty(longest, np.float64)
    places, weights = np.empty((2, longest), np.int64), np.empty((2, longest), np.float64)
    for m in range(pairs.shape[0]):
        x, y, low, high = pairs[m, 0], pairs[m, 1], offsets[m], offsets[m + 1]
        i, j, end_i, end_j = own[x, 0], own[y, 0], own[x + 1, 0], own[y + 1, 0]
        if _most(word, columns, place, own, base, level, rarity2, x, y) < least_weight:
            continue
        count, both, squares, total_x, total_y = 0, 0.0, 0.0, 0.0, 0.0
        while i < end_i or j < end_j:
            of_x = j == end_j or (i < end_i and word[i] <= word[j])
            of_y = i == end_i or (j < end_j and word[j] <= word[i])
            at_x = at_y = np.int64(-1)
            weight_x = weight_y = 0.0
            if of_x:
                at_x = _first(columns, i, place, own[x, 1], skip, base[x], notices, low, high, 0)
                weight_x = rarity2[level[base[x] + at_x]] if at_x >= 0 else 0.0
                total_x += weight_x
                i += 1
            if of_y:
                at_y = _first(columns, j, place, own[y, 1], skip, base[y], notices, low, high, 2)
                weight_y = rarity2[level[base[y] + at_y]] if at_y >= 0 else 0.0
                total_y += weight_y
                j += 1
            if at_x >= 0 and at_y >= 0:
                keys[count] = (np.uint64(at_x) << B32) | np.uint64(count)
                there[count], worth[count] = at_y, min(weight_x, weight_y)
                both += worth[count]
                squares += worth[count] ** 2
                count += 1
        if total_y > total_x:  # the order of a sum must not depend on the side
            for k in range(count):
                other = np.int64(keys[k] >> B32)
                keys[k] = (np.uint64(there[k]) << B32) | np.uint64(k)
                there[k] = other
        least = min(total_x, total_y)
        _figures(
            out[m], keys[:count], scratch, there, worth, places, weights,
            both, squares, least, least_weight, least_score,
        )  # fmt: skip
    return out


@kernel
def _most(
    word: Any, columns: Any, place: Any, own: Any, base: Any, level: Any, rarity2: Any, x: Any, y: Any
) -> Any:  # fmt: skip
    """What the words weigh that rows x and y both have, if all of them count."""
    i, j, end_i, end_j = own[x, 0], own[y, 0], own[x + 1, 0], own[y + 1, 0]
    weight = 0.0
    while i < end_i and j < end_j:
        a, b = word[i], word[j]
        if a == b:
            at_x = base[x] + place[own[x, 1] + columns[i, BEGIN]]
            at_y = base[y] + place[own[y, 1] + columns[j, BEGIN]]
            weight += min(rarity2[level[at_x]], rarity2[level[at_y]])
        i += a <= b
        j += b <= a
    return weight


@kernel
def _first(
    columns: Any, word: Any, place: Any, places: Any, skip: Any, base: Any,
    notices: Any, low: Any, high: Any, side: Any,
) -> Any:  # fmt: skip
    """The first place of a word that is neither skipped nor in a notice; -1 if there is none.

    Those of its article are from `places` on, its tokens from `base` on, and its notices, the rows from `low`
    to `high`, in the columns from `side` on.
    """
    begin = places + columns[word, BEGIN]
    for k in range(begin, begin + columns[word, TIMES]):
        at = np.int64(place[k])
        counts = not skip[base + at]
        for n in range(low, high):
            counts = counts and not notices[n, side] <= at < notices[n, side + 1]
        if counts:
            return at
    return np.int64(-1)


@kernel
def _figures(
    out: Any, keys: Any, scratch: Any, there: Any, worth: Any, places: Any, weights: Any,
    both: Any, squares: Any, least: Any, least_weight: Any, least_score: Any,
) -> None:  # fmt: skip
    """Put the weight, the share and the order of the words that two articles have in common.

    `keys` have the place of each in one article and its number, by which `there` is that in the other, and
    `worth` its weight; `both` and `squares` are the sums of the weights and of their squares, and `least` is
    what the lighter article weighs.
    """
    out[0], out[1] = both, both / least if least > 0 else 0.0
    if both < least_weight or both * out[1] < least_score or both * both <= squares:
        return
    sort_by_bytes(keys, scratch, 4)
    for k in range(keys.shape[0]):
        at = np.int64(keys[k] & LOW32)
        places[0, k], weights[0, k] = there[at], worth[at]
    out[2] = 1.0 - 4.0 * _turned(places, weights, keys.shape[0]) / (both * both - squares)


@kernel
def _turned(places: Any, weights: Any, count: Any) -> Any:
    """What the pairs of places in the wrong order weigh, the products of their weights.

    They are counted while `places[0]`, with its weights, is sorted by merging; the other rows are scratch.
    """
    turned = 0.0
    width = 1
    now = 0
    while width < count:
        for low in range(0, count, 2 * width):
            middle, high = min(low + width, count), min(low + 2 * width, count)
            i, j = low, middle
            waiting = 0.0
            for k in range(low, middle):
                waiting += weights[now, k]
            for k in range(low, high):
                first = i < middle and (j >= high or places[now, i] <= places[now, j])
                at = i if first else j
                places[1 - now, k], weights[1 - now, k] = places[now, at], weights[now, at]
                if first:
                    waiting -= weights[now, i]
                    i += 1
                else:
                    turned += weights[now, j] * waiting if i < middle else 0.0
                    j += 1
        now = 1 - now
        width *= 2
    return turned


@kernel
def in_order(offsets: Any, word: Any, place: Any, weight: Any, x: Any, y: Any, length: Any) -> Any:
    """The heaviest chain of words that articles x, of so many tokens, and y have in the same order.

    Returns their places in x and y (int64, k x 2), ascending, and their weights (float64).
    """
    partner, own = int32(length, -1), float64(length, 0)
    i, j, last = offsets[x], offsets[y], 0
    while i < offsets[x + 1] and j < offsets[y + 1]:
        a, b = word[i], word[j]
        if a == b:
            partner[place[i]], own[place[i]] = place[j], min(weight[i], weight[j])
            last = max(last, place[j])
        i += a <= b
        j += b <= a
    # The best chain that ends before each place of y, as a tree of prefixes (Fenwick 1994).
    best, before, tree = float64(length, 0), int32(length, -1), int32(last + 2, -1)
    end = -1
    for t in range(length):
        if partner[t] < 0:
            continue
        best[t] = own[t]
        at = partner[t]
        while at > 0:
            u = tree[at]
            if u >= 0 and best[u] + own[t] > best[t]:
                best[t], before[t] = best[u] + own[t], u
            at -= at & -at
        at = partner[t] + 1
        while at < tree.shape[0]:
            if tree[at] < 0 or best[t] > best[tree[at]]:
                tree[at] = t
            at += at & -at
        if end < 0 or best[t] > best[end]:
            end = t
    size, t = 0, end
    while t >= 0:
        size += 1
        t = before[t]
    places, weights = np.empty((size, 2), np.int64), np.empty(size, np.float64)
    t = end
    for k in range(size - 1, -1, -1):
        places[k, 0], places[k, 1], weights[k] = t, partner[t], own[t]
        t = before[t]
    return places, weights


@kernel
def common(stem_a: Any, stem_b: Any) -> Any:
    """How many words two stretches have in common in the same order, function words too."""
    above = int32(stem_b.shape[0] + 1, 0)
    for i in range(stem_a.shape[0]):
        corner = 0
        for j in range(stem_b.shape[0]):
            was = above[j + 1]
            above[j + 1] = corner + 1 if stem_a[i] == stem_b[j] else max(above[j + 1], above[j])
            corner = was
    return above[stem_b.shape[0]]
