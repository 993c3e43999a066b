"""The cheap exact test before an alignment: what the words weigh that stand side by side in two articles."""

from __future__ import annotations

from typing import Any

import numpy as np

from dedup.arrays.ragged_kernel import longest_row
from dedup.comparison.array_kernel import B32, sort_spread
from dedup.kernels import kernel
from dedup.sketch.stem_kernel import pair_key

U64 = np.uint64
LEVELS = U64(0xFFFF)
"""The bits of a word pair that are the levels of its words, each and 1: none is nothing."""
LAST = 0xFFFF
"""Words of an article are counted up to here; those beyond it have the place of the last."""


@kernel
def word_pairs(offsets: Any, stem: Any, level: Any, place: Any, weights: Any) -> Any:
    """The adjacent content stems of n articles, article i having the content words from `offsets[i]` on.

    Returns offsets (n + 1), the pairs in order of the text, and the weight of all words of each article
    (float64). A pair is a uint64: 32 bits of its key, 16 of its place (that of its second word), 8 for each
    of its two levels; `weights` is that of each level (float64, 256).
    """
    n = offsets.shape[0] - 1
    out_offsets = np.zeros(n + 1, np.int64)
    out = np.empty(stem.shape[0], U64)
    totals = np.zeros(n, np.float64)
    size = 0
    for i in range(n):
        for k in range(offsets[i], offsets[i + 1]):
            totals[i] += weights[level[k]]
            if k > offsets[i]:
                key = pair_key(stem[k - 1], stem[k]) >> B32 << B32
                levels = U64(level[k - 1] + 1) << U64(8) | U64(level[k] + 1)
                out[size] = key | U64(min(place[k], LAST)) << U64(16) | levels
                size += 1
        out_offsets[i + 1] = size
    return out_offsets, out[:size].copy(), totals


@kernel
def overlap(
    word_pair: Any,
    offsets: Any,
    other: Any,
    other_offsets: Any,
    pairs: Any,
    window: Any,
    enough: Any,
    least: Any,
    weights: Any,
) -> Any:
    """Which two articles share enough word pairs, whose words weigh enough, in one place of both.

    The first of two are among those of `word_pair`, the second among those of `other`. For each of `pairs`
    (m, 2), of which those with the same second article should lie side by side: whether the distinct word
    pairs that both have, in a stretch of `window` words of the first, and fewer than `window` words from its
    beginning in the second, are at least `least` (m), and their words weigh at least `enough` (m). Each word
    counts once; `weights` is that of each level and 1 (257); both are whole numbers in the same unit.
    Returns uint8 (m).
    """
    out = np.zeros(pairs.shape[0], np.uint8)
    longest = longest_row(other_offsets)
    # the second article's word pairs, each at the first free place from the top bits of its key on
    table = np.zeros(5 * longest + 32, U64)
    # a bit for each, by the top 14 bits of its key: nearly all that is looked for is not there
    bits = np.zeros(256, U64)
    used = np.empty(longest, np.int64)
    order, there = np.empty(longest, np.int64), np.empty(longest, U64)
    shift = U64(60)
    of = -1
    for m in range(pairs.shape[0]):
        if pairs[m, 1] != of:
            if of >= 0:
                _clear(table, other[other_offsets[of] : other_offsets[of + 1]], shift)
                bits[:] = 0
            of = pairs[m, 1]
            shift = U64(60)
            while 1 << (U64(64) - shift) < 2 * (other_offsets[of + 1] - other_offsets[of]):
                shift -= U64(1)
            for p in range(other_offsets[of], other_offsets[of + 1]):
                at = _find(table, other[p], shift)
                if table[at] == 0:
                    table[at] = other[p]
                    bits[other[p] >> U64(56)] |= U64(1) << (other[p] >> U64(50) & U64(63))
        hits = 0
        weight: Any = 0
        for p in range(offsets[pairs[m, 0]], offsets[pairs[m, 0] + 1]):
            x = word_pair[p]
            if not bits[x >> U64(56)] >> (x >> U64(50) & U64(63)) & U64(1):
                continue
            at = _find(table, x, shift)
            if table[at] & LEVELS:
                used[hits] = at
                order[hits] = p
                there[hits] = table[at]
                table[at] &= ~LEVELS  # it has been counted
                weight += _weight(word_pair, weights, p, order[hits - 1] if hits else -1)
                hits += 1
        for h in range(hits):
            table[used[h]] = there[h]
        out[m] = (weight >= enough[m]) & (hits >= least[m]) and _in_one_place(
            word_pair, weights, order, there, hits, window, enough[m], least[m]
        )
    return out


