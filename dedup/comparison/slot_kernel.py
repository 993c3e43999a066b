"""The kernel of slots: where one wording holds other numbers and names on either side, as a form does."""

from __future__ import annotations

from typing import Any

from dedup.comparison.array_kernel import fill
from dedup.comparison.sentence_kernel import end_of, first_of
from dedup.comparison.structure_kernel import JOINED, NAME, NUMBER
from dedup.kernels import kernel

WIDTH, EDGE = 8, 20
"""Words that a slot has at most between matched words, and between a passage and the end of its sentence."""
NARROW = 3
"""Words of a slot in which other numbers are others though both texts have them elsewhere."""
ELSEWHERE, NEW, NAMED = 1, 2, 4
"""A number that the other text has elsewhere; a number and a name that it has nowhere."""
SEEN, SEEN_LAST, OTHER = 1, 2, 4
"""Flags of `touched`: a word was counted as a fact, as the last of a number, or as another in a place."""


@kernel
def _is_name(flags: Any, sentence: Any, t: Any) -> Any:
    """Whether a token is a name that does not begin its sentence."""
    return flags[t] & NAME > 0 and t > 0 and sentence[t] == sentence[t - 1]


@kernel
def _number_end(flags: Any, t: Any) -> Any:
    """The end of the number that token t is in."""
    t += 1
    while t < flags.shape[0] and flags[t] & JOINED:
        t += 1
    return t


@kernel
def _has(begin: Any, end: Any, word: Any, w: Any) -> Any:
    while begin < end and word[begin] != w:
        begin += 1
    return begin < end


@kernel
def _own(begin: Any, end: Any, side: Any, begin_other: Any, end_other: Any, word_other: Any) -> Any:
    """The facts of the tokens [begin, end) that the other slot has not: flags, and the word of the first."""
    flags, sentence, word, other = side
    found, first = 0, 0
    for t in range(begin, end):
        w = word[t]
        if w == 0:
            continue
        kind = 0
        if flags[t] & NUMBER:
            if other[w] == 0:
                kind = NEW
            elif not _has(begin_other, end_other, word_other, other[w]):
                kind = ELSEWHERE
        elif other[w] == 0 and _is_name(flags, sentence, t):
            kind = NAMED
        first = w if kind and not found else first
        found |= kind
    return found, first


@kernel
def slots(ga: Any, gb: Any, begin: Any, a: Any, b: Any, touched: Any) -> Any:
    """What the matched words (ga, gb) from `begin` on keep of the facts, and what has others in their place.

    Facts are numbers, and names that do not begin a sentence. A slot lies between matched words, or between
    them and the end of their sentence, in both texts; it has others if both have facts there that the other
    text has nowhere. `a` and `b` are of each text the flags, the sentences and the words of its tokens, and
    for each word the number that it has in the other text, or 0. `touched` is scratch, as long as b has
    distinct words. Returns the numbers and the names kept, and the slots with other numbers and with others;
    what comes again counts once.
    """
    flags_a, sentence_a, word_a, _ = a
    flags_b, sentence_b, word_b, other_b = b
    end = ga.shape[0]
    numbers, names, other_numbers, others = 0, 0, 0, 0
    fill(touched, other_b.shape[0], 0)
    for k in range(begin, end):
        w, x, y = word_b[gb[k]], ga[k], gb[k]
        if w == 0 or (flags_a[x] | flags_b[y]) & JOINED:
            continue
        if flags_a[x] & flags_b[y] & NUMBER:
            size = _number_end(flags_a, x) - x
            last = word_b[y + size - 1] if y + size <= word_b.shape[0] else 0
            if touched[w] & SEEN and touched[last] & SEEN_LAST:
                continue
            whole = (
                size == _number_end(flags_b, y) - y and k + size <= end and ga[k + size - 1] == x + size - 1
            )
            if not (whole and gb[k + size - 1] == y + size - 1):
                continue
            touched[last] |= SEEN_LAST
            numbers += 1
        elif _is_name(flags_a, sentence_a, x) and _is_name(flags_b, sentence_b, y) and not touched[w] & SEEN:
            names += 1
        else:
            continue
        touched[w] |= SEEN
    for k in range(begin - 1, end):
        low_a = ga[k] + 1 if k >= begin else first_of(sentence_a, ga[begin])
        high_a = ga[k + 1] if k + 1 < end else end_of(sentence_a, ga[k])
        low_b = gb[k] + 1 if k >= begin else first_of(sentence_b, gb[begin])
        high_b = gb[k + 1] if k + 1 < end else end_of(sentence_b, gb[k])
        most = WIDTH if begin <= k < end - 1 else EDGE
        if 0 < high_a - low_a <= most and 0 < high_b - low_b <= most:
            one, _ = _own(low_a, high_a, a, low_b, high_b, word_b)
            two, w = _own(low_b, high_b, b, low_a, high_a, word_a) if one else (0, 0)
            least = min(one, two)
            narrow = max(high_a - low_a, high_b - low_b) <= NARROW
            if (least >= NEW or (least > 0 and narrow)) and not touched[w] & OTHER:
                touched[w] |= OTHER
                other_numbers += not (one & two & NAMED)
                others += (one & two & NAMED) > 0
    return numbers, names, other_numbers, others


@kernel
def has_names(flags: Any) -> Any:
    """Whether capitals tell names in a text, of which there must be some."""
    t = 0
    while t < flags.shape[0] and not flags[t] & NAME:
        t += 1
    return t < flags.shape[0]
