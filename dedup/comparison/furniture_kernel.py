"""The kernel of page furniture: which words of a text belong to its page and not to its article; and names.

It looks at one text alone: at the words that address a reader of the page, at short lines before and after
the body, at lists of capitalised words, and at lines that are printed twice in a row.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dedup.comparison.array_kernel import int32, uint8
from dedup.comparison.character_kernel import CAPITAL, character
from dedup.comparison.structure_kernel import BLANK, BROKEN, ENDING, FURNITURE, NAME, NUMBER, PARTED, QUOTED
from dedup.kernels import kernel
from dedup.sketch.stem_kernel import FUNCTION

PAGE, ADDRESS, LEGAL, GERMAN = 1, 2, 4, 16
"""What a word of the lexicon is: of the page, speaking to its reader, of a copyright line, only German."""
SLOTS = 4096
"""Of the lexicon's table, in which a stem stands at its low bits or after."""

LINE_WORDS = 16
"""A line of up to so many words, without an end, before or after the body is a headline, byline or menu."""
WRAPPED, WRAPPED_SHARE = 50, 0.67
"""A line that is followed by another at once may have been wrapped by a program if it has so many characters,
and so many of the line that a character of the text stands in, in the mean: paragraphs are not wrapped."""
LIST_WORDS = 8
"""So many capitalised words in a row, without a mark or a function word, are a menu or another list."""
CAPITALS = 0.6
"""Share of capitalised words from which they tell nothing."""
PERIOD = 40
SHORTEST_PERIOD = 4
"""Words of a line that is printed twice in a row, at most and at least."""
EDGE = 120
"""Words from the start and from the end of a text among which its page is looked for."""
DENSE, LOOSE, SHORT = 5, 8, 6
"""A sentence speaks to the reader of a page if at least one in DENSE words does; beside such a one, one in
LOOSE is enough, and one of up to SHORT words needs none."""


@kernel
def furniture(
    codes: Any, starts: Any, base: Any, first: Any, last: Any, stem: Any, level: Any, sentence: Any,
    gaps: Any, lexicon: Any, kinds: Any, flags: Any,
) -> None:  # fmt: skip
    """Set FURNITURE and NAME in the flags of the tokens of n texts; arguments as `structure` takes and gives.

    `lexicon` (uint32, SLOTS) has the stems of the words that speak to the reader of a page, `kinds` (uint8,
    SLOTS) what each is, 0 where there is none.
    """
    for text in range(base.shape[0] - 1):
        low, high = base[text], base[text + 1]
        if low == high:
            continue
        own = codes[starts[text] : starts[text + 1]]
        between = gaps[low + text : high + text + 1]
        capital = _capitals(own, first[low:high])
        _names(capital, stem[low:high], level[low:high], lexicon, kinds, flags[low:high])
        _lists(capital, level[low:high], between, flags[low:high])
        _repeated(stem[low:high], flags[low:high])
        _addressed(stem[low:high], sentence[low:high], lexicon, kinds, flags[low:high])
        _short_lines(own, first[low:high], last[low:high], between, flags[low:high])


@kernel
def _capitals(codes: Any, first: Any) -> Any:
    """Which tokens are capitalised (1) or begin with a digit."""
    capital = np.empty(first.shape[0], np.uint8)
    for t in range(first.shape[0]):
        capital[t] = (character(codes[first[t]]) & CAPITAL) > 0
    return capital


@kernel
def _names(capital: Any, stem: Any, level: Any, lexicon: Any, kinds: Any, flags: Any) -> None:
    for t in range(min(capital.shape[0], EDGE)):
        if level[t] == FUNCTION and kind_of(stem[t], lexicon, kinds) & GERMAN:
            return
    for t in range(capital.shape[0]):
        flags[t] |= NAME * (capital[t] & ((flags[t] & NUMBER) == 0))


@kernel
def _lists(capital: Any, level: Any, gaps: Any, flags: Any) -> None:
    """Runs of capitalised words that nothing parts: menus, choices of a form."""
    tokens = capital.shape[0]
    capitals = 0
    for t in range(tokens):
        capitals += capital[t]
    if capitals > CAPITALS * tokens and tokens > 4 * LIST_WORDS:
        return
    run = 0
    for t in range(tokens):
        # without branches, which nothing would foretell
        goes_on = (gaps[t] & (ENDING | PARTED)) == 0
        run = (capital[t] & (level[t] != FUNCTION)) * (run * goes_on + 1)
        if run >= LIST_WORDS:
            _mark(flags, t + 1 - (LIST_WORDS if run == LIST_WORDS else 1), t + 1)


@kernel
def _mark(flags: Any, begin: Any, end: Any) -> None:
    for t in range(begin, end):
        flags[t] |= FURNITURE


@kernel
def _periods(stem: Any) -> Any:
    """At which distances up to PERIOD any SHORTEST_PERIOD words come again, as bits of a uint64."""
    tokens = stem.shape[0]
    periods = np.uint64(0)
    slots = 256
    while slots < min(2 * tokens, 1 << 14):
        slots *= 2
    latest, before = int32(slots, -1), np.empty(tokens, np.int32)
    for t in range(SHORTEST_PERIOD - 1, tokens):
        hashed = np.uint32(0)
        for k in range(SHORTEST_PERIOD):  # stems are hashes themselves
            hashed = np.uint32(hashed ^ np.uint32(stem[t - k] >> np.uint32(7 * k)))
        slot = np.int64(hashed) & (slots - 1)
        earlier = latest[slot]
        before[t] = earlier
        latest[slot] = t
        while earlier >= 0 and t - earlier <= PERIOD:
            same = True
            for k in range(SHORTEST_PERIOD):
                same = same and stem[t - k] == stem[earlier - k]
            if same:
                periods |= np.uint64(1) << np.uint64(t - earlier)
            earlier = before[earlier]
    return periods


