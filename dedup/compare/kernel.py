"""The kernel of the comparison: pairs of articles -> measures and passages, for many pairs in one call."""

from __future__ import annotations

from typing import Any

import numpy as np

from dedup.compare.chain_kernel import (
    best_chains,
    chain,
    dots,
    exact_runs,
    marked_sentences,
    shared_shingles,
    weigh,
)
from dedup.compare.passage_kernel import join_near, matched_words, split_at_quotations, tight, trim
from dedup.compare.structure_kernel import QUOTED, jit

RESEMBLANCE, CONTAINMENT_A, CONTAINMENT_B, SAME = 0, 1, 2, 3
"""The columns of the measures."""
COLUMNS = 6
"""Of a passage: a0, a1, b0, b1, matched words, whether quoted."""


@jit
def _precedes(la: Any, shingles_a: Any, flags_a: Any, lb: Any, shingles_b: Any, flags_b: Any) -> Any:
    """A total order of texts, so that a pair is aligned the same way whichever side comes first."""
    if la != lb:
        return la < lb
    for k in range(shingles_a.shape[0]):
        if shingles_a[k] != shingles_b[k]:
            return shingles_a[k] < shingles_b[k]
    for k in range(la):
        if flags_a[k] != flags_b[k]:
            return flags_a[k] < flags_b[k]
    return True


@jit
def _align(a: Any, b: Any, anchors: Any, rarity2: Any, c: Any) -> Any:
    """The passages of two texts in tokens: (n, 6) of a0, a1, b0, b1, matched words, quoted; and weights (n)."""
    stem_a, level_a, sentence_a, flags_a, content_a = a
    stem_b, level_b, sentence_b, flags_b, content_b = b
    la, lb = stem_a.shape[0], stem_b.shape[0]
    runs = exact_runs(anchors, stem_a, stem_b, c.run)
    rarity_a, rarity_b, idf, low, high, norm_a, norm_b = weigh(
        content_a, sentence_a, content_b, sentence_b, c
    )
    offsets, marked = marked_sentences(
        sentence_a, sentence_b, content_b, idf, low, high, (norm_a, norm_b), runs[0], c
    )
    di, dj = dots(sentence_a, sentence_b, content_b, low, high, runs, offsets, marked)
    rows = np.empty((0, 6), np.int32)
    weights = np.empty(0, np.float64)
    if di.shape[0] == 0:
        return rows, weights
    score, before, origin = chain(di, dj, rarity_a, rarity_b, c)
    ends = best_chains(di, dj, score, before, origin, la, lb, c)
    count = ends.shape[0]
    if count == 0:
        return rows, weights
    boxes = np.empty((count, 4), np.int32)
    taken = np.zeros(la, np.bool_), np.zeros(lb, np.bool_)
    lengths = np.zeros(count + 1, np.int64)
    pairs = np.empty((64, 2), np.int32)
    close = np.empty(64, np.bool_)
    for n in range(count):
        found = matched_words(ends[n], di, dj, before, stem_a, stem_b, taken)
        begin, end = lengths[n], lengths[n] + found.shape[0]
        while end > pairs.shape[0]:
            pairs = np.concatenate((pairs, np.empty_like(pairs)))
            close = np.concatenate((close, np.empty_like(close)))
        pairs[begin:end] = found
        close[begin:end] = False
        lengths[n + 1] = end
        tight(found, rarity_a, c, close[begin:end])
        if begin == end:
            boxes[n] = -1000000 * (n + 1)
        else:
            boxes[n, 0], boxes[n, 1] = found[0, 0], found[-1, 0] + 1
            boxes[n, 2], boxes[n, 3] = found[0, 1], found[-1, 1] + 1
    group_of = join_near(boxes, c.near)
    rows = np.empty((8, 6), np.int32)
    weights = np.empty(8, np.float64)
    size = 0
    for group in range(count):
        if group_of[group] != group:
            continue
        total, words = 0.0, 0
        for n in range(group, count):
            if group_of[n] == group:
                total += score[ends[n]]
                words += lengths[n + 1] - lengths[n]
        if total < c.passage or words == 0:
            continue
        mine = np.empty(words, np.int64)
        words = 0
        for n in range(group, count):
            if group_of[n] == group:
                for k in range(lengths[n], lengths[n + 1]):
                    mine[words] = (np.int64(pairs[k, 0]) << 32) | k
                    words += 1
        mine.sort()
        mine &= 0xFFFFFFFF
        own = np.empty((words, 2), np.int32)
        for k in range(words):
            own[k] = pairs[mine[k]]
        cuts, kinds = split_at_quotations(own, flags_a, flags_b, c)
        for part in range(kinds.shape[0]):
            begin, end = trim(own, cuts[part], cuts[part + 1], sentence_a, sentence_b, c.trim)
            if end - begin < c.tight_words:
                continue
            if size == rows.shape[0]:
                rows = np.concatenate((rows, np.empty_like(rows)))
                weights = np.concatenate((weights, np.empty_like(weights)))
            weight = 0.0
            b0, b1 = own[begin, 1], own[begin, 1]
            for k in range(begin, end):
                i, j = own[k, 0], own[k, 1]
                b0, b1 = min(b0, j), max(b1, j)
                if close[mine[k]] and (kinds[part] or not (flags_a[i] | flags_b[j]) & QUOTED):
                    weight += rarity2[level_a[i]]
            rows[size, 0], rows[size, 1] = own[begin, 0], own[end - 1, 0] + 1
            rows[size, 2], rows[size, 3] = b0, b1 + 1
            rows[size, 4], rows[size, 5] = end - begin, kinds[part]
            weights[size] = weight
            size += 1
    return rows[:size], weights[:size]


