"""The kernel of the comparison: pairs of articles -> measures and passages, for many pairs in one call."""

from __future__ import annotations

from typing import Any

import numpy as np

from dedup.comparison.align_kernel import chains
from dedup.comparison.array_kernel import B32, LOW32, fill, float64, int32, sort_by_bytes
from dedup.comparison.edge_kernel import edges, free_around
from dedup.comparison.evidence_kernel import evidence, in_capitals, weight_of_start
from dedup.comparison.passage_kernel import (
    join_near,
    longest_run,
    matched_words,
    rests_on_few,
    split_at_quotations,
    tight,
    to_marks,
    trim,
)
from dedup.comparison.reordered_kernel import alike, leave, reordered
from dedup.comparison.room_kernel import room_for
from dedup.comparison.shared_kernel import shared_shingles
from dedup.comparison.slot_kernel import has_names, slots
from dedup.comparison.structure_kernel import QUOTED
from dedup.kernels import kernel

RESEMBLANCE, CONTAINMENT_A, CONTAINMENT_B, SAME = 0, 1, 2, 3
"""The columns of the measures."""
WORDS, QUOTES, TOLD, NUMBERS, NAMES, OTHER_NUMBERS, OTHER_NAMES, COLUMNS = 4, 5, 6, 7, 8, 9, 10, 11
"""Of a passage: a0, a1, b0, b1, matched words, whether quoted, matched words that no line repeats, and what
of its facts is the same on both sides or has others in its place, as from `slots`; of quotations nothing."""
NO_FACTS = (0, 0, 0, 0)


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
def _same(la: Any, shingles_a: Any, lb: Any, shingles_b: Any) -> Any:
    """Whether the tokens of two texts are the same."""
    if la != lb or shingles_a.shape[0] != shingles_b.shape[0]:
        return False
    k = 0
    while k < shingles_a.shape[0] and shingles_a[k] == shingles_b[k]:
        k += 1
    return k == shingles_a.shape[0]


@kernel
def _same_start(stem_a: Any, stem_b: Any) -> Any:
    """How many words both begin with."""
    same = 0
    while same < stem_a.shape[0] and same < stem_b.shape[0] and stem_a[same] == stem_b[same]:
        same += 1
    return same


