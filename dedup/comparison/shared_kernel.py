"""The kernel of what two articles share: shingles, exact runs, words and what these weigh.

All fill arrays that the caller allots, of at least the lengths of the longer article.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from dedup.comparison.array_kernel import fill, float64
from dedup.comparison.word_kernel import BEGIN, OFTEN, SENTENCE, SPREAD, TIMES, WORD
from dedup.kernels import kernel


@kernel
def shared_shingles(distinct_a: Any, at_a: Any, distinct_b: Any, at_b: Any, partner: Any) -> Any:
    """How many distinct shingles both have.

    `partner` (of a's places) gets the place in b of each that stands once in both texts; others stay.
    """
    na, nb = distinct_a.shape[0], distinct_b.shape[0]
    i = j = shared = 0
    while i < na and j < nb:
        x, y = distinct_a[i], distinct_b[j]
        if x == y:
            shared += 1
            if at_a[i] >= 0 and at_b[j] >= 0:
                partner[at_a[i]] = at_b[j]
        i += x <= y
        j += y <= x
    return shared


@kernel
def exact_runs(
    partner: Any, shingles: Any, stem_a: Any, stem_b: Any, least: Any, run_a: Any, run_b: Any
) -> Any:
    """Set for each token of a the token of b that it equals in a run of at least `least`; and of b.

    `shingles` is how many a has; tokens in no run keep the -1 that they have. Returns whether there is a run.
    """
    found = False
    la, lb = stem_a.shape[0], stem_b.shape[0]
    for i in range(shingles):
        j = partner[i]
        if j < 0 or run_a[i] >= 0 or run_b[j] >= 0 or stem_a[i] != stem_b[j]:
            continue
        low, high = 0, 0
        while i > low and j > low and stem_a[i - low - 1] == stem_b[j - low - 1]:
            if run_a[i - low - 1] >= 0 or run_b[j - low - 1] >= 0:
                break
            low += 1
        while i + high < la and j + high < lb and stem_a[i + high] == stem_b[j + high]:
            if run_a[i + high] >= 0 or run_b[j + high] >= 0:
                break
            high += 1
        if low + high >= least:
            found = True
            for t in range(-low, high):
                run_a[i + t] = j + t
                run_b[j + t] = i + t
    return found


@kernel
def shared_words(
    words_a: Any, columns_a: Any, words_b: Any, columns_b: Any, other_a: Any, other_b: Any
) -> Any:
    """Set for each word of a its number in b, or 0, and of b in a; by number, 0 (function words) left out.

    Returns how many pairs of equal words the two texts make.
    """
    na, nb = words_a.shape[0], words_b.shape[0]
    fill(other_a, na + 1, 0)
    fill(other_b, nb + 1, 0)
    i = j = total = 0
    while i < na and j < nb:
        x, y = words_a[i], words_b[j]
        if x == y:
            other_a[i + 1], other_b[j + 1] = j + 1, i + 1
            total += np.int64(columns_a[i, TIMES]) * columns_b[j, TIMES]
        i += x <= y
        j += y <= x
    return total


@kernel
def shared_places(
    other: Any, columns_a: Any, columns_b: Any, total: Any, budget: Any, begin: Any, end: Any
) -> Any:
    """Set for each word of a where in b's places it begins and ends; the number of pairs of equal words left.

    Words so common that looking at all their pairs would take more than the budget are left out.
    """
    count = columns_a.shape[0]
    begin[0] = end[0] = 0
    for w in range(1, count + 1):
        o = other[w]
        begin[w] = end[w] = 0
        if o:
            begin[w] = columns_b[o - 1, BEGIN]
            end[w] = begin[w] + columns_b[o - 1, TIMES]
    if total <= budget:
        return total
    costs = float64(64, 0)
    for w in range(1, count + 1):
        cost = np.int64(columns_a[w - 1, TIMES]) * (end[w] - begin[w])
        costs[_bucket(cost)] += cost
    left, most = 0.0, 0
    while most < 63 and left + costs[most] <= budget:
        left += costs[most]
        most += 1
    for w in range(1, count + 1):
        if np.int64(columns_a[w - 1, TIMES]) * (end[w] - begin[w]) >> most:
            end[w] = begin[w]
    return np.int64(left)


@kernel
def _bucket(cost: Any) -> Any:
    bucket = 0
    while cost >> bucket > 1:
        bucket += 1
    return bucket


@kernel
def weigh_words(
    columns: Any, other: Any, columns_other: Any, sentences: Any, logs: Any, known: Any, weight: Any
) -> Any:
    """Set the inverse sentence frequency of each word in this pair, which has so many sentences.

    `logs` holds that of the first frequencies, of which `known` are filled in; returns how many are now.
    """
    weight[0] = 0
    for w in range(1, columns.shape[0] + 1):
        spread = columns[w - 1, SPREAD]
        if other[w]:
            spread += columns_other[other[w] - 1, SPREAD]
        while known <= spread and known < logs.shape[0]:
            logs[known] = max(math.log(sentences / known), 0.0)
            known += 1
        weight[w] = logs[spread] if spread < logs.shape[0] else max(math.log(sentences / spread), 0.0)
    return known


@kernel
def norms(terms: Any, weight: Any, sentences: Any, norm: Any) -> None:
    """Set the squared norms of one text's sentences, as vectors of tf x idf."""
    fill(norm, sentences, 0)
    for term in range(terms.shape[0]):
        norm[terms[term, SENTENCE]] += (terms[term, OFTEN] * weight[terms[term, WORD]]) ** 2


@kernel
def rarities(
    columns: Any, other: Any, columns_other: Any, tokens: Any, least: Any, logs: Any, known: Any, rarity: Any
) -> Any:
    """Set the rarity of each word in this pair of so many tokens, from 1, once in all, to `least`.

    Function words have none. `logs` and `known` are as for `weigh_words`.
    """
    rarity[0] = 0
    scale = 1.0 / math.log(max(tokens, 3) / 2.0)
    for w in range(1, columns.shape[0] + 1):
        df = columns[w - 1, TIMES]
        if other[w]:
            df += columns_other[other[w] - 1, TIMES]
        while known <= df and known < logs.shape[0]:
            logs[known] = min(max(math.log(tokens / known) * scale, least), 1.0)
            known += 1
        rarity[w] = logs[df] if df < logs.shape[0] else min(max(math.log(tokens / df) * scale, least), 1.0)
    return known
