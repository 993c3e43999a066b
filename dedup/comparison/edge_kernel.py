"""The kernel of the edges of a passage: where it begins and ends in both texts."""

from __future__ import annotations

from typing import Any

from dedup.arrays.ordered_kernel import lower_bound
from dedup.comparison.passage_kernel import consecutive
from dedup.comparison.sentence_kernel import end_of, first_of
from dedup.comparison.word_kernel import BEGIN, TIMES
from dedup.kernels import kernel

BEFORE, AFTER = 0, 1
NO_END = 2**31 - 1


@kernel
def free_around(begin: Any, end: Any, begins: Any, ends: Any, group_of: Any, group: Any, count: Any) -> Any:
    """The range of tokens about [begin, end) that none of `count` boxes of other groups is in.

    A box of the group -1 is in nobody's way.
    """
    low, high = 0, NO_END
    for k in range(count):
        if group_of[k] != group and group_of[k] >= 0:
            if ends[k] <= begin:
                low = max(low, ends[k])
            elif begins[k] >= end:
                high = min(high, begins[k])
    return low, high


@kernel
def sentence_before(begin: Any, sentence: Any, most: Any, low: Any) -> Any:
    """The first token of the sentence of token `begin` if little of it stands before that, else `begin`.

    So it is, too, if not all of that is from `low` on.
    """
    first, stop = first_of(sentence, begin), end_of(sentence, begin)
    return first if low <= first and begin - first <= most * (stop - first) else begin


@kernel
def sentence_after(end: Any, sentence: Any, most: Any, high: Any) -> Any:
    """The end of the sentence of token `end` - 1 if little of it stands after that, else `end`.

    So it is, too, if not all of that is before `high`.
    """
    first, stop = first_of(sentence, end - 1), end_of(sentence, end - 1)
    return stop if stop <= high and stop - end <= most * (stop - first) else end


@kernel
def _count(word: Any, columns: Any, place: Any, begin: Any, end: Any) -> Any:
    """How many of the tokens [begin, end) are this word; its places are in order."""
    low = columns[word - 1, BEGIN]
    high = low + columns[word - 1, TIMES]
    return lower_bound(place, low, high, end) - lower_bound(place, low, high, begin)


@kernel
def widened(
    way: Any, begin: Any, end: Any, side: Any, begin_other: Any, end_other: Any, other: Any, free: Any,
    c: Any,
) -> Any:  # fmt: skip
    """The edge of the span [begin, end) of one text, moved outwards as far as what is left over reaches.

    Left over are the words of the other text's span that nothing in this one matches: a rewrite that turned
    its sentences or words round has them just outside. The edge (`way`: BEFORE or AFTER) is moved to where
    the rarities of the words found there, less what the others cost, are most; a sentence's own edge is
    preferred, and it stays in the range `free`. `side` and `other` are the two texts as `edges` has them.
    Returns the edge and the words found.
    """
    sentence, word_of, rarity, word_in_other, columns, place = side
    columns_other, place_other = other[4], other[5]
    edge = begin if way == BEFORE else end
    found, best_found = 0, 0
    total, best = 0.0, c.widen
    t, step = (begin - 1, -1) if way == BEFORE else (end, 1)
    for _ in range(c.widen_words):
        if t < free[0] or t >= min(free[1], word_of.shape[0]):
            break
        word = word_of[t]
        if word == 0:
            total -= c.widen_function
        else:
            same, there = word_in_other[word], 0
            if same:
                there = _count(same, columns_other, place_other, begin_other, end_other)
            low, high = (t, end) if way == BEFORE else (begin, t + 1)
            if there > 0 and _count(word, columns, place, low, high) <= there:
                total += rarity[word]
                found += 1
            else:
                total -= c.widen_miss * (0.5 + 0.5 * rarity[word])
        at = t if way == BEFORE else t + 1
        whole = at == 0 or at == word_of.shape[0] or sentence[at] != sentence[at - 1]
        value = total + (c.widen_whole if whole else 0.0)
        if found > 0 and value > best:
            best, edge, best_found = value, at, found
        if total < best - c.widen_drop:
            break
        t += step
    return edge, best_found


@kernel
def edges(
    ma: Any, mb: Any, begin: Any, first_b: Any, last_b: Any, a: Any, b: Any, free_a: Any, free_b: Any, c: Any
) -> Any:
    """Spans of a passage of the matched words (ma, mb) from `begin` on, those of b in [first_b, last_b).

    An edge is sharp where equal words go on to the end of what is shared, as in a copy: it stays there. Where
    they thin out, as in a rewrite, a sentence that is nearly whole is taken whole, and the edge moves on to
    where words that the other side has left over end. `a` and `b` are of each text the sentences and the
    words of its tokens, and of its words the rarity, the other text's number, the columns and the places;
    `free_a` and `free_b` are the ranges that no other passage is in.
    Returns the spans of a and of b and how many words were found.
    """
    end = ma.shape[0]
    first_a, last_a, found = ma[begin], ma[end - 1] + 1, 0
    sharp_first, sharp_last = consecutive(ma, mb, begin, c.sharp), consecutive(ma, mb, end - c.sharp, c.sharp)
    free_first_b = not (sharp_first and first_b == mb[begin])
    free_last_b = not (sharp_last and last_b == mb[end - 1] + 1)
    if not sharp_first:
        first_a = sentence_before(first_a, a[0], c.missing, free_a[0])
    if free_first_b:
        first_b = sentence_before(first_b, b[0], c.missing, free_b[0])
    if not sharp_last:
        last_a = sentence_after(last_a, a[0], c.missing, free_a[1])
    if free_last_b:
        last_b = sentence_after(last_b, b[0], c.missing, free_b[1])
    for _ in range(2):
        before = found
        if free_first_b:
            first_b, more = widened(BEFORE, first_b, last_b, b, first_a, last_a, a, free_b, c)
            found += more
        if free_last_b:
            last_b, more = widened(AFTER, first_b, last_b, b, first_a, last_a, a, free_b, c)
            found += more
        if not sharp_first:
            first_a, more = widened(BEFORE, first_a, last_a, a, first_b, last_b, b, free_a, c)
            found += more
        if not sharp_last:
            last_a, more = widened(AFTER, first_a, last_a, a, first_b, last_b, b, free_a, c)
            found += more
        if found == before:
            break
    return first_a, last_a, first_b, last_b, found
