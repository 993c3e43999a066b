"""The kernel of sentences that say the same in another order, which no alignment of words in order finds."""

from __future__ import annotations

from typing import Any

import numpy as np

from dedup.arrays.ordered_kernel import lower_bound
from dedup.comparison.array_kernel import B32, LOW32, fill, sort_by_bytes
from dedup.comparison.word_kernel import BEGIN, TIMES
from dedup.kernels import kernel


@kernel
def leave(sentence: Any, word_of: Any, rarity: Any, taken: Any, left: Any) -> Any:
    """Set of each sentence the rarities of the words that nothing has taken; how many sentences there are."""
    rows = sentence[-1] + 1
    fill(left, rows, 0)
    for t in range(sentence.shape[0]):
        if not taken[t]:
            left[sentence[t]] += rarity[word_of[t]]
    return rows


@kernel
def alike(rows: Any, offsets: Any, marked: Any, likeness: Any, left_a: Any, left_b: Any, least: Any) -> Any:
    """The marked pairs of sentences that both have at least so much left: int32 (n, 2), most alike first.

    `offsets` (rows + 1) into `marked`, the sentences of b, and `likeness`, their cosines, are those of
    `sentence_kernel.marked_sentences`, what is left that of `leave`.
    """
    most = marked.shape[0]
    order, scratch = np.empty(most, np.uint64), np.empty(most, np.uint64)
    found = np.empty((most, 2), np.int32)
    count = 0
    for row in range(rows):
        if left_a[row] >= least:
            for k in range(offsets[row], offsets[row + 1]):
                if left_b[marked[k]] >= least:
                    rank = np.uint64(np.int64((2.0 - likeness[k]) * 65536))
                    order[count] = (rank << B32) | np.uint64(count)
                    found[count, 0], found[count, 1] = row, marked[k]
                    count += 1
    sort_by_bytes(order[:count], scratch, 4)
    out = np.empty((count, 2), np.int32)
    for n in range(count):
        at = np.int64(order[n] & LOW32)
        out[n, 0], out[n, 1] = found[at, 0], found[at, 1]
    return out


@kernel
def reordered(
    row_a: Any, row_b: Any, a: Any, b: Any, taken_a: Any, taken_b: Any, ma: Any, mb: Any, size: Any, c: Any
) -> Any:
    """Append to (ma, mb) the content words that two sentences share, in whatever order; size and score.

    Only words that nothing has taken count. The score is their rarities, less what it costs to skip the
    other words of the side that has more of them. Where it is too low none are appended, and it is 0. `a` and
    `b` are as in `edge_kernel.edges`.
    """
    sentence_a, word_a, rarity_a, other_a, _, _ = a
    sentence_b, word_b, rarity_b, _, columns_b, place_b = b
    la, lb = sentence_a.shape[0], sentence_b.shape[0]
    begin_b, end_b = lower_bound(sentence_b, 0, lb, row_b), lower_bound(sentence_b, 0, lb, row_b + 1)
    score, cost_a, cost_b, first = 0.0, 0.0, 0.0, size
    for t in range(lower_bound(sentence_a, 0, la, row_a), lower_bound(sentence_a, 0, la, row_a + 1)):
        w = word_a[t]
        if w == 0 or taken_a[t]:
            continue
        skipped, o = True, other_a[w]
        if o:
            low = columns_b[o - 1, BEGIN]
            stop = low + columns_b[o - 1, TIMES]
            for k in range(lower_bound(place_b, low, stop, begin_b), stop):
                u = place_b[k]
                if u >= end_b:
                    break
                if not taken_b[u]:
                    taken_a[t] = taken_b[u] = 1
                    ma[size], mb[size] = t, u
                    size += 1
                    score += c.reordered_worth * rarity_a[w]
                    skipped = False
                    break
        if skipped:
            cost_a += c.skip * (1 - c.skip_rare + c.skip_rare * rarity_a[w])
    for u in range(begin_b, end_b):
        w = word_b[u]
        if w and not taken_b[u]:
            cost_b += c.skip * (1 - c.skip_rare + c.skip_rare * rarity_b[w])
    score -= max(cost_a, cost_b)
    if score < c.reordered or size - first < c.reordered_words:
        for k in range(first, size):
            taken_a[ma[k]] = taken_b[mb[k]] = 0
        return first, 0.0
    return size, score
