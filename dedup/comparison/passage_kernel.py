"""The kernel of the passages: chains of matched words -> passages, split where quotations begin and end."""

from __future__ import annotations

from typing import Any

import numpy as np

from dedup.arrays.union_kernel import root
from dedup.comparison.array_kernel import B32, LOW32, int32, sort_by_bytes, uint8
from dedup.comparison.structure_kernel import QUOTED
from dedup.kernels import kernel


@kernel
def _are_free(taken_i: Any, taken_j: Any, partner_i: Any, partner_j: Any, j: Any) -> Any:
    """Whether word j of b may be matched: neither word is taken, nor in an exact run with another.

    It is given numbers, for each array that is handed on is counted, which takes longer than the question.
    """
    return not (taken_i or taken_j or (partner_i != j and (partner_i >= 0 or partner_j >= 0)))


@kernel
def matched_words(
    end: Any, di: Any, dj: Any, before: Any, stem_a: Any, stem_b: Any, run_a: Any, run_b: Any,
    taken_a: Any, taken_b: Any, path: Any, ma: Any, mb: Any, size: Any,
) -> Any:  # fmt: skip
    """Append to (ma, mb) the matched words of a chain: its dots, and equal words next to and between them.

    Before the first dot and after the last one, words that are taken end it: they are of another chain, and
    of a long run of frequent words each of many chains would be followed to its ends. `path` is room for the
    chain's dots. Returns the new size.
    """
    length, d = 0, end
    while d >= 0:
        path[length] = d
        length += 1
        d = before[d]
    next_i, next_j = 0, 0
    i, j = di[path[length - 1]], dj[path[length - 1]]
    low = 0
    while i > low and j > low and stem_a[i - low - 1] == stem_b[j - low - 1]:
        if taken_a[i - low - 1] or taken_b[j - low - 1]:
            break
        low += 1
    for n in range(length - 1, -2, -1):
        # Equal words up to the dot that follows, from the one before it onwards, then from the dot backwards.
        if n >= 0:
            next_i, next_j = di[path[n]], dj[path[n]]
        else:
            next_i, next_j = stem_a.shape[0], stem_b.shape[0]
        if n == length - 1:
            i, j = next_i - low, next_j - low
        while i < next_i and j < next_j and stem_a[i] == stem_b[j]:
            if n < 0 and (taken_a[i] or taken_b[j]):
                break
            if _are_free(taken_a[i], taken_b[j], run_a[i], run_b[j], j):
                ma[size], mb[size], taken_a[i], taken_b[j] = i, j, 1, 1
                size += 1
            i += 1
            j += 1
        if n < 0:
            break
        low = 0
        while next_i - low > i and next_j - low > j and stem_a[next_i - low - 1] == stem_b[next_j - low - 1]:
            low += 1
        # What is left between is short: match each word of a with the first equal one of b.
        for t in range(i, next_i - low):
            for u in range(j, next_j - low):
                if stem_a[t] == stem_b[u]:
                    if _are_free(taken_a[t], taken_b[u], run_a[t], run_b[u], u):
                        ma[size], mb[size], taken_a[t], taken_b[u] = t, u, 1, 1
                        size += 1
                    j = u + 1
                    break
        for k in range(low, -1, -1):
            i, j = next_i - k, next_j - k
            if _are_free(taken_a[i], taken_b[j], run_a[i], run_b[j], j):
                ma[size], mb[size], taken_a[i], taken_b[j] = i, j, 1, 1
                size += 1
        i, j = next_i + 1, next_j + 1
        low = 0
    return size


@kernel
def longest_run(ma: Any, mb: Any, n: Any) -> Any:
    """How many of the first n matched words stand in a row in both texts, at most."""
    run, longest = 0, 0
    for k in range(n):
        run = run + 1 if k > 0 and ma[k] == ma[k - 1] + 1 and mb[k] == mb[k - 1] + 1 else 1
        longest = max(longest, run)
    return longest


@kernel
def tight(ma: Any, mb: Any, begin: Any, stop: Any, rarity: Any, c: Any, out: Any) -> None:
    """Flag in `out` the words of the chain [begin, stop) that stand close: its best runs by Kadane's rule."""
    start = begin
    for k in range(begin, stop):
        out[k] = 0
    while start < stop:
        total, best = 0.0, 0.0
        first = best_first = best_last = start
        k = start
        while True:
            if total <= 0:
                total, first = 0.0, k
            total += max(rarity[ma[k]], c.least_rarity)
            if total > best:
                best, best_first, best_last = total, first, k
            k += 1
            if k == stop:
                break
            skipped = max(ma[k] - ma[k - 1], mb[k] - mb[k - 1]) - 1
            if skipped > c.tight_split:
                break
            total -= c.tight_gap * skipped
        if best >= c.tight_score and best_last - best_first + 1 >= c.tight_words:
            for n in range(best_first, best_last + 1):
                out[n] = 1
        start = k


