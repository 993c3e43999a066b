"""The kernels of facts: what two articles have of each other's names and numbers, by their tokens alone."""

from __future__ import annotations

from typing import Any

import numpy as np

from dedup.arrays.ordered_kernel import lower_bound
from dedup.arrays.ragged_kernel import longest_row
from dedup.comparison.array_kernel import B32, sort_spread, uint8
from dedup.comparison.structure_kernel import NAME, NUMBER
from dedup.kernels import kernel


@kernel
def of_names(offsets: Any, word: Any, weight: Any, stem: Any, name: Any, length: Any) -> Any:
    """What the words of two articles weigh, as of `first_places`, that are names (uint8) in both.

    The tokens of the first are `length`, and those of the second come after them.
    """
    named = uint8(word.shape[0], 0)
    for t in range(stem.shape[0]):
        if name[t]:
            own = 0 if t < length else 1
            at = lower_bound(word, offsets[own], offsets[own + 1], stem[t])
            if at < offsets[own + 1] and word[at] == stem[t]:
                named[at] = 1
    both, i, j = 0.0, offsets[0], offsets[1]
    while i < offsets[1] and j < offsets[2]:
        a, b = word[i], word[j]
        if a == b and named[i] and named[j]:
            both += min(weight[i], weight[j])
        i += a <= b
        j += b <= a
    return both


@kernel
def may_agree(
    pairs: Any, base: Any, stem: Any, sentence: Any, flags: Any, least: Any, share: Any, words: Any, most: Any
) -> Any:
    """Which pairs of articles (m, 2) may have many numbers and names in common, as far as capitals tell them.

    Of those of either article, which are `least` at least, the other must have this `share` (m). Capitals
    tell nothing of an article where not one word in so many `words` has one, or more than a share `most`.
    """
    out = uint8(pairs.shape[0], 1)
    longest = max(longest_row(base), 1)
    keys, scratch, found = np.empty(longest, np.uint64), np.empty(longest, np.uint64), uint8(longest, 0)
    for m in range(pairs.shape[0]):
        for side in range(2):
            x, y = pairs[m, side], pairs[m, 1 - side]
            length, facts, capitals = base[x + 1] - base[x], 0, 0
            for t in range(base[x], base[x + 1]):
                capital = flags[t] & NAME != 0
                begins = t == base[x] or sentence[t] != sentence[t - 1]
                keys[facts] = np.uint64(stem[t]) << B32
                facts += (flags[t] & NUMBER != 0) | (capital & (not begins))
                capitals += capital
            if not length < words * capitals < most * words * length:
                continue
            sort_spread(keys[:facts], scratch)
            distinct, there = 0, 0
            for k in range(facts):
                if k == 0 or keys[k] != keys[distinct - 1]:
                    keys[distinct], found[distinct] = keys[k], 0
                    distinct += 1
            for t in range(base[y], base[y + 1]):
                key = np.uint64(stem[t]) << B32
                at = lower_bound(keys, 0, distinct, key)
                if at < distinct and keys[at] == key:
                    there += not found[at]
                    found[at] = 1
            if facts < least or there < share[m] * distinct:
                out[m] = 0
                break
    return out
