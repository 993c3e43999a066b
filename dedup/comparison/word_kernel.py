"""The kernel of an article's words: once for each article, what every comparison of it needs.

Words here are the distinct stems of an article's content words, numbered from 1 in order of value; 0 stands
for all function words.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dedup.arrays.ragged_kernel import longest_row
from dedup.comparison.array_kernel import B32, LOW32, float64, int32, sort_spread
from dedup.comparison.structure_kernel import BOILERPLATE, QUOTED
from dedup.kernels import kernel
from dedup.sketch.stem_kernel import FUNCTION

TIMES, SPREAD, BEGIN = 0, 1, 2
"""Columns of a word: how often it occurs, in how many sentences, and where its places begin."""
WORD, SENTENCE, OFTEN = 0, 1, 2
"""Columns of a term, a word in a sentence: the word's number, the sentence, how often it occurs there."""


@kernel
def prepare(
    stem: Any, level: Any, sentence: Any, flags: Any, base: Any, shingles: Any, shingle: Any, rarity2: Any
) -> Any:
    """The words and the distinct shingles of n articles; `base` and `shingles` are offsets (n + 1).

    Returns the weight of each article's words outside quotation marks (float64, n); how many words, places,
    terms and distinct shingles each has (int32, n x 4); the number of each token's word (int32); then, one
    article's after the other's, the stems of the words (uint32) and their columns (int32, w x 3); the places,
    which are the content tokens in order of their words (int32); the terms, in order of word and sentence
    (int32, t x 3); the distinct shingles in order of value (uint64), and where each stands in its article, or
    -1 if it does more than once (int32).
    """
    articles, tokens = base.shape[0] - 1, stem.shape[0]
    weight, counts = float64(articles, 0), np.empty((articles, 4), np.int32)
    word_of = int32(tokens, 0)
    words, columns = np.empty(tokens, np.uint32), np.empty((tokens, 3), np.int32)
    place, terms = np.empty(tokens, np.int32), np.empty((tokens, 3), np.int32)
    distinct, at = np.empty(shingle.shape[0], np.uint64), np.empty(shingle.shape[0], np.int32)
    longest = max(longest_row(base), 1)
    keys, scratch = np.empty(longest, np.uint64), np.empty(longest, np.uint64)
    word, places, term, shingle_count = 0, 0, 0, 0
    for article in range(articles):
        begin, end = base[article], base[article + 1]
        total, size = 0.0, 0
        for t in range(begin, end):
            if not flags[t] & (QUOTED | BOILERPLATE):
                total += rarity2[level[t]]
            keys[size] = (np.uint64(stem[t]) << B32) | np.uint64(t - begin)
            size += level[t] != FUNCTION
        weight[article] = total
        sort_spread(keys[:size], scratch)
        first_word, first_place, first_term = word, places, term
        previous = -1
        for k in range(size):
            token = np.int64(keys[k] & LOW32)
            if k == 0 or keys[k] >> B32 != keys[k - 1] >> B32:
                words[word] = np.uint32(keys[k] >> B32)
                columns[word, TIMES], columns[word, SPREAD], columns[word, BEGIN] = 0, 0, k
                word += 1
                previous = -1
            number = sentence[begin + token]
            if number != previous:
                terms[term, WORD], terms[term, SENTENCE], terms[term, OFTEN] = word - first_word, number, 0
                columns[word - 1, SPREAD] += 1
                term += 1
                previous = number
            columns[word - 1, TIMES] += 1
            terms[term - 1, OFTEN] += 1
            word_of[begin + token] = word - first_word
            place[places] = token
            places += 1
        low = shingle_count
        own = shingle[shingles[article] : shingles[article + 1]]
        shingle_count = _distinct(own, keys, scratch, distinct, at, shingle_count)
        counts[article, 0], counts[article, 1] = word - first_word, places - first_place
        counts[article, 2], counts[article, 3] = term - first_term, shingle_count - low
    return (
        weight, counts, word_of, words[:word], columns[:word], place[:places],
        terms[:term], distinct[:shingle_count], at[:shingle_count],
    )  # fmt: skip


@kernel
def _distinct(shingle: Any, keys: Any, scratch: Any, distinct: Any, at: Any, size: Any) -> Any:
    """Append the distinct shingles of an article in order, and where they stand; the new size."""
    count = shingle.shape[0]
    bits = np.uint64(1)
    while count >> np.int64(bits):
        bits += np.uint64(1)
    low = (np.uint64(1) << bits) - np.uint64(1)
    for k in range(count):
        keys[k] = (shingle[k] & ~low) | np.uint64(k)
    sort_spread(keys[:count], scratch)
    begin = size
    for k in range(count):
        token = np.int64(keys[k] & low)
        value = shingle[token]
        # Those alike in their upper bits are in order of their places: put them in order of value.
        j = size
        while j > begin and distinct[j - 1] > value:
            j -= 1
        if j > begin and distinct[j - 1] == value:
            at[j - 1] = -1
            continue
        for m in range(size, j, -1):
            distinct[m], at[m] = distinct[m - 1], at[m - 1]
        distinct[j], at[j] = value, token
        size += 1
    return size
