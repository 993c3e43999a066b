"""The kernel of a text's structure: sentences and quotations, found in what stands between the tokens.

Neither letter case, nor the kind of quotation marks, nor line breaks decide where a sentence ends. Line
breaks tell where a quotation ends only when its own marks do not.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dedup.comparison.array_kernel import grown, int32
from dedup.kernels import kernel

QUOTED = 1
"""Flag of a token inside quotation marks."""
NUMBER = 2
"""Flag of a token that holds a digit."""
FURNITURE = 4
"""Flag of a token that does not count: it belongs to the page or to its source, not to the article."""

OPEN, CLOSE, EITHER = 1, 2, 0
DOUBLE, SINGLE = 1, 2
DOUBTFUL = 16

# How long a quotation may be before its opening mark counts as stray, in tokens.
LONGEST_DOUBLE, LONGEST_SINGLE = 400, 80
LONGEST_SENTENCE, SHORTEST_SENTENCE = 60, 3


@kernel
def _is_space(code: Any) -> Any:
    return (
        9 <= code <= 13
        or code in (0x20, 0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000)
        or 0x2000 <= code <= 0x200B
    )


@kernel
def is_terminator(code: Any) -> Any:
    """1 for what ends a sentence before white space, 2 for what ends it anywhere, 0 for the rest."""
    if code in (0x21, 0x2E, 0x3F, 0x2026, 0x203C, 0x203D, 0x2047, 0x2048, 0x2049, 0x589):
        return 1
    if code < 0x589:
        return 0
    if code in (0x61F, 0x6D4, 0x964, 0x965, 0x104A, 0x104B, 0x1362, 0x1367, 0x1368, 0x166E, 0x17D4, 0x17D5):
        return 2
    if code in (0x1803, 0x1809, 0xF0D, 0xF0E, 0x3002, 0xFE52, 0xFF01, 0xFF0E, 0xFF1F, 0xFF61):
        return 2
    return 0


@kernel
def _quotation_mark(code: Any, following: Any) -> Any:
    """The kind of mark that a code point is, or 0, and which way it points; two single marks are a double."""
    if code in (0x22, 0xFF02):
        return DOUBLE, EITHER
    if code in (0x27, 0x60, 0xB4, 0xFF07, 0x2032, 0x2018, 0x2019, 0x201B) and following == code:
        return DOUBLE, EITHER
    if code in (0x27, 0xFF07):
        return SINGLE, EITHER
    if code in (0x60, 0x2018, 0x201A, 0x201B, 0x2039):
        return SINGLE, OPEN
    if code in (0xB4, 0x2019, 0x203A):
        return SINGLE, CLOSE
    if code in (0xAB, 0x201C, 0x201E, 0x201F, 0x300C, 0x300E, 0x301D, 0x2E42):
        return DOUBLE, OPEN
    if code in (0xBB, 0x201D, 0x300D, 0x300F, 0x301E, 0x301F):
        return DOUBLE, CLOSE
    return 0, EITHER


@kernel
def _before(code: Any) -> Any:
    """Whether a mark after `code` may open a quotation."""
    return (
        _is_space(code)
        or code in (0x28, 0x5B, 0x7B, 0x2D, 0x2F, 0x3A, 0x3E, 0x5F, 0x2A, 0x300C, 0xFF08, 0xFF1A)
        or 0x2010 <= code <= 0x2015
    )


@kernel
def _after(code: Any) -> Any:
    """Whether a mark before `code` may close a quotation."""
    return (
        _is_space(code)
        or code
        in (0x21, 0x29, 0x2C, 0x2D, 0x2E, 0x2F, 0x3A, 0x3B, 0x3F, 0x5D, 0x7D, 0x2026, 0x3C, 0x5F, 0x2A)
        or code in (0x60C, 0x61B, 0x61F, 0x6D4, 0x3001, 0x3002, 0xFF01, 0xFF09, 0xFF0C, 0xFF1F)
        or 0x2010 <= code <= 0x2015
    )


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
def structure(codes: Any, starts: Any, base: Any, first: Any, last: Any) -> Any:
    """Sentences and quotations of n texts of code points.

    `base` (n + 1) are the offsets of each text's tokens in `first` and `last`, their half-open ranges of code
    points. Returns per token the number of its sentence in its text (int32) and its flags (uint8).
    """
    sentence = np.empty(first.shape[0], np.int32)
    flags = np.empty(first.shape[0], np.uint8)
    for text in range(base.shape[0] - 1):
        low, high = base[text], base[text + 1]
        if low < high:
            own = codes[starts[text] : starts[text + 1]]
            _structure_one(own, first[low:high], last[low:high], sentence[low:high], flags[low:high])
    return sentence, flags


@kernel
def _structure_one(codes: Any, first: Any, last: Any, sentence: Any, flags: Any) -> None:
    tokens = first.shape[0]
    length = codes.shape[0]
    paragraph = int32(tokens + 1, 0)  # at first whether a paragraph begins here
    marks = 0
    mark_token, mark_kind = int32(64, 0), int32(64, 0)
    number, count = 0, 0
    for t in range(tokens + 1):
        low = last[t - 1] if t > 0 else 0
        high = first[t] if t < tokens else length
        pending, ended, lines = False, False, 0
        at = low
        while at < high:
            code = codes[at]
            if code in (10, 0x2029):
                lines += 1
            following = codes[at + 1] if at + 1 < length else np.uint32(0)
            kind, way = _quotation_mark(code, following)
            ends = is_terminator(code)
            if kind == 0:
                if ends == 2:
                    ended = True
                elif ends == 1:
                    dot = (
                        code == 0x2E
                        and at == low
                        and t > 0
                        and _abbreviates(codes, first[t - 1], last[t - 1])
                    )
                    pending = pending or not dot
                elif pending and _is_space(code):
                    ended = True
                at += 1
                continue
            size = 1
            if kind == DOUBLE and code in (0x27, 0x60, 0xB4, 0xFF07, 0x2032, 0x2018, 0x2019, 0x201B):
                size = 2
            previous = np.uint32(32)
            back = at - 1
            while back >= 0:
                if _quotation_mark(codes[back], np.uint32(0))[0] == 0:
                    previous = codes[back]
                    break
                back -= 1
                if at - back > 4:
                    break
            ahead = at + size
            following = np.uint32(32)
            while ahead < length:
                if _quotation_mark(codes[ahead], np.uint32(0))[0] == 0:
                    following = codes[ahead]
                    break
                ahead += 1
                if ahead - at > 5:
                    break
            opens, closes = _before(previous), _after(following)
            if opens and not closes:
                way = OPEN
            elif closes and not opens:
                way = CLOSE
            # A double mark after a digit may stand for inches; a single one after a letter for the genitive,
            # and before a digit for a left-out century.
            doubtful = 48 <= previous <= 57 if way == CLOSE else 48 <= following <= 57
            if kind == SINGLE and way == CLOSE:
                doubtful = (previous | np.uint32(32)) == 115 and _is_space(following)
            mark_token, mark_kind = grown(mark_token, marks), grown(mark_kind, marks)
            mark_token[marks] = t
            mark_kind[marks] = kind | way << 2 | (DOUBTFUL if doubtful else 0)
            marks += 1
            at += size
        paragraph[t] = lines >= 2
        if t == tokens:
            break
        if (ended and count >= SHORTEST_SENTENCE) or count >= LONGEST_SENTENCE:
            number += 1
            count = 0
        sentence[t] = number
        flags[t] = 0
        count += 1
        for at in range(first[t], last[t]):
            if 48 <= codes[at] <= 57:
                flags[t] |= NUMBER
                break
    # From here on: the first token of the next paragraph.
    following_paragraph = tokens
    for t in range(tokens, -1, -1):
        opens = paragraph[t]
        paragraph[t] = following_paragraph
        if opens:
            following_paragraph = t
    _quote_double(sentence, paragraph, mark_token[:marks], mark_kind[:marks], flags)
    _quote_single(paragraph, mark_token[:marks], mark_kind[:marks], flags)


@kernel
def _sentence_end(sentence: Any, t: Any) -> Any:
    end = t
    while end < sentence.shape[0] and sentence[end] == sentence[t]:
        end += 1
    return end


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
        if kind[m] & 3 != DOUBLE:
            continue
        t, way = token[m], (kind[m] >> 2) & 3
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
                _fill(flags, begin, min(t, _sentence_end(sentence, latest)))
                begin = t
            latest = t
        elif begin >= 0:
            if t - latest > LONGEST_DOUBLE:
                t = min(t, _sentence_end(sentence, latest))
            _fill(flags, begin, t)
            begin, closed = -1, t
        elif t > closed and not kind[m] & DOUBTFUL:
            start = t - 1
            while start > closed and sentence[start - 1] == sentence[t - 1]:
                start -= 1
            _fill(flags, start, t)
            closed = t
    if begin >= 0:
        _fill(flags, begin, min(paragraph[latest], _sentence_end(sentence, latest)))


@kernel
def _quote_single(paragraph: Any, token: Any, kind: Any, flags: Any) -> None:
    """Flag what stands between single marks that both open and close within a paragraph."""
    begin, fallback = -1, -1
    for m in range(token.shape[0] + 1):
        done = m == token.shape[0]
        if not done and kind[m] & 3 != SINGLE:
            continue
        t = paragraph.shape[0] if done else token[m]
        way = EITHER if done else (kind[m] >> 2) & 3
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