@kernel
def join_near(a0: Any, a1: Any, b0: Any, b1: Any, upto: Any, score: Any, c: Any) -> Any:
    """The group (its first member's number) of each chain's box, and the next member after each, or -1.

    Boxes that are near each other on both sides belong together, in whatever order: their words were moved
    about. So do strong ones that follow each other closely on one side alone: there the other is condensed.
    But sentences that were taken as they are, and put in another order, are passages of their own. Chain k
    has `upto[k + 1] - upto[k]` words.
    """
    count = a0.shape[0]
    parent = int32(count, 0)
    order, scratch = np.empty(count, np.uint64), np.empty(count, np.uint64)
    verbatim = uint8(count, 0)
    for k in range(count):
        parent[k] = k
        words = upto[k + 1] - upto[k]
        verbatim[k] = words >= c.passage_run and words == a1[k] - a0[k] == b1[k] - b0[k]
    for _ in range(2):
        for k in range(count):
            order[k] = (np.uint64(a0[k]) << B32) | np.uint64(k)
        sort_by_bytes(order, scratch, 4)
        for m in range(count):
            x = np.int64(order[m] & LOW32)
            for n in range(m + 1, count):
                y = np.int64(order[n] & LOW32)
                apart = a0[y] - a1[x]
                if apart > c.near:
                    break
                across = max(b0[y] - b1[x], b0[x] - b1[y])
                if verbatim[x] and verbatim[y] and b0[x] >= b1[y]:
                    continue
                strong = (
                    min(score[x], score[y]) >= c.beside_score and max(score[x], score[y]) <= c.beside_most
                )
                if across <= c.near or (apart <= c.beside and across <= c.far and strong):
                    u, v = root(parent, x), root(parent, y)
                    parent[max(u, v)] = min(u, v)
        a0, a1, b0, b1 = b0, b1, a0, a1
    last, following = int32(count, -1), int32(count, -1)
    for k in range(count):
        group = root(parent, k)
        parent[k] = group
        if last[group] >= 0:
            following[last[group]] = k
        last[group] = k
    return parent, following


@kernel
def _skips(ma: Any, mb: Any, begin: Any, end: Any) -> Any:
    """How often the matched words [begin, end) do not follow each other in both texts."""
    count = 0
    for k in range(max(begin, 0) + 1, min(end, ma.shape[0])):
        count += ma[k] != ma[k - 1] + 1 or mb[k] != mb[k - 1] + 1
    return count


@kernel
def _is_whole(flags: Any, first: Any, last: Any) -> Any:
    """Whether the quotation that these tokens stand in begins with the first and ends with the last."""
    if first > 0 and flags[first - 1] & QUOTED:
        return False
    return last + 1 >= flags.shape[0] or not flags[last + 1] & QUOTED


@kernel
def _without_short(cuts: Any, kinds: Any, parts: Any, least: Any) -> Any:
    """Make one part of a short quotation and what stands on both its sides; the number of parts left."""
    kept = 1
    for part in range(1, parts):
        short = cuts[part + 1] - cuts[part] < least
        if part + 1 < parts and kinds[part] and short and not kinds[kept - 1]:
            continue
        if kinds[part] != kinds[kept - 1]:
            cuts[kept], kinds[kept] = cuts[part], kinds[part]
            kept += 1
    return kept