@kernel
def compare(
    pairs: Any, base: Any, stem: Any, level: Any, sentence: Any, flags: Any, word_of: Any,
    own: Any, word: Any, columns: Any, place: Any, term: Any,
    shingles: Any, shingle: Any, distinct: Any, at: Any, rarity2: Any, c: Any,
) -> Any:  # fmt: skip
    """Compare pairs (m, 2) of texts.

    Returns the measures, float64 (m, 4): resemblance, containment of a in b, of b in a, and 1 where the
    tokens are the same; offsets (m + 1) into the passages; passages, int32 (n, COLUMNS); and their weights
    (n).
    """
    m = pairs.shape[0]
    measures, offsets = np.empty((m, 4), np.float64), np.empty(m + 1, np.int64)
    passages, weights = np.empty((m + 8, COLUMNS), np.int32), np.empty(m + 8, np.float64)
    offsets[0] = 0
    size = 0
    room = room_for(pairs, base)
    for p in range(m):
        x, y = pairs[p, 0], pairs[p, 1]
        fill(measures[p], 4, 0)
        offsets[p + 1] = size
        if base[x] == base[x + 1] or base[y] == base[y + 1]:
            continue
        swapped = not _precedes(
            base[x + 1] - base[x], shingle[shingles[x] : shingles[x + 1]], flags[base[x] : base[x + 1]],
            base[y + 1] - base[y], shingle[shingles[y] : shingles[y + 1]], flags[base[y] : base[y + 1]],
        )  # fmt: skip
        if swapped:
            x, y = y, x
        a, b = slice(base[x], base[x + 1]), slice(base[y], base[y + 1])
        level_a, flags_a, flags_b = level[a], flags[a], flags[b]
        la, lb = level_a.shape[0], flags_b.shape[0]
        if _same(la, shingle[shingles[x] : shingles[x + 1]], lb, shingle[shingles[y] : shingles[y + 1]]):
            fill(measures[p], 4, 1)
            weight = weight_of_start(level_a, flags_a, flags_b, la, rarity2)
            passages, weights = _longer(passages, weights, size)
            _put(passages, weights, size, swapped, 0, la, 0, lb, la, 0, la, NO_FACTS, weight)
            size += 1
            offsets[p + 1] = size
            continue
        words_a, words_b = slice(own[x, 0], own[x + 1, 0]), slice(own[y, 0], own[y + 1, 0])
        terms_a, terms_b = slice(own[x, 2], own[x + 1, 2]), slice(own[y, 2], own[y + 1, 2])
        once_a, once_b = slice(own[x, 3], own[x + 1, 3]), slice(own[y, 3], own[y + 1, 3])
        distinct_a, distinct_b = distinct[once_a], distinct[once_b]
        fill(room.partner, la, -1)
        shared = shared_shingles(distinct_a, at[once_a], distinct_b, at[once_b], room.partner)
        measures[p, RESEMBLANCE] = shared / (distinct_a.shape[0] + distinct_b.shape[0] - shared)
        measures[p, CONTAINMENT_B if swapped else CONTAINMENT_A] = shared / distinct_a.shape[0]
        measures[p, CONTAINMENT_A if swapped else CONTAINMENT_B] = shared / distinct_b.shape[0]

        # Chains of matched words, best first.
        stem_a, stem_b, sentence_a, sentence_b = stem[a], stem[b], sentence[a], sentence[b]
        ends, dots, score, marked, likeness = chains(
            shared, shingles[x + 1] - shingles[x],
            stem_a, sentence_a, word_of[a], word[words_a], columns[words_a], term[terms_a],
            stem_b, sentence_b, word_of[b], word[words_b], columns[words_b], term[terms_b],
            place[own[y, 1] : own[y + 1, 1]], room, c,
        )  # fmt: skip
        count = ends.shape[0]
        if count == 0:
            # Words so common that their places are not looked at: what both texts begin with is shared.
            same = _same_start(stem_a, stem_b) if shared else 0
            if same >= c.passage_words:
                weight = weight_of_start(level_a, flags_a, flags_b, same, rarity2)
                passages, weights = _longer(passages, weights, size)
                _put(passages, weights, size, swapped, 0, same, 0, same, same, 0, same, NO_FACTS, weight)
                size += 1
                offsets[p + 1] = size
            if same >= c.passage_words or marked.shape[0] == 0:
                continue
        di, dj, before = dots[0], dots[1], dots[2]
        word_a, rarity_a = word_of[a], room.rarity[:la]
        for t in range(la):
            rarity_a[t] = room.rarity_a[word_a[t]]
        ma, mb, close, path = room.ma, room.mb, room.close, room.path
        taken_a, taken_b = room.taken_a, room.taken_b
        fill(taken_a, la, 0)
        fill(taken_b, lb, 0)
        most = count + min(marked.shape[0], la // c.reordered_words)
        upto = int32(most + 1, 0)
        a0, a1, b0, b1 = int32(most, 0), int32(most, 0), int32(most, 0), int32(most, 0)
        of_chain = float64(most, 0)
        kept, found = 0, 0
        for n in range(count):
            end = matched_words(
                ends[n], di, dj, before, stem_a, stem_b, room.run_a, room.run_b, taken_a, taken_b,
                path, ma, mb, found,
            )  # fmt: skip
            if end == found:
                continue
            tight(ma, mb, found, end, rarity_a, c, close)
            of_chain[kept] = score[ends[n]]
            a0[kept], a1[kept] = ma[found], ma[end - 1] + 1
            b0[kept], b1[kept] = mb[found], mb[end - 1] + 1
            found = end
            kept += 1
            upto[kept] = found

        side_a = (
            sentence_a,
            word_a,
            room.rarity_a,
            room.other_a,
            columns[words_a],
            place[own[x, 1] : own[x + 1, 1]],
        )
        side_b = (
            sentence_b,
            word_of[b],
            room.rarity_b,
            room.other_b,
            columns[words_b],
            place[own[y, 1] : own[y + 1, 1]],
        )

        # What is left over may say the same in another order.
        similar = np.empty((0, 2), np.int32)
        if marked.shape[0]:
            rows = leave(sentence_a, word_a, room.rarity_a, taken_a, room.norm_a)
            leave(sentence_b, word_of[b], room.rarity_b, taken_b, room.norm_b)
            enough = c.reordered / c.reordered_worth
            similar = alike(rows, room.offsets, marked, likeness, room.norm_a, room.norm_b, enough)
        for n in range(similar.shape[0]):
            end, worth = reordered(
                similar[n, 0], similar[n, 1], side_a, side_b, taken_a, taken_b, ma, mb, found, c
            )
            if end == found:
                continue
            of_chain[kept] = worth
            a0[kept], a1[kept], b0[kept], b1[kept] = la, 0, lb, 0
            for k in range(found, end):
                close[k] = 0
                a0[kept], a1[kept] = min(a0[kept], ma[k]), max(a1[kept], ma[k] + 1)
                b0[kept], b1[kept] = min(b0[kept], mb[k]), max(b1[kept], mb[k] + 1)
            found = end
            kept += 1
            upto[kept] = found

        # Names that one side has are no others than those of a side in capitals, which tell none.
        names = has_names(flags_a) and has_names(flags_b) and in_capitals(flags_a) == in_capitals(flags_b)

        # Chains that are near each other are one passage, unless quotations part it.
        group_of, following = join_near(a0[:kept], a1[:kept], b0[:kept], b1[:kept], upto, of_chain, c)
        order, scratch, ga, gb, tights = room.order, room.scratch, room.ga, room.gb, room.tights
        cuts, kinds = room.cuts, room.kinds
        totals = float64(kept, 0)
        least = c.passage
        for n in range(kept):
            totals[group_of[n]] += of_chain[n]
            least = max(least, min(c.relative * totals[group_of[n]], c.relative_most))
        for k in range(kept):
            if totals[group_of[k]] < least:
                group_of[k] = -1
        for group in range(kept):
            if group_of[group] != group:
                continue
            n = 0
            member = group
            while member >= 0:
                for k in range(upto[member], upto[member + 1]):
                    order[n] = (np.uint64(ma[k]) << B32) | np.uint64(k)
                    n += 1
                member = following[member]
            sort_by_bytes(order[:n], scratch, 4)
            rare = 0.0
            for k in range(n):
                o = np.int64(order[k] & LOW32)
                ga[k], gb[k], tights[k] = ma[o], mb[o], close[o]
                rare += rarity2[level_a[ma[o]]] * close[o]
            few = n < c.passage_words and rare < c.passage_weight
            if few and longest_run(ga, gb, n) < c.passage_run:
                continue
            parts = split_at_quotations(ga[:n], gb[:n], flags_a, flags_b, c, cuts, kinds)
            least_words = c.trim if parts == 1 else c.trim_parts
            for part in range(parts):
                begin, end = trim(ga, gb, cuts[part], cuts[part + 1], sentence_a, sentence_b, least_words, c)
                if kinds[part]:
                    begin, end = to_marks(ga, gb, begin, end, flags_a, flags_b)
                if end - begin < c.tight_words:
                    continue
                weight, told, cited = evidence(
                    ga[:end], gb[:end], tights, begin, flags_a, flags_b, kinds[part], level_a, level[b],
                    rarity2, word_of[b], room.touched,
                )  # fmt: skip
                first, last = gb[begin], gb[begin]
                for k in range(begin, end):
                    if flags_a[ga[k]] & flags_b[gb[k]] & QUOTED or not kinds[part]:
                        first, last = min(first, gb[k]), max(last, gb[k])
                words = 0
                for k in range(begin, end):
                    words += first <= gb[k] <= last
                passages, weights = _longer(passages, weights, size)
                first_a, last_a = ga[begin], ga[end - 1] + 1
                first_b, last_b = first, last + 1
                more = 0
                if parts == 1:
                    free_a = free_around(first_a, last_a, a0, a1, group_of, group, kept)
                    free_b = free_around(first_b, last_b, b0, b1, group_of, group, kept)
                    first_a, last_a, first_b, last_b, more = edges(
                        ga[:end], gb[:end], begin, first, last + 1, side_a, side_b, free_a, free_b, c
                    )
                    a0[group], a1[group], b0[group], b1[group] = first_a, last_a, first_b, last_b
                words = min(words + more, last_a - first_a, last_b - first_b)
                tokens = last_a - first_a + last_b - first_b
                if 2 * words < c.loose * tokens and rests_on_few(
                    word_a[first_a:last_a], room.other_a, word_of[b][first_b:last_b], room.touched, c
                ):
                    continue
                facts = NO_FACTS
                quoted = kinds[part] or cited
                if not quoted and names:
                    facts = slots(
                        ga[:end], gb[:end], begin,
                        (flags_a, sentence_a, word_a, room.other_a[: columns[words_a].shape[0] + 1]),
                        (flags_b, sentence_b, word_of[b], room.other_b[: columns[words_b].shape[0] + 1]),
                        room.touched,
                    )  # fmt: skip
                _put(
                    passages, weights, size, swapped, first_a, last_a, first_b, last_b,
                    words, quoted, min(told + more, words), facts, weight,
                )  # fmt: skip
                size += 1
        offsets[p + 1] = size
    return measures, offsets, passages[:size], weights[:size]


@kernel
def _longer(passages: Any, weights: Any, size: Any) -> Any:
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
    a0: Any, a1: Any, b0: Any, b1: Any, words: Any, quoted: Any, told: Any, facts: Any,
    weight: Any,
) -> None:  # fmt: skip
    """Write a passage, with its sides as the caller has them."""
    if swapped:
        a0, a1, b0, b1 = b0, b1, a0, a1
    passages[row, 0], passages[row, 1], passages[row, 2], passages[row, 3] = a0, a1, b0, b1
    passages[row, WORDS], passages[row, QUOTES], passages[row, TOLD] = words, quoted, told
    passages[row, NUMBERS], passages[row, NAMES], passages[row, OTHER_NUMBERS], passages[row, OTHER_NAMES] = (
        facts
    )
    weights[row] = weight
