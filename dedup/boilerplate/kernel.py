"""The kernel of lines: the lines and sentences of texts, and the keys of those that are boilerplate."""

from __future__ import annotations

from typing import Any

import numpy as np

from dedup.arrays.ordered_kernel import contains
from dedup.arrays.ragged_kernel import longest_row
from dedup.kernels import kernel
from dedup.sketch.hash_kernel import P1, P5, mix
from dedup.sketch.stem_kernel import is_function, pair_key

U64 = np.uint64
SHORTEST = 3
"""Words that a sentence must have to stand alone; a line stands alone whatever it has."""


@kernel
def _parts(code: Any) -> Any:
    """1 for what ends a sentence before white space, 2 for what ends one anywhere, 3 for a line break."""
    if code in (0x2E, 0x21, 0x3F, 0x2026):
        return 1
    if code in (0x3002, 0xFF01, 0xFF1F, 0xFF61, 0x6D4, 0x61F, 0x964, 0x965):
        return 2
    if code in (0x0A, 0x0D, 0x2028, 0x2029):
        return 3
    return 0


@kernel
def lines(codes: Any, starts: Any, base: Any, first: Any, last: Any, stem: Any) -> Any:
    """The lines of n texts of code points; a line that holds several sentences is each of them.

    `base` (n + 1) are the offsets of each text's tokens in `first`, `last` (half-open, in code points of the
    text) and `stem`. Returns offsets (n + 1), the token at which each line ends (int32, in its text), and a
    hash of its stems (uint64).
    """
    texts = base.shape[0] - 1
    offsets = np.zeros(texts + 1, np.int64)
    ends = np.empty(first.shape[0], np.int32)
    hashes = np.empty(first.shape[0], U64)
    size = 0
    for text in range(texts):
        low, high = base[text], base[text + 1]
        at = starts[text]
        h = P1
        words = 0
        for t in range(low, high):
            h = mix(h ^ U64(stem[t])) + P5
            words += 1
            begin = at + last[t]
            end = at + first[t + 1] if t + 1 < high else begin
            stop = t + 1 == high
            pending = False
            for place in range(begin, end):
                part = _parts(codes[place])
                if part >= 2:
                    stop = stop or part == 3 or words >= SHORTEST
                elif part == 1:
                    pending = True
                elif pending and codes[place] <= 0x20:
                    stop = stop or words >= SHORTEST
            if stop:
                ends[size] = t + 1 - low
                hashes[size] = h
                size += 1
                h = P1
                words = 0
        offsets[text + 1] = size
    return offsets, ends[:size].copy(), hashes[:size].copy()


@kernel
def without_marked(
    offsets: Any, keys: Any, tokens: Any, stem: Any, marked: Any, words: Any, word_levels: Any
) -> Any:
    """The keys of n articles without the fingerprints of neighbouring words that are both marked.

    `marked` (uint8) is 1 for the tokens of boilerplate; `words` and `word_levels` are the table of words.
    Returns offsets (n + 1) and keys.
    """
    n = offsets.shape[0] - 1
    out_offsets = np.zeros(n + 1, np.int64)
    out = np.empty(keys.shape[0], U64)
    dropped = np.empty(longest_row(tokens) + 1, U64)
    size = 0
    for i in range(n):
        count = 0
        previous = -1
        some = False
        for t in range(tokens[i], tokens[i + 1]):
            some = some or marked[t] > 0
        for t in range(tokens[i], tokens[i + 1] if some else tokens[i]):
            # `previous` is the word before, if it is marked
            if (marked[t] or previous >= 0) and not is_function(stem[t], words, word_levels):
                if marked[t] and previous >= 0:
                    dropped[count] = pair_key(stem[previous], stem[t])
                    count += 1
                previous = t if marked[t] else -1
        part = dropped[:count]
        if count:
            part.sort()
        for k in range(offsets[i], offsets[i + 1]):
            if not contains(part, 0, count, keys[k]):
                out[size] = keys[k]
                size += 1
        out_offsets[i + 1] = size
    return out_offsets, out[:size].copy()
