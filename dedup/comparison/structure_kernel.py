"""The kernel of a text's structure: sentences and quotations, found in what stands between the tokens.

Neither letter case, nor the kind of quotation marks, nor line breaks decide where a sentence ends. Line
breaks tell where a quotation ends only when its own marks do not.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dedup.comparison.array_kernel import int32, uint8
from dedup.comparison.character_kernel import (
    AFTER,
    BEFORE,
    BREAK,
    CLOSE,
    DOUBLE,
    ENDS,
    LINE,
    OPEN,
    PAUSE,
    SINGLE,
    SPACE,
    TERMINATES,
    TWICE,
    character,
)
from dedup.comparison.sentence_kernel import end_of
from dedup.kernels import kernel

QUOTED = 1
"""Flag of a token inside quotation marks."""
NUMBER = 2
"""Flag of a token that holds a digit."""
FURNITURE = 4
"""Flag of a token of the page and not of the article: it does not count if both sides have it so."""
BOILERPLATE = 8
"""Flag of a token of a line that its source repeats: it never counts."""
NAME = 16
"""Flag of a capitalised token, but for texts in German, which has its nouns so; numbers have none."""
BROKEN, ENDING, PARTED, BLANK = 1, 2, 4, 8
"""What may stand between two tokens: a line break, the end of a sentence, other marks, a blank line."""
IN_NUMBERS = (0x2C, 0x2D, 0x2E, 0x2F, 0x3A)
"""The code points that stand inside of numbers: , - . / :"""
JOINED = 32
"""Flag of a token that is one number with the token before it: in 7.5, 10,000 and 20:15 the second."""

EITHER = 0
DOUBTFUL = 256

DASH, ENDED, LINED = 1, 2, 4
"""A dash apart from the word before it; after the end of a sentence; at the start of a line."""
SPOKEN = 5
"""Words between two dashes from which they may be speech."""

# How long a quotation may be before its opening mark counts as stray, in tokens.
LONGEST_DOUBLE, LONGEST_SINGLE = 400, 160
LONGEST_SENTENCE, SHORTEST_SENTENCE = 60, 3
STRETCH = 64
"""Code points among which digits are counted before they are looked for: without branches, many at a time."""


@kernel
def _abbreviates(codes: Any, begin: Any, end: Any) -> Any:
    """Whether a full stop after this token belongs to an abbreviation: a letter, or no vowel (Mr, Dr)."""
    if end - begin > 3:
        return False
    for at in range(begin, end):
        code = codes[at] | np.uint32(32)
        if not 97 <= code <= 122:
            return False
        if end - begin > 1 and code in (97, 101, 105, 111, 117, 121):
            return False
    return True


@kernel
def has_digit(codes: Any) -> Any:
    """Whether 0 to 9 are among code points (uint32)."""
    digits = np.uint32(0)
    for k in range(np.uint64(codes.shape[0])):
        digits |= np.uint32(np.uint32(codes[k] - np.uint32(48)) < np.uint32(10))
    return digits


@kernel
def structure(codes: Any, starts: Any, base: Any, first: Any, last: Any) -> Any:
    """Sentences and quotations of n texts of code points.

    `base` (n + 1) are the offsets of each text's tokens in `first` and `last`, their half-open ranges of code
    points. Returns per token the number of its sentence in its text (int32) and its flags (uint8); and what
    stands before each token of a text and after its last (uint8): of text i from base[i] + i on.
    """
    sentence = np.empty(first.shape[0], np.int32)
    flags = np.empty(first.shape[0], np.uint8)
    gaps = uint8(first.shape[0] + base.shape[0] - 1, 0)
    for text in range(base.shape[0] - 1):
        low, high = base[text], base[text + 1]
        if low < high:
            own = codes[starts[text] : starts[text + 1]]
            _structure_one(
                own, first[low:high], last[low:high], sentence[low:high], flags[low:high],
                gaps[low + text : high + text + 1],
            )  # fmt: skip
    return sentence, flags, gaps


@kernel
def _structure_one(codes: Any, first: Any, last: Any, sentence: Any, flags: Any, gaps: Any) -> None:
    tokens = first.shape[0]
    length = codes.shape[0]
    paragraph = int32(tokens + 1, 0)  # at first whether a paragraph begins here
    marks = 0
    mark = np.empty((2, length + 1), np.int32)
    mark_token, mark_kind = mark[0], mark[1]
    dashes = 0
    dash = np.empty((2, length + tokens + 1), np.int32)
    dash_token, dash_kind = dash[0], dash[1]
    number, count = 0, 0
    for t in range(tokens + 1):
        low = last[t - 1] if t > 0 else 0
        high = first[t] if t < tokens else length
        pending, ended, lines, gap = False, False, 0, 0
        at = low
        if high - low == 1 and codes[low] == np.uint32(0x20):
            at = high  # as between most words
        while at < high:
            code = codes[at]
            what = character(code)
            lines += (what & LINE) > 0
            if what & BREAK:
                if not gap & BROKEN or code == 10:  # the two of Windows are one
                    gap |= BLANK if gap & BROKEN else BROKEN
            elif what & (TERMINATES | ENDS):
                gap |= ENDING
            elif what & PAUSE:
                gap |= PARTED
            size = 1
            if what & TWICE and at + 1 < length and codes[at + 1] == code:
                size, what = 2, DOUBLE
            if not what & (DOUBLE | SINGLE):
                if what & ENDS:
                    ended = True
                elif what & TERMINATES:
                    dot = (
                        code == 0x2E
                        and at == low
                        and t > 0
                        and _abbreviates(codes, first[t - 1], last[t - 1])
                    )
                    pending = pending or not dot
                elif pending and what & SPACE:
                    ended = True
                if (code == 0x2D or 0x2012 <= code <= 0x2015) and (at > low or t == 0) and t < tokens:
                    dash_token[dashes] = t
                    dash_kind[dashes] = (
                        DASH
                        | (ENDED if ended or lines >= 2 or t == 0 else 0)
                        | (LINED if lines or t == 0 else 0)
                    )
                    dashes += 1
                at += 1
                continue
            previous = np.uint32(32)
            back = at - 1
            while back >= 0:
                if not character(codes[back]) & (DOUBLE | SINGLE):
                    previous = codes[back]
                    break
                back -= 1
                if at - back > 4:
                    break
            ahead = at + size
            following = np.uint32(32)
            while ahead < length:
                if not character(codes[ahead]) & (DOUBLE | SINGLE):
                    following = codes[ahead]
                    break
                ahead += 1
                if ahead - at > 5:
                    break
            way = what & (OPEN | CLOSE)
            opens, closes = character(previous) & BEFORE, character(following) & AFTER
            if opens and not closes:
                way = OPEN
            elif closes and not opens:
                way = CLOSE
            # A double mark after a digit may stand for inches; a single one after a letter for the genitive,
            # and before a digit for a left-out century.
            doubtful = 48 <= previous <= 57 if way == CLOSE else 48 <= following <= 57
            if what & SINGLE and way == CLOSE:
                doubtful = (previous | np.uint32(32)) == 115 and character(following) & SPACE > 0
            at += size
            if way == EITHER and code in (0x3C, 0x3E):
                continue  # an arrow
            mark_token[marks] = t
            mark_kind[marks] = what & (DOUBLE | SINGLE) | way | (DOUBTFUL if doubtful else 0)
            marks += 1
        gaps[t] = gap
        paragraph[t] = lines >= 2
        if lines and (dashes == 0 or dash_token[dashes - 1] != t):
            dash_token[dashes], dash_kind[dashes] = t, LINED
            dashes += 1
        if t == tokens:
            break
        if (ended and count >= SHORTEST_SENTENCE) or count >= LONGEST_SENTENCE:
            number += 1
            count = 0
        sentence[t] = number
        flags[t] = 0
        count += 1
    t = 0
    for begin in range(0, length, STRETCH):
        stretch = codes[begin : begin + STRETCH]
        for at in range(begin, begin + (stretch.shape[0] if has_digit(stretch) else 0)):
            if 48 <= codes[at] <= 57:
                while t < tokens and last[t] <= at:
                    t += 1
                if t < tokens and first[t] <= at:
                    flags[t] |= NUMBER
    for t in range(1, tokens):
        beside = flags[t] & flags[t - 1] & NUMBER and first[t] == last[t - 1] + 1
        if beside and codes[last[t - 1]] in IN_NUMBERS:
            flags[t] |= JOINED
    # From here on: the first token of the next paragraph.
    following_paragraph = tokens
    for t in range(tokens, -1, -1):
        opens = paragraph[t]
        paragraph[t] = following_paragraph
        if opens:
            following_paragraph = t
    _quote_double(sentence, paragraph, mark_token[:marks], mark_kind[:marks], flags)
    _quote_single(paragraph, mark_token[:marks], mark_kind[:marks], flags)
    _quote_dashed(tokens, dash_token[:dashes], dash_kind[:dashes], flags)


@kernel
def _fill(flags: Any, begin: Any, end: Any) -> None:
    for t in range(begin, end):
        flags[t] |= QUOTED


@kernel
def _quote_double(sentence: Any, paragraph: Any, token: Any, kind: Any, flags: Any) -> None:
    """Flag what stands between double marks.

    A quotation may open anew at each paragraph or sentence and close once. One that nothing closes ends with
    its paragraph if another opens after that, else with its sentence; a mark that closes what nothing opened
    takes its sentence from the start.
    """
    tokens = sentence.shape[0]
    begin, latest, closed = -1, -1, 0
    for m in range(token.shape[0]):
        if not kind[m] & DOUBLE:
            continue
        t, way = token[m], kind[m] & (OPEN | CLOSE)
        if way == EITHER:
            way = CLOSE if begin >= 0 else OPEN
        if begin >= 0 and paragraph[latest] < t:
            # The paragraph went by without a mark that opens anew.
            _fill(flags, begin, paragraph[latest])
            closed = paragraph[latest]
            begin = -1
        if way == OPEN:
            if t == tokens:
                continue
            if begin < 0:
                begin = t
            elif t - latest > LONGEST_DOUBLE or (sentence[t - 1] == sentence[t] and paragraph[latest] != t):
                _fill(flags, begin, min(t, end_of(sentence, latest)))
                begin = t
            latest = t
        elif begin >= 0:
            if t - latest > LONGEST_DOUBLE:
                t = min(t, end_of(sentence, latest))
            _fill(flags, begin, t)
            begin, closed = -1, t
        elif t > closed and not kind[m] & DOUBTFUL:
            start = t - 1
            while start > closed and sentence[start - 1] == sentence[t - 1]:
                start -= 1
            _fill(flags, start, t)
            closed = t
    if begin >= 0:
        _fill(flags, begin, min(paragraph[latest], end_of(sentence, latest)))


@kernel
def _quote_single(paragraph: Any, token: Any, kind: Any, flags: Any) -> None:
    """Flag what stands between single marks that both open and close within a paragraph.

    Only what opens anew at the start of the next paragraph may close there.
    """
    begin, fallback = -1, -1
    for m in range(token.shape[0] + 1):
        done = m == token.shape[0]
        if not done and not kind[m] & SINGLE:
            continue
        t = paragraph.shape[0] if done else token[m]
        way = EITHER if done else kind[m] & (OPEN | CLOSE)
        if begin >= 0 and way == OPEN and paragraph[begin] == t and not kind[m] & DOUBTFUL:
            _fill(flags, begin, t)
            begin, fallback = t, -1
            continue
        if begin >= 0 and (done or t - begin > LONGEST_SINGLE or paragraph[begin] < t or way == OPEN):
            if fallback > begin:
                _fill(flags, begin, fallback)
            begin = fallback = -1
        if done:
            break
        if way == OPEN and t < paragraph.shape[0] - 1:
            begin = -1 if kind[m] & DOUBTFUL else t
        elif way == CLOSE and begin >= 0:
            if kind[m] & DOUBTFUL:
                fallback = t
            else:
                _fill(flags, begin, t)
                begin = fallback = -1


@kernel
def _quote_dashed(tokens: Any, token: Any, kind: Any, flags: Any) -> None:
    """Flag what is spoken between dashes, of which the first begins a line, as Polish papers have it.

    In "- Spoken - said the mayor. - Spoken.", a dash in what is spoken ends it, and one after the end of a
    sentence opens it again. What no dash ends, in its line, is an item of a list.
    """
    begin, spoken = -1, False
    for m in range(token.shape[0]):
        t = token[m]
        if kind[m] & LINED:
            if begin >= 0 and spoken:
                _fill(flags, begin, t)
            begin, spoken = -1, False
            if kind[m] & DASH and kind[m] & ENDED:
                begin = t
        elif begin >= 0:
            if t - begin >= SPOKEN:
                _fill(flags, begin, t)
                spoken = True
            begin = -1
        elif spoken and kind[m] & ENDED:
            begin = t
    if begin >= 0 and spoken:
        _fill(flags, begin, tokens)
