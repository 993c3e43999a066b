"""The kernel of the alignment: equal words of two articles -> chains of them.

Smith & Waterman (1981), made sparse: only pairs of equal stems ("dots") inside pairs of sentences that are
alike are looked at, and only those near by may continue an alignment. Words that are rare in this pair of
articles weigh more. Long exact runs are taken as they are, so that copies cost little.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dedup.comparison.array_kernel import B32, LOW32, fill, sort_by_bytes
from dedup.kernels import kernel


@kernel
def skip_costs(word_of: Any, rarity: Any, c: Any, step: Any, costs: Any, functions: Any, near: Any) -> None:
    """Running cost of skipping content words, and running number of function words (tokens + 1).

    Also the first token that is `near` each: from which on no more is skipped than an alignment may lose.
    `rarity` is that of each word, 0 of function words; `step` is scratch of as many.
    """
    step[0] = 0
    for w in range(1, rarity.shape[0]):
        step[w] = c.skip * (1 - c.skip_rare + c.skip_rare * rarity[w])
    cost, function, first = 0.0, 0, 0
    most = c.drop + 1e-9  # how sums are rounded does not matter
    costs[0], functions[0] = 0, 0
    for t in range(word_of.shape[0]):
        while first < t and cost - costs[first + 1] > most:
            first += 1
        near[t] = first
        w = word_of[t]
        cost += step[w]
        function += w == 0
        costs[t + 1], functions[t + 1] = cost, function


@kernel
def chain(
    di: Any, dj: Any, word_of: Any, rarity_of: Any, cost_a: Any, functions_a: Any, near_a: Any,
    cost_b: Any, functions_b: Any, near_b: Any, c: Any,
    score: Any, peak: Any, top: Any, before: Any, origin: Any, end: Any,
) -> Any:  # fmt: skip
    """Local alignments: of each dot its best score, the dot before it and the one that it began with.

    A dot continues an earlier one at the cost of the words skipped, the larger of the two sides'. Fills
    `score`, `before` and `origin`, and for each dot that begins one the last dot of its best chain, `end`;
    `peak`, a chain's best score so far, and `top`, that of any dot so far, are scratch. Returns the best.
    """
    highest = 0.0
    for d in range(di.shape[0]):
        i, j = di[d], dj[d]
        rarity = rarity_of[word_of[i]]
        best, link = 0.0, -1
        least_i, least_j = near_a[i], near_b[j]
        for k in range(d - 1, max(d - 1 - c.look, -1), -1):
            # No earlier dot can do better than the best of them.
            if di[k] < least_i or top[k] <= best:
                break
            if not least_j <= dj[k] < j:
                continue
            gap = cost_a[i] - cost_a[di[k] + 1]
            if gap > c.drop:
                break
            if di[k] < i and origin[k] >= 0:
                if di[k] == i - 1 and dj[k] == j - 1:
                    gap = 0.0
                else:
                    gap = max(gap, cost_b[j] - cost_b[dj[k] + 1])
                    more = functions_a[i] - functions_a[di[k] + 1]
                    less = functions_b[j] - functions_b[dj[k] + 1]
                    if more < less:
                        more, less = less, more
                    gap += c.skip_function * (more - less) + c.pass_function * less
                value = score[k] - gap
                if value > best and peak[k] - value <= c.drop:
                    best, link = value, k
                if gap == 0:
                    break
        before[d] = link
        score[d] = best + rarity
        if link >= 0:
            begun = origin[link]
            origin[d] = begun
            peak[d] = max(score[d], peak[link])
            end[d] = -1
            if score[d] > score[end[begun]]:
                end[begun] = d
        else:
            origin[d] = d if rarity >= c.start else -1
            end[d] = origin[d]
            peak[d] = score[d]
        if origin[d] >= 0:
            highest = max(highest, np.float64(score[d]))
        top[d] = max(score[d], top[d - 1]) if d else score[d]
    return highest


@kernel
def best_chains(
    di: Any,
    dj: Any,
    score: Any,
    origin: Any,
    end: Any,
    run_a: Any,
    la: Any,
    lb: Any,
    c: Any,
    covered_a: Any,
    covered_b: Any,
) -> Any:
    """The last dots of the chains worth keeping: the best of each origin, not covered by better ones.

    `run_a` is where each word of a stands in b, if it is part of an exact run. What is mostly one is
    kept even in the midst of others: it may be a quotation around which the rest was turned.
    """
    count = di.shape[0]
    ends = 0
    for o in range(count):
        ends += end[o] >= 0 and score[end[o]] >= c.chain
    order, scratch = np.empty(ends, np.uint64), np.empty(ends, np.uint64)
    ends = 0
    for o in range(count):
        if end[o] >= 0 and score[end[o]] >= c.chain:
            rank = np.uint64(0xFFFFFFFF - np.int64(score[end[o]] * 256))
            order[ends] = (rank << B32) | np.uint64(end[o])
            ends += 1
    sort_by_bytes(order, scratch, 4)
    fill(covered_a, la, 0)
    fill(covered_b, lb, 0)
    out, size = np.empty(ends, np.int32), 0
    for n in range(ends):
        last = np.int64(order[n] & LOW32)
        a0, a1, b0, b1 = di[origin[last]], di[last] + 1, dj[origin[last]], dj[last] + 1
        covered = _covered(covered_a, a0, a1) > c.overlap * (a1 - a0) or _covered(
            covered_b, b0, b1
        ) > c.overlap * (b1 - b0)
        if covered and not _is_exact(run_a, a0, a1, b0, b1):
            continue
        for t in range(a0, a1):
            covered_a[t] = 1
        for t in range(b0, b1):
            covered_b[t] = 1
        out[size] = last
        size += 1
    return out[:size]


@kernel
def _covered(covered: Any, begin: Any, end: Any) -> Any:
    count = 0
    for t in range(begin, end):
        count += covered[t]
    return count


@kernel
def _is_exact(run_a: Any, a0: Any, a1: Any, b0: Any, b1: Any) -> Any:
    """Whether most of a chain, on both sides, is in exact runs."""
    equal = 0
    for t in range(a0, a1):
        equal += b0 <= run_a[t] < b1
    return 2 * equal > max(a1 - a0, b1 - b0)