@jit
def compare(
    pairs: Any, base: Any, stem: Any, level: Any, sentence: Any, flags: Any,
    content_base: Any, content: Any, shingles: Any, shingle: Any, placed: Any, rarity2: Any, c: Any,
) -> Any:  # fmt: skip
    """Compare pairs (m, 2) of texts.

    Returns the measures, float64 (m, 4): resemblance, containment of a in b, of b in a, and 1 where the tokens
    are the same; offsets (m + 1) into the passages; the passages, int32 (n, 6): the half-open ranges of
    tokens a0, a1, b0, b1, the number of matched words and whether they are quoted; and their weights (n).
    """
    count = pairs.shape[0]
    measures = np.zeros((count, 4), np.float64)
    offsets = np.zeros(count + 1, np.int64)
    passages = np.empty((count + 8, 6), np.int32)
    weights = np.empty(count + 8, np.float64)
    size = 0
    for p in range(count):
        x, y = pairs[p, 0], pairs[p, 1]
        swapped = not _precedes(
            base[x + 1] - base[x], shingle[shingles[x] : shingles[x + 1]], flags[base[x] : base[x + 1]],
            base[y + 1] - base[y], shingle[shingles[y] : shingles[y + 1]], flags[base[y] : base[y + 1]],
        )  # fmt: skip
        if swapped:
            x, y = y, x
        offsets[p + 1] = size
        a0, a1, b0, b1 = base[x], base[x + 1], base[y], base[y + 1]
        if a0 == a1 or b0 == b1:
            continue
        hash_a, hash_b = shingle[shingles[x] : shingles[x + 1]], shingle[shingles[y] : shingles[y + 1]]
        distinct_a, distinct_b, shared, anchors = shared_shingles(
            placed[shingles[x] : shingles[x + 1]], hash_a, placed[shingles[y] : shingles[y + 1]], hash_b
        )
        measures[p, RESEMBLANCE] = shared / (distinct_a + distinct_b - shared)
        measures[p, CONTAINMENT_B if swapped else CONTAINMENT_A] = shared / distinct_a
        measures[p, CONTAINMENT_A if swapped else CONTAINMENT_B] = shared / distinct_b
        if a1 - a0 == b1 - b0 and shared == distinct_a == distinct_b:
            same = True
            for k in range(hash_a.shape[0]):
                if hash_a[k] != hash_b[k]:
                    same = False
                    break
            measures[p, SAME] = same
        if measures[p, SAME]:
            rows = np.empty((1, 6), np.int32)
            found = np.zeros(1, np.float64)
            rows[0, 0], rows[0, 1], rows[0, 2], rows[0, 3] = 0, a1 - a0, 0, b1 - b0
            rows[0, 4], rows[0, 5] = a1 - a0, 0
            for k in range(a1 - a0):
                if not (flags[a0 + k] | flags[b0 + k]) & QUOTED:
                    found[0] += rarity2[level[a0 + k]]
        else:
            rows, found = _align(
                (stem[a0:a1], level[a0:a1], sentence[a0:a1], flags[a0:a1],
                 content[content_base[x] : content_base[x + 1]]),
                (stem[b0:b1], level[b0:b1], sentence[b0:b1], flags[b0:b1],
                 content[content_base[y] : content_base[y + 1]]),
                anchors, rarity2, c,
            )  # fmt: skip
        while size + rows.shape[0] > passages.shape[0]:
            passages = np.concatenate((passages, np.empty_like(passages)))
            weights = np.concatenate((weights, np.empty_like(weights)))
        for k in range(rows.shape[0]):
            passages[size] = rows[k]
            if swapped:
                passages[size, 0], passages[size, 1] = rows[k, 2], rows[k, 3]
                passages[size, 2], passages[size, 3] = rows[k, 0], rows[k, 1]
            weights[size] = found[k]
            size += 1
        offsets[p + 1] = size
    return measures, offsets, passages[:size], weights[:size]