@kernel
def _weight(word_pair: Any, weights: Any, p: Any, before: Any) -> Any:
    """What the words of a pair weigh, but for the one that it shares with the pair before it."""
    pair = word_pair[p]
    weight = weights[pair & U64(0xFF)]
    return weight if p == before + 1 and before >= 0 else weight + weights[pair >> U64(8) & U64(0xFF)]


@kernel
def _in_one_place(
    word_pair: Any, weights: Any, order: Any, there: Any, n: Any, window: Any, enough: Any, least: Any
) -> Any:
    """Whether what two articles share is enough, and weighs enough, in one place.

    `order[:n]` are its places in `word_pair` of the first, ascending, `there[:n]` the pairs of the second.
    """
    for i in range(n):
        place, other = _place(word_pair[order[i]]), _place(there[i])
        weight: Any = 0
        count, before = 0, -1
        for j in range(i, n):
            if _place(word_pair[order[j]]) - place >= window:
                break
            if abs(_place(there[j]) - other) < window:
                weight += _weight(word_pair, weights, order[j], before)
                before = order[j]
                count += 1
                if weight >= enough and count >= least:
                    return True
    return enough <= 0 and least <= 0


@kernel
def _place(pair: Any) -> Any:
    return np.int64(pair >> U64(16) & U64(0xFFFF))


@kernel
def _find(table: Any, pair: Any, shift: Any) -> Any:
    """The place of a word pair in the table, or the free one where it would be."""
    at = np.int64(pair >> shift)
    while table[at] and (table[at] ^ pair) >> B32:
        at += 1
    return at


@kernel
def _clear(table: Any, word_pairs: Any, shift: Any) -> None:
    """Empty a table of these word pairs."""
    for p in range(word_pairs.shape[0]):
        at = np.int64(word_pairs[p] >> shift)
        while table[at]:
            table[at] = 0
            at += 1


@kernel
def likeness(shingle: Any, offsets: Any, pairs: Any) -> Any:
    """How many distinct shingles both of two articles have, for `pairs` (m, 2); float64 (m, 3).

    As a share of those of the two, of those of the first, and of those of the second. Article i has
    `shingle[offsets[i] : offsets[i + 1]]`, in any order, which are put in order in place.
    """
    n = offsets.shape[0] - 1
    scratch = np.empty(longest_row(offsets), U64)
    count = np.zeros(n, np.int64)
    for i in range(n):
        own = shingle[offsets[i] : offsets[i + 1]]
        sort_spread(own, scratch)
        for k in range(own.shape[0]):
            if k == 0 or own[k] != own[count[i] - 1]:
                own[count[i]] = own[k]
                count[i] += 1
    out = np.zeros((pairs.shape[0], 3), np.float64)
    for m in range(pairs.shape[0]):
        x, y = pairs[m, 0], pairs[m, 1]
        a, b = shingle[offsets[x] : offsets[x] + count[x]], shingle[offsets[y] : offsets[y] + count[y]]
        i = j = shared = 0
        while i < a.shape[0] and j < b.shape[0]:
            shared += a[i] == b[j]
            step = a[i] <= b[j]
            j += b[j] <= a[i]
            i += step
        if shared:
            out[m, 0] = shared / (a.shape[0] + b.shape[0] - shared)
            out[m, 1] = shared / a.shape[0]
            out[m, 2] = shared / b.shape[0]
    return out
