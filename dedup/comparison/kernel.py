"""The kernel of the comparison: pairs of articles -> measures and passages, for many pairs in one call."""

from __future__ import annotations

from typing import Any

import numpy as np

from dedup.comparison.array_kernel import float64, int32, sort_by_bytes
from dedup.comparison.chain_kernel import (
    best_chains,
    chain,
    dots,
    exact_runs,
    marked_sentences,
    shared_shingles,
    weigh,
)
from dedup.comparison.passage_kernel import (
    consecutive,
    join_near,
    matched_words,
    sentence_after,
    sentence_before,
    split_at_quotations,
    tight,
    to_marks,
    trim,
)
from dedup.comparison.structure_kernel import FURNITURE, QUOTED
from dedup.kernels import kernel

RESEMBLANCE, CONTAINMENT_A, CONTAINMENT_B, SAME = 0, 1, 2, 3
"""The columns of the measures."""
COLUMNS = 6
"""Of a passage: a0, a1, b0, b1, matched words, whether quoted."""


@kernel
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


@kernel
def compare(
    pairs: Any, base: Any, stem: Any, level: Any, sentence: Any, flags: Any,
    content_base: Any, content: Any, shingles: Any, shingle: Any, placed: Any, rarity2: Any, c: Any,
) -> Any:  # fmt: skip
    """Compare pairs (m, 2) of texts.

    Returns the measures, float64 (m, 4): resemblance, containment of a in b, of b in a, and 1 where the
    tokens are the same; offsets (m + 1) into the passages; passages, int32 (n, 6): the half-open ranges of
    tokens a0, a1, b0, b1, the number of matched words and whether they are quoted; and their weights (n).
    """
    count = pairs.shape[0]
    measures = np.empty((count, 4), np.float64)
    offsets = np.empty(count + 1, np.int64)
    passages = np.empty((count + 8, COLUMNS), np.int32)
    weights = np.empty(count + 8, np.float64)
    offsets[0] = 0
    size = 0
    for p in range(count):
        x, y = pairs[p, 0], pairs[p, 1]
        for k in range(4):
            measures[p, k] = 0
        offsets[p + 1] = size
        if base[x] == base[x + 1] or base[y] == base[y + 1]:
            continue
        swapped = not _precedes(
            base[x + 1] - base[x], shingle[shingles[x] : shingles[x + 1]], flags[base[x] : base[x + 1]],
            base[y + 1] - base[y], shingle[shingles[y] : shingles[y + 1]], flags[base[y] : base[y + 1]],
        )  # fmt: skip
        if swapped:
            x, y = y, x
        hash_a, hash_b = shingle[shingles[x] : shingles[x + 1]], shingle[shingles[y] : shingles[y + 1]]
        placed_a, placed_b = placed[shingles[x] : shingles[x + 1]], placed[shingles[y] : shingles[y + 1]]
        partner = int32(hash_a.shape[0], -1)
        distinct_a, distinct_b, shared = shared_shingles(placed_a, hash_a, placed_b, hash_b, partner)
        measures[p, RESEMBLANCE] = shared / (distinct_a + distinct_b - shared)
        measures[p, CONTAINMENT_B if swapped else CONTAINMENT_A] = shared / distinct_a
        measures[p, CONTAINMENT_A if swapped else CONTAINMENT_B] = shared / distinct_b
        a, b = slice(base[x], base[x + 1]), slice(base[y], base[y + 1])
        level_a, flags_a, flags_b = level[a], flags[a], flags[b]
        la, lb = level_a.shape[0], flags_b.shape[0]
        same = la == lb and hash_a.shape[0] == hash_b.shape[0]
        if same:
            for k in range(hash_a.shape[0]):
                if hash_a[k] != hash_b[k]:
                    same = False
                    break
        if same:
            measures[p, SAME] = 1
            weight = 0.0
            for k in range(la):
                if not (flags_a[k] | flags_b[k]) & QUOTED:
                    weight += rarity2[level_a[k]]
            passages, weights = _room(passages, weights, size)
            _put(passages, weights, size, swapped, 0, la, 0, lb, la, 0, weight)
            size += 1
            offsets[p + 1] = size
            continue

        # Chains of matched words, best first.
        stem_a, stem_b, sentence_a, sentence_b = stem[a], stem[b], sentence[a], sentence[b]
        content_a = content[content_base[x] : content_base[x + 1]]
        content_b = content[content_base[y] : content_base[y + 1]]
        run_a, run_b = exact_runs(partner, stem_a, stem_b, c.run)
        rarity_a, rarity_b, idf, low, high, norm_a, norm_b = weigh(
            content_a, sentence_a, content_b, sentence_b, c
        )
        spread, marked = marked_sentences(
            sentence_a, sentence_b, content_b, idf, low, high, norm_a, norm_b, run_a, c
        )
        di, dj = dots(sentence_a, sentence_b, content_b, low, high, run_a, run_b, spread, marked)
        if di.shape[0] == 0:
            continue
        score, before, origin = chain(di, dj, rarity_a, rarity_b, c)
        ends = best_chains(di, dj, score, origin, la, lb, c)
        chains = ends.shape[0]
        if chains == 0:
            continue
        words = min(la, lb)
        ma, mb, close, path = int32(words, 0), int32(words, 0), int32(words, 0), int32(words, 0)
        taken_a, taken_b = int32(la, 0), int32(lb, 0)
        upto = int32(chains + 1, 0)
        a0, a1, b0, b1 = int32(chains, 0), int32(chains, 0), int32(chains, 0), int32(chains, 0)
        of_chain = float64(chains, 0)
        kept, words = 0, 0
        for n in range(chains):
            end = matched_words(
                ends[n], di, dj, before, stem_a, stem_b, taken_a, taken_b, path, ma, mb, words
            )
            if end == words:
                continue
            tight(ma, mb, words, end, rarity_a, c, close)
            of_chain[kept] = score[ends[n]]
            a0[kept], a1[kept] = ma[words], ma[end - 1] + 1
            b0[kept], b1[kept] = mb[words], mb[end - 1] + 1
            words = end
            kept += 1
            upto[kept] = words

        # Chains that are near each other are one passage, unless quotations part it.
        group_of, following = join_near(a0[:kept], a1[:kept], b0[:kept], b1[:kept], of_chain, c)
        order, scratch = np.empty(words, np.uint64), np.empty(words, np.uint64)
        ga, gb, tights = int32(words, 0), int32(words, 0), int32(words, 0)
        cuts, kinds = int32(words + 1, 0), int32(words + 1, 0)
        totals = float64(kept, 0)
        least = c.passage
        for n in range(kept):
            totals[group_of[n]] += of_chain[n]
            least = max(least, c.relative * totals[group_of[n]])
        for group in range(kept):
            if group_of[group] != group or totals[group] < least:
                continue
            n = 0
            member = group
            while member >= 0:
                for k in range(upto[member], upto[member + 1]):
                    order[n] = (np.uint64(ma[k]) << np.uint64(32)) | np.uint64(k)
                    n += 1
                member = following[member]
            sort_by_bytes(order[:n], scratch, 4)
            rare = 0.0
            for k in range(n):
                m = np.int64(order[k] & np.uint64(0xFFFFFFFF))
                ga[k], gb[k], tights[k] = ma[m], mb[m], close[m]
                rare += rarity2[level_a[ma[m]]] * close[m]
            if n < c.passage_words and rare < c.passage_weight:
                continue
            parts = split_at_quotations(ga[:n], gb[:n], flags_a, flags_b, c, cuts, kinds)
            least_words = c.trim if parts == 1 else c.trim_parts
            for part in range(parts):
                begin, end = trim(ga, gb, cuts[part], cuts[part + 1], sentence_a, sentence_b, least_words)
                if kinds[part]:
                    begin, end = to_marks(ga, gb, begin, end, flags_a, flags_b)
                if end - begin < c.tight_words:
                    continue
                weight = 0.0
                first, last = gb[begin], gb[begin]
                for k in range(begin, end):
                    first, last = min(first, gb[k]), max(last, gb[k])
                    flag = flags_a[ga[k]] & flags_b[gb[k]] & FURNITURE
                    if not kinds[part]:
                        flag |= (flags_a[ga[k]] | flags_b[gb[k]]) & QUOTED
                    if tights[k] and not flag:
                        weight += rarity2[level_a[ga[k]]]
                passages, weights = _room(passages, weights, size)
                # An edge is sharp where equal words go on to the end of what is shared, as in a copy; where
                # they thin out, as in a rewrite, a sentence that is nearly whole is taken whole.
                first_a, last_a = ga[begin], ga[end - 1] + 1
                first_b, last_b = first, last + 1
                if parts == 1:
                    sharp = consecutive(ga[:end], gb[:end], begin, c.sharp)
                    if not sharp:
                        first_a = sentence_before(first_a, sentence_a, c.missing)
                    if not (sharp and first_b == gb[begin]):
                        first_b = sentence_before(first_b, sentence_b, c.missing)
                    sharp = consecutive(ga[:end], gb[:end], end - c.sharp, c.sharp)
                    if not sharp:
                        last_a = sentence_after(last_a, sentence_a, c.missing)
                    if not (sharp and last_b == gb[end - 1] + 1):
                        last_b = sentence_after(last_b, sentence_b, c.missing)
                _put(
                    passages, weights, size, swapped,
                    first_a, last_a, first_b, last_b, end - begin, kinds[part], weight,
                )  # fmt: skip
                size += 1
        offsets[p + 1] = size
    return measures, offsets, passages[:size], weights[:size]


@kernel
def _room(passages: Any, weights: Any, size: Any) -> Any:
    """The two arrays, longer if need be."""
    if size < passages.shape[0]:
        return passages, weights
    longer, more = np.empty((2 * size, COLUMNS), np.int32), np.empty(2 * size, np.float64)
    for k in range(size):
        more[k] = weights[k]
        for column in range(COLUMNS):
            longer[k, column] = passages[k, column]
    return longer, more


@kernel
def _put(
    passages: Any, weights: Any, row: Any, swapped: Any,
    a0: Any, a1: Any, b0: Any, b1: Any, words: Any, quoted: Any, weight: Any,
) -> None:  # fmt: skip
    """Write a passage, with its sides as the caller has them."""
    if swapped:
        a0, a1, b0, b1 = b0, b1, a0, a1
    passages[row, 0], passages[row, 1], passages[row, 2], passages[row, 3] = a0, a1, b0, b1
    passages[row, 4], passages[row, 5] = words, quoted
    weights[row] = weight
