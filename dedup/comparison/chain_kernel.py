"""The kernel of the alignment: two articles -> chains of matched words.

Smith & Waterman (1981), made sparse: only pairs of equal stems ("dots") inside pairs of sentences that are
alike are looked at, and only those near by may continue an alignment. Words that are rare in this pair of
articles weigh more. Long exact runs are taken as they are, so that copies cost little.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from dedup.comparison.array_kernel import float32, float64, grown, int32, sort_by_bytes
from dedup.comparison.structure_kernel import QUOTED
from dedup.kernels import kernel

FUNCTION = 255
LOW32 = np.uint64(0xFFFFFFFF)
LOW24 = np.uint64(0xFFFFFF)
B32 = np.uint64(32)
B24 = np.uint64(24)


@kernel
def prepare(stem: Any, level: Any, flags: Any, base: Any, shingles: Any, shingle: Any, rarity2: Any) -> Any:
    """What the comparison needs of each article, once: its content words and its shingles in order of value.

    Returns the weight of its words outside quotation marks (n), the number of its content words (n), these
    as (stem << 32 | token), sorted, and the shingles as (hash & ~0xFFFFFF) | place, sorted, each article's
    where `shingles` has them.
    """
    articles = base.shape[0] - 1
    weight = float64(articles, 0)
    counts = int32(articles, 0)
    content = np.empty(stem.shape[0], np.uint64)
    scratch = np.empty(max(stem.shape[0], shingle.shape[0]), np.uint64)
    size = 0
    for article in range(articles):
        begin = size
        for t in range(base[article], base[article + 1]):
            if not flags[t] & QUOTED:
                weight[article] += rarity2[level[t]]
            if level[t] != FUNCTION:
                content[size] = (np.uint64(stem[t]) << B32) | np.uint64(t - base[article])
                size += 1
        sort_by_bytes(content[begin:size], scratch, 4)
        counts[article] = size - begin
    placed = np.empty(shingle.shape[0], np.uint64)
    for article in range(articles):
        low, high = shingles[article], shingles[article + 1]
        for k in range(low, high):
            placed[k] = (shingle[k] & ~LOW24) | (np.uint64(k - low) & LOW24)
        sort_by_bytes(placed[low:high], scratch, 2)
    return weight, counts, content[:size], placed


@kernel
def shared_shingles(placed_a: Any, hash_a: Any, placed_b: Any, hash_b: Any, partner: Any) -> Any:
    """Distinct shingles of a, of b and of both.

    `partner` (of a's shingles) gets the place in b of each that stands once in both texts, else -1.
    """
    na, nb = placed_a.shape[0], placed_b.shape[0]
    i = j = distinct_a = distinct_b = shared = 0
    end = np.uint64(1 << 40)
    while i < na or j < nb:
        top_a = placed_a[i] >> B24 if i < na else end
        top_b = placed_b[j] >> B24 if j < nb else end
        next_i, next_j = i, j
        if top_a <= top_b:
            distinct_a += 1
            while next_i < na and placed_a[next_i] >> B24 == top_a:
                partner[np.int64(placed_a[next_i] & LOW24)] = -1
                next_i += 1
        if top_b <= top_a:
            distinct_b += 1
            while next_j < nb and placed_b[next_j] >> B24 == top_b:
                next_j += 1
        if top_a == top_b:
            at_a, at_b = np.int64(placed_a[i] & LOW24), np.int64(placed_b[j] & LOW24)
            if hash_a[at_a] == hash_b[at_b]:
                shared += 1
                if next_i == i + 1 and next_j == j + 1:
                    partner[at_a] = at_b
        i, j = next_i, next_j
    return distinct_a, distinct_b, shared


@kernel
def exact_runs(partner: Any, stem_a: Any, stem_b: Any, least: Any) -> Any:
    """For each token of a the token of b that it equals in a run of at least `least`, else -1; and of b."""
    la, lb = stem_a.shape[0], stem_b.shape[0]
    run_a, run_b = int32(la, -1), int32(lb, -1)
    for i in range(partner.shape[0]):
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
            for t in range(-low, high):
                run_a[i + t] = j + t
                run_b[j + t] = i + t
    return run_a, run_b


@kernel
def _spread(content: Any, begin: Any, end: Any, sentence: Any) -> Any:
    """In how many sentences the words content[begin:end] stand."""
    count, previous = 0, -1
    for k in range(begin, end):
        s = sentence[np.int64(content[k] & LOW32)]
        if s != previous:
            count += 1
            previous = s
    return count


@kernel
def _norms(content: Any, begin: Any, end: Any, sentence: Any, weight: Any, norms: Any) -> None:
    """Add the squared tf x idf of one stem to the norms of its sentences."""
    times, previous = 0, -1
    for k in range(begin, end + 1):
        s = sentence[np.int64(content[k] & LOW32)] if k < end else -1
        if s != previous:
            if previous >= 0:
                norms[previous] += (times * weight) ** 2
            times, previous = 0, s
        times += 1


@kernel
def weigh(content_a: Any, sentence_a: Any, content_b: Any, sentence_b: Any, c: Any) -> Any:
    """The rarity of each word in this pair of articles, and where a's words occur in b.

    Returns the rarities of a's and b's tokens (0 for function words); the squared inverse sentence frequency
    of a's tokens; for each token of a the range of content_b that holds its stem; and the norms of the
    sentences of both. Stems so common that looking at all their pairs would be more than linear are left out.
    """
    la, lb = sentence_a.shape[0], sentence_b.shape[0]
    na, nb = content_a.shape[0], content_b.shape[0]
    sentences = sentence_a[la - 1] + sentence_b[lb - 1] + 2
    rarity_a, rarity_b, idf = float32(la, 0), float32(lb, 0), float32(la, 0)
    low, high = int32(la, 0), int32(la, 0)
    norm_a, norm_b = float32(sentence_a[la - 1] + 1, 0), float32(sentence_b[lb - 1] + 1, 0)
    scale = 1.0 / math.log(max(la + lb, 3) / 2.0)
    logs, spreads = float32(64, 0), float32(64, 0)
    for k in range(1, 64):
        logs[k] = min(max(math.log((la + lb) / k) * scale, c.least_rarity), 1.0)
    for k in range(1, 64):
        spreads[k] = max(math.log(sentences / k), 0.0)
    budget = c.work * (la + lb) + 20000
    costs = float64(64, 0)
    i = j = 0
    while i < na or j < nb:
        stem_a = content_a[i] >> B32 if i < na else LOW32 + np.uint64(1)
        stem_b = content_b[j] >> B32 if j < nb else LOW32 + np.uint64(1)
        next_i, next_j = i, j
        while stem_a <= stem_b and next_i < na and content_a[next_i] >> B32 == stem_a:
            next_i += 1
        while stem_b <= stem_a and next_j < nb and content_b[next_j] >> B32 == stem_b:
            next_j += 1
        df = next_i - i + next_j - j
        rarity = logs[min(df, 63)]
        if df > 63:
            rarity = min(max(math.log((la + lb) / df) * scale, c.least_rarity), 1.0)
        spread = _spread(content_a, i, next_i, sentence_a) + _spread(content_b, j, next_j, sentence_b)
        weight = spreads[spread] if spread < 64 else max(math.log(sentences / spread), 0.0)
        _norms(content_a, i, next_i, sentence_a, weight, norm_a)
        _norms(content_b, j, next_j, sentence_b, weight, norm_b)
        for k in range(i, next_i):
            t = np.int64(content_a[k] & LOW32)
            rarity_a[t] = rarity
            idf[t] = weight * weight
            low[t], high[t] = j, next_j
        for k in range(j, next_j):
            rarity_b[np.int64(content_b[k] & LOW32)] = rarity
        cost = (next_i - i) * (next_j - j)
        bucket = 0
        while cost >> bucket > 1:
            bucket += 1
        costs[bucket] += cost
        i, j = next_i, next_j
    total, most = 0.0, 0
    while most < 63 and total + costs[most] <= budget:
        total += costs[most]
        most += 1
    if most < 63:
        # Too much to look at: leave the commonest stems out.
        i = 0
        while i < na:
            t = np.int64(content_a[i] & LOW32)
            next_i = i
            while next_i < na and content_a[next_i] >> B32 == content_a[i] >> B32:
                next_i += 1
            if (next_i - i) * (high[t] - low[t]) >> most > 0:
                for k in range(i, next_i):
                    high[np.int64(content_a[k] & LOW32)] = low[t]
            i = next_i
    return rarity_a, rarity_b, idf, low, high, norm_a, norm_b


@kernel
def marked_sentences(
    sentence_a: Any,
    sentence_b: Any,
    content_b: Any,
    idf: Any,
    low: Any,
    high: Any,
    norm_a: Any,
    norm_b: Any,
    run: Any,
    c: Any,
) -> Any:
    """Pairs of sentences whose cosine is above the bar: for each of a, offsets (n + 1) into a list of b's."""
    count_a, count_b = norm_a.shape[0], norm_b.shape[0]
    product, touched = float32(count_b, 0), int32(count_b, 0)
    offsets, marked = int32(count_a + 1, 0), int32(64, 0)
    size, t = 0, 0
    for row in range(count_a):
        reached = 0
        while t < sentence_a.shape[0] and sentence_a[t] == row:
            if run[t] >= 0:
                s = sentence_b[run[t]]
                if product[s] == 0:
                    touched[reached] = s
                    reached += 1
                product[s] += idf[t] + np.float32(1e-9)
            else:
                for k in range(low[t], high[t]):
                    s = sentence_b[np.int64(content_b[k] & LOW32)]
                    if product[s] == 0:
                        touched[reached] = s
                        reached += 1
                    product[s] += idf[t] + np.float32(1e-9)
            t += 1
        for k in range(reached):
            s = touched[k]
            if product[s] > c.mark * math.sqrt(norm_a[row] * norm_b[s]):
                marked = grown(marked, size)
                marked[size] = s
                size += 1
            product[s] = 0
        offsets[row + 1] = size
    return offsets, marked[:size]


@kernel
def dots(
    sentence_a: Any,
    sentence_b: Any,
    content_b: Any,
    low: Any,
    high: Any,
    run_a: Any,
    run_b: Any,
    offsets: Any,
    marked: Any,
) -> Any:
    """The places (i, j) of equal content words in marked sentences, widened by one each way; in order."""
    count_a, count_b = offsets.shape[0] - 1, sentence_b[-1] + 1
    stamp = int32(count_b + 2, -1)
    di, dj = int32(256, 0), int32(256, 0)
    size, t = 0, 0
    for row in range(count_a):
        for k in range(offsets[max(row - 1, 0)], offsets[min(row + 2, count_a)]):
            stamp[marked[k]] = row
            stamp[marked[k] + 1] = row
            stamp[marked[k] + 2] = row
        while t < sentence_a.shape[0] and sentence_a[t] == row:
            if run_a[t] >= 0:
                if high[t] > low[t]:
                    di, dj = grown(di, size), grown(dj, size)
                    di[size], dj[size] = t, run_a[t]
                    size += 1
            else:
                for k in range(low[t], high[t]):
                    j = np.int32(content_b[k] & LOW32)
                    if run_b[j] < 0 and stamp[sentence_b[j] + 1] == row:
                        di, dj = grown(di, size), grown(dj, size)
                        di[size], dj[size] = t, j
                        size += 1
            t += 1
    return di[:size], dj[:size]


@kernel
def chain(di: Any, dj: Any, rarity_a: Any, rarity_b: Any, c: Any) -> Any:
    """Local alignments: of each dot its best score, the dot before it and the one that it began with.

    A dot continues an earlier one at the cost of the words skipped, the larger of the two sides'.
    """
    count = di.shape[0]
    score, peak = float32(count, 0), float32(count, 0)
    before, origin = int32(count, -1), int32(count, -1)
    cost_a, functions_a = _skip_costs(rarity_a, c)
    cost_b, functions_b = _skip_costs(rarity_b, c)
    for d in range(count):
        i, j = di[d], dj[d]
        rarity = rarity_a[i]
        best = np.float32(0)
        k, looked = d - 1, 0
        while k >= 0 and looked < c.look:
            gap = cost_a[i] - cost_a[di[k] + 1]
            if gap > c.drop:
                break
            if dj[k] < j and di[k] < i and origin[k] >= 0:
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
                    best = value
                    before[d] = k
                if gap == 0:
                    break
            k -= 1
            looked += 1
        if before[d] >= 0:
            origin[d] = origin[before[d]]
            peak[d] = peak[before[d]]
        elif rarity >= c.start:
            origin[d] = d
        score[d] = best + rarity
        peak[d] = max(score[d], peak[d])
    return score, before, origin


@kernel
def _skip_costs(rarity: Any, c: Any) -> Any:
    """Running cost of skipping content words, and running number of function words."""
    costs, functions = float64(rarity.shape[0] + 1, 0), int32(rarity.shape[0] + 1, 0)
    for t in range(rarity.shape[0]):
        costs[t + 1], functions[t + 1] = costs[t], functions[t]
        if rarity[t] > 0:
            costs[t + 1] += c.skip * (1 - c.skip_rare + c.skip_rare * rarity[t])
        else:
            functions[t + 1] += 1
    return costs, functions


@kernel
def best_chains(di: Any, dj: Any, score: Any, origin: Any, la: Any, lb: Any, c: Any) -> Any:
    """The last dots of the chains worth keeping: the best of each origin, not covered by better ones."""
    count = di.shape[0]
    end_of = int32(count, -1)
    for d in range(count):
        o = origin[d]
        if o >= 0 and (end_of[o] < 0 or score[d] > score[end_of[o]]):
            end_of[o] = d
    ends = 0
    for o in range(count):
        if end_of[o] >= 0 and score[end_of[o]] >= c.chain:
            ends += 1
    order, scratch = np.empty(ends, np.uint64), np.empty(ends, np.uint64)
    ends = 0
    for o in range(count):
        if end_of[o] >= 0 and score[end_of[o]] >= c.chain:
            order[ends] = (np.uint64(0xFFFFFFFF - np.int64(score[end_of[o]] * 256)) << B32) | np.uint64(
                end_of[o]
            )
            ends += 1
    sort_by_bytes(order, scratch, 4)
    covered_a, covered_b = int32(la, 0), int32(lb, 0)
    out, size = int32(ends, 0), 0
    for n in range(ends):
        end = np.int64(order[n] & LOW32)
        a0, a1, b0, b1 = di[origin[end]], di[end] + 1, dj[origin[end]], dj[end] + 1
        over_a, over_b = 0, 0
        for t in range(a0, a1):
            over_a += covered_a[t]
        for t in range(b0, b1):
            over_b += covered_b[t]
        if over_a > c.overlap * (a1 - a0) or over_b > c.overlap * (b1 - b0):
            continue
        for t in range(a0, a1):
            covered_a[t] = 1
        for t in range(b0, b1):
            covered_b[t] = 1
        out[size] = end
        size += 1
    return out[:size]
