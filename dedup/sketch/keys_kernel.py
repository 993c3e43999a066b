"""The kernels of the keys: bands of signatures, and winnowed pairs of content stems."""

from __future__ import annotations

from typing import Any

import numpy as np

from dedup.kernels import kernel
from dedup.sketch.hash_kernel import ONE, P1, P5, U64, ZERO, mix
from dedup.sketch.stem_kernel import FUNCTION, U8, pair_key

RARE = 48
"""The level, that of a stem in one of 256 articles, from which rarer ones count the same: on PAN 2013, pairs
with rarer stems survive a rewrite no better, and up to half of those with the rarest are never met again."""
BETWEEN = 6
"""How much commoner a pair counts for each function word between its two, in halves of log2: of the pairs in
passages of PAN 2013 that were translated there and back, the other text has .51 of those side by side, .39 /
.36 / .31 of those with 1 / 2 / 3 between, whatever their rarity."""


@kernel
def keys(
    signature: Any,
    shingle_offsets: Any,
    bands: Any,
    rows: Any,
    stem: Any,
    level: Any,
    offsets: Any,
    window: Any,
    pairs: Any,
    seen: Any,
    out_offsets: Any,
    out: Any,
) -> Any:
    """The keys of each article, their offsets (n + 1), and how many there are.

    First the bands of its signature, all odd (none where it has no shingles); then its distinct fingerprints,
    all even, in order of their first place: winnowed keys of adjacent content stems (Schleimer, Wilkerson &
    Aiken 2003). Of each window of `window` pairs the rightmost of the least rank is posted: the sum of its
    two stems' log2 df (RARE at least) and of BETWEEN for each word between, ties broken by hash. `pairs`
    (uint64, 2 x the most tokens of an article) and `seen` (uint64, a power of two, at least twice those
    tokens) are scratch.
    """
    size = ZERO
    out_offsets[0] = 0
    for article in range(U64(offsets.shape[0] - 1)):
        if shingle_offsets[article] != shingle_offsets[article + ONE]:
            for band in range(U64(bands)):
                h = mix((band + ONE) * P1)
                for row in range(U64(rows)):
                    h = mix(h ^ U64(signature[article, band * U64(rows) + row])) + P5
                out[size] = h | ONE
                size += ONE
        count = _pairs(stem, level, U64(offsets[article]), U64(offsets[article + ONE]), pairs)
        end = _winnow(pairs, count, U64(window), out, size)
        size = _distinct(out, size, end, seen)
        out_offsets[article + ONE] = size
    return size


@kernel
def _pairs(stem: Any, level: Any, begin: Any, end: Any, pairs: Any) -> Any:
    """The pairs of adjacent content stems: pairs[0] their ranks, pairs[1] their keys; how many."""
    count = ZERO
    for token in range(begin, end):
        pairs[0, count] = token
        pairs[1, count] = (U64(level[token]) << U64(32)) | U64(stem[token])
        count = count + ONE if level[token] != U8(FUNCTION) else count
    if count < U64(2):
        return ZERO
    for p in range(count - ONE):
        one, two = pairs[1, p], pairs[1, p + ONE]
        between = pairs[0, p + ONE] - pairs[0, p] - ONE
        key = pair_key(one & U64(0xFFFFFFFF), two & U64(0xFFFFFFFF))
        common = (max(one >> U64(32), U64(RARE)) + max(two >> U64(32), U64(RARE))) >> ONE
        pairs[1, p] = key
        pairs[0, p] = (min(common + U64(BETWEEN) * between, U64(255)) << U64(56)) | (key >> U64(8))
    return count - ONE


@kernel
def pair_keys(content: Any) -> Any:
    """The key of each two stems of `content` (uint32) that follow each other."""
    out = np.empty(max(content.shape[0] - 1, 0), U64)
    for p in range(content.shape[0] - 1):
        out[p] = pair_key(content[p], content[p + 1])
    return out


@kernel
def _winnow(pairs: Any, count: Any, window: Any, out: Any, size: Any) -> Any:
    """Append the key of the rightmost minimum of each window of pairs; the new size."""
    if not count:
        return size
    best: Any = ZERO
    previous = count
    for right in range(count):
        if right - best >= window:
            best += ONE
            for j in range(best + ONE, right + ONE):
                best = j if pairs[0, j] <= pairs[0, best] else best
        else:
            best = right if pairs[0, right] <= pairs[0, best] else best
        if (right + ONE >= min(window, count)) & (best != previous):
            out[size] = pairs[1, best]
            size += ONE
            previous = best
    return size


@kernel
def _distinct(out: Any, begin: Any, end: Any, seen: Any) -> Any:
    """Drop repeated keys of out[begin:end] in place, keeping order; where they end now."""
    slots = U64(2)
    while slots < (end - begin) * U64(2):
        slots <<= ONE
    for slot in range(slots):
        seen[slot] = ZERO
    size = begin
    for j in range(begin, end):
        key = out[j]
        slot = (key >> U64(8)) & (slots - ONE)
        while seen[slot] and seen[slot] != key | ONE:
            slot = (slot + ONE) & (slots - ONE)
        if not seen[slot]:
            seen[slot] = key | ONE  # keys are even, and a slot of 0 is free
            out[size] = key
            size += ONE
    return size