@kernel
def split_at_quotations(ma: Any, mb: Any, flags_a: Any, flags_b: Any, c: Any, cuts: Any, kinds: Any) -> Any:
    """Where matched words, in order of a, pass into and out of quotations: the number of parts.

    Fills `cuts` (parts + 1) and `kinds` (whether each is quoted). A quotation here is quoted whole on both
    sides and repeats the words as they are. A passage that runs through all the borders of its quotations
    word for word was copied together with them: it stays whole, unless nearly all of it is quoted.
    """
    n = ma.shape[0]
    parts, inside, loose, k = 1, 0, 0, 0
    cuts[0], kinds[0] = 0, 0
    while k < n:
        quoted = flags_a[ma[k]] & flags_b[mb[k]] & QUOTED
        end = k
        while end < n and flags_a[ma[end]] & flags_b[mb[end]] & QUOTED == quoted:
            end += 1
        enough = end - k >= c.quoted_words
        if quoted:
            enough = (
                enough and _skips(ma, mb, k, end) * c.quoted_words <= end - k
                and _is_whole(flags_a, ma[k], ma[end - 1]) and _is_whole(flags_b, mb[k], mb[end - 1])
            )  # fmt: skip
            inside += end - k
            loose += enough and (_skips(ma, mb, k - 2, k + 2) > 0 or _skips(ma, mb, end - 2, end + 2) > 0)
        if enough and kinds[parts - 1] != quoted:
            if k < c.quoted_words and parts == 1:
                kinds[0] = quoted  # a few words before the first change belong to what follows
            else:
                cuts[parts], kinds[parts] = k, quoted
                parts += 1
        k = end
    cuts[parts] = n
    parts = _without_short(cuts, kinds, parts, c.quoted_inside)
    if loose == 0 or inside < c.quoted_share * n:
        parts, kinds[0] = 1, 0
    few = inside >= c.quoted_inside and n - inside <= c.quoted_words  # who said it, as a rule
    if few or inside >= c.quoted_whole * n:
        parts, kinds[0] = 1, QUOTED
    cuts[parts] = n
    return parts


@kernel
def consecutive(ma: Any, mb: Any, begin: Any, words: Any) -> Any:
    """Whether `words` matched words from `begin` on follow each other in both texts."""
    if begin < 0 or begin + words > ma.shape[0]:
        return False
    for k in range(begin + 1, begin + words):
        if ma[k] != ma[k - 1] + 1 or mb[k] != mb[k - 1] + 1:
            return False
    return True


@kernel
def trim(ma: Any, mb: Any, begin: Any, end: Any, sentence_a: Any, sentence_b: Any, least: Any, c: Any) -> Any:
    """Take from both ends of the matched words [begin, end) the sentences with fewer than `least` of them.

    And those with a few that stand far apart, beside words in a row: what was copied ends where that ends.
    """
    for side in range(2):
        m = mb if side else ma
        sentence = sentence_b if side else sentence_a
        while begin < end:
            k = begin
            while k < end and sentence[m[k]] == sentence[m[begin]]:
                k += 1
            tokens = ma[k] - ma[begin] + mb[k] - mb[begin] if k < end else 0
            sharp = k + c.sharp <= end and consecutive(ma, mb, k, c.sharp)
            apart = sharp and 2 * (k - begin) < c.trim_apart * tokens
            if k == end or k - begin >= (c.trim_few if apart else least):
                break
            begin = k
        while begin < end:
            k = end
            while k > begin and sentence[m[k - 1]] == sentence[m[end - 1]]:
                k -= 1
            tokens = ma[end - 1] - ma[k - 1] + mb[end - 1] - mb[k - 1] if k > begin else 0
            sharp = k - c.sharp >= begin and consecutive(ma, mb, k - c.sharp, c.sharp)
            apart = sharp and 2 * (end - k) < c.trim_apart * tokens
            if k == begin or end - k >= (c.trim_few if apart else least):
                break
            end = k
    return begin, end


@kernel
def to_marks(ma: Any, mb: Any, begin: Any, end: Any, flags_a: Any, flags_b: Any) -> Any:
    """The matched words [begin, end) without those at the ends that are not quoted on both sides."""
    while begin < end and not flags_a[ma[begin]] & flags_b[mb[begin]] & QUOTED:
        begin += 1
    while begin < end and not flags_a[ma[end - 1]] & flags_b[mb[end - 1]] & QUOTED:
        end -= 1
    return begin, end


@kernel
def rests_on_few(words_a: Any, other: Any, words_b: Any, seen: Any, c: Any) -> Any:
    """Whether the words that a passage's two sides share are few, said again and again among others.

    So it is where two texts, otherwise apart, name one thing at every turn. `words_a` and `words_b` are the
    numbers of its words, `other` the number that a word of a has in b; `seen` is scratch.
    """
    for k in range(words_a.shape[0]):
        seen[other[words_a[k]]] = 0
    for k in range(words_b.shape[0]):
        seen[words_b[k]] = 1
    seen[0] = 0
    distinct = 0
    for k in range(words_a.shape[0]):
        w = other[words_a[k]]
        distinct += seen[w]
        seen[w] = 0
    return distinct * distinct * 2 < c.substance * (words_a.shape[0] + words_b.shape[0])