@kernel
def _repeated(stem: Any, flags: Any) -> None:
    """Lines that are printed again right after themselves: a headline that a page repeats."""
    tokens = stem.shape[0]
    periods = _periods(stem)
    for period in range(SHORTEST_PERIOD, min(PERIOD, tokens // 2) + 1):
        if not periods >> np.uint64(period) & np.uint64(1):
            continue
        run = 0
        for t in range(period, tokens):
            if stem[t] == stem[t - period]:
                run += 1
                if run == period:
                    _mark(flags, t + 1 - period, t + 1)
                elif run > period:
                    flags[t] |= FURNITURE
            else:
                run = 0


@kernel
def kind_of(stem: Any, lexicon: Any, kinds: Any) -> Any:
    """What a stem is in the lexicon; 0 if it is not there."""
    at = stem & np.uint32(SLOTS - 1)
    while kinds[at]:
        if lexicon[at] == stem:
            return kinds[at]
        at = (at + np.uint32(1)) & np.uint32(SLOTS - 1)
    return kinds[at]


@kernel
def _addressed(stem: Any, sentence: Any, lexicon: Any, kinds: Any, flags: Any) -> None:
    """Sentences that speak to the reader of the page, those beside them too; and copyright lines."""
    tokens = stem.shape[0]
    count = sentence[tokens - 1] + 1
    # of each sentence: 2 if it speaks to the reader, 1 if it may, 0 if not
    rank = uint8(count, 0)
    begin = 0
    some = False
    edge = min(EDGE, tokens // 2)
    while begin < tokens:
        end = begin
        page, address, legal, quoted = 0, 0, 0, 0
        while end < tokens and sentence[end] == sentence[begin]:
            end += 1
        if begin >= edge and end <= tokens - edge:
            begin = end
            continue
        end = begin
        while end < tokens and sentence[end] == sentence[begin]:
            kind = kind_of(stem[end], lexicon, kinds)
            if kind:
                again = False
                for t in range(begin, end):
                    again = again or stem[t] == stem[end]
                page += kind & PAGE > 0 and not again
                address += kind & ADDRESS > 0
                legal += kind & LEGAL > 0 and not again
            quoted += flags[end] & QUOTED
            end += 1
        words = end - begin
        if 2 * quoted <= words:
            speaks = page >= 2 and address >= 1 and (page + address) * DENSE >= words
            rights = (legal >= 3 and legal * DENSE >= words) or (legal >= 2 and legal * 2 >= words)
            if speaks or rights:
                rank[sentence[begin]] = 2
            elif words <= SHORT or (page + address + legal) * LOOSE >= words:
                rank[sentence[begin]] = 1
            some = some or rank[sentence[begin]] == 2
        begin = end
    if not some:
        return
    for s in range(1, count):
        if rank[s] == 1 and rank[s - 1] == 2:
            rank[s] = 2
    for s in range(count - 2, -1, -1):
        if rank[s] == 1 and rank[s + 1] == 2:
            rank[s] = 2
    for t in range(tokens):
        if rank[sentence[t]] == 2:
            flags[t] |= FURNITURE


@kernel
def _short_lines(codes: Any, first: Any, last: Any, gaps: Any, flags: Any) -> None:
    """Short lines that end no sentence, above the body and below it."""
    tokens = first.shape[0]
    wrapped = max(WRAPPED, WRAPPED_SHARE * _line_length(first, last, gaps))
    top = 0
    while top < tokens:
        end = top + 1
        while end < tokens and not gaps[end] & BROKEN:
            end += 1
        if end == tokens or not _is_short_line(codes, first, last, gaps, top, end, wrapped):
            break
        top = end
    bottom = tokens
    while bottom > top:
        begin = bottom - 1
        while begin > top and not gaps[begin] & BROKEN:
            begin -= 1
        if begin == top or not _is_short_line(codes, first, last, gaps, begin, bottom, wrapped):
            break
        bottom = begin
    if bottom - top >= max(LINE_WORDS, tokens // 3):  # else they are the body: a table, a poem
        _mark(flags, 0, top)
        _mark(flags, bottom, tokens)


@kernel
def _line_length(first: Any, last: Any, gaps: Any) -> Any:
    """Characters of the line that a character stands in, in the mean."""
    begin, squares, characters = 0, 0, 0
    for t in range(1, first.shape[0] + 1):
        if t == first.shape[0] or gaps[t] & BROKEN:
            length = last[t - 1] - first[begin]
            squares += length * length
            characters += length
            begin = t
    return squares / characters


@kernel
def _is_short_line(codes: Any, first: Any, last: Any, gaps: Any, begin: Any, end: Any, wrapped: Any) -> Any:
    if end - begin > LINE_WORDS or gaps[end] & ENDING:
        return False
    if end == first.shape[0] or gaps[end] & BLANK:
        return True
    return last[end - 1] - first[begin] < wrapped and (
        character(codes[first[end]]) & CAPITAL > 0 or codes[first[end]] > 0x530
    )
