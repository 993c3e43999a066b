"""The kernel of the alignment's steps: two articles -> their best chains of matched words."""

from __future__ import annotations

from typing import Any

import numpy as np

from dedup.comparison.array_kernel import fill
from dedup.comparison.chain_kernel import best_chains, chain, skip_costs
from dedup.comparison.sentence_kernel import choose, dots, marked_sentences
from dedup.comparison.shared_kernel import (
    exact_runs,
    norms,
    rarities,
    shared_places,
    shared_words,
    weigh_words,
)
from dedup.kernels import kernel


@kernel
def chains(
    shared: Any, shingles: Any, stem_a: Any, sentence_a: Any, word_of_a: Any, words_a: Any, columns_a: Any,
    terms_a: Any, stem_b: Any, sentence_b: Any, word_of_b: Any, words_b: Any, columns_b: Any, terms_b: Any,
    place_b: Any, room: Any, c: Any,
) -> Any:  # fmt: skip
    """The best chains of two articles that share so many shingles, of which a has `shingles`.

    Returns their last dots, best first; and of all dots the places i and j and the dot before (int32, 3 x n),
    and the score (float32, n); then the pairs of sentences that are alike, as `marked_sentences` has them.
    Leaves in `room.rarity_a` the rarity of each word of a. `room.partner` is set.
    Each step that finds nothing ends it: most pairs share only single words.
    """
    none = (
        np.empty(0, np.int32), np.empty((3, 0), np.int32), np.empty(0, np.float32),
        np.empty(0, np.int32), np.empty(0, np.float32),
    )  # fmt: skip
    la, lb = stem_a.shape[0], stem_b.shape[0]
    run_a, run_b = room.run_a[:la], room.run_b[:lb]
    fill(run_a, la, -1)
    fill(run_b, lb, -1)
    runs = False
    if shared:
        runs = exact_runs(room.partner, shingles, stem_a, stem_b, c.run, run_a, run_b)
    total = shared_words(words_a, columns_a, words_b, columns_b, room.other_a, room.other_b)
    if total == 0 and not runs:
        return none
    total = shared_places(
        room.other_a, columns_a, columns_b, total, c.work * (la + lb) + 20000, room.begin, room.end
    )
    rows = sentence_a[la - 1] + 1
    rows_b = sentence_b[lb - 1] + 1
    known = weigh_words(columns_a, room.other_a, columns_b, rows + rows_b, room.spreads, 1, room.weight_a)
    weigh_words(columns_b, room.other_b, columns_a, rows + rows_b, room.spreads, known, room.weight_b)
    norms(terms_a, room.weight_a, rows, room.norm_a)
    norms(terms_b, room.weight_b, rows_b, room.norm_b)
    choose(sentence_a, word_of_a, room.begin, room.end, run_a, room.chosen, room.starts)
    places, scores = np.empty((6, total + la + 1), np.int32), np.empty((4, total + la + 1), np.float32)
    marked, likeness = places[5], scores[3]
    found = marked_sentences(
        rows, sentence_b, word_of_a, room.begin, room.end, place_b, room.weight_a, room.norm_a, room.norm_b,
        run_a, room.chosen, room.starts, c.mark, room.product, room.touched, room.offsets, marked, likeness,
    )  # fmt: skip
    if found == 0 and not runs:
        return none
    count = dots(
        rows, sentence_b, word_of_a, room.begin, room.end, place_b, runs, run_a, run_b, room.chosen,
        room.starts, room.offsets, marked, room.stamp, places[0], places[1],
    )  # fmt: skip
    if count < c.chain:  # none is rarer than 1
        return none
    known = rarities(columns_a, room.other_a, columns_b, la + lb, c.least_rarity, room.logs, 1, room.rarity_a)
    rarities(columns_b, room.other_b, columns_a, la + lb, c.least_rarity, room.logs, known, room.rarity_b)
    rarity_a, rarity_b = room.rarity_a[: words_a.shape[0] + 1], room.rarity_b[: words_b.shape[0] + 1]
    skip_costs(word_of_a, rarity_a, c, room.step, room.cost_a, room.functions_a, room.near_a)
    skip_costs(word_of_b, rarity_b, c, room.step, room.cost_b, room.functions_b, room.near_b)
    di, dj = places[0, :count], places[1, :count]
    before, origin, end, score = places[2, :count], places[3], places[4], scores[0, :count]
    highest = chain(
        di, dj, word_of_a, rarity_a, room.cost_a, room.functions_a, room.near_a, room.cost_b,
        room.functions_b, room.near_b, c, score, scores[1], scores[2], before, origin, end,
    )  # fmt: skip
    if highest < c.chain:
        return none[0], none[1], none[2], marked[:found], likeness[:found]
    ends = best_chains(di, dj, score, origin, end, run_a, la, lb, c, room.taken_a, room.taken_b)
    return ends, places[:3, :count], score, marked[:found], likeness[:found]
