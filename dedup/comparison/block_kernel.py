"""The kernel of block quotes: paragraphs that are quoted by their place after a colon, without marks.

They are told by line breaks alone, so the same words printed in one line are no block quote. Prose follows
colons too: a block that is not set apart by `>` or by indentation must be announced by a word of saying, be
one paragraph that ends as a sentence does, and have no quotation in it.
"""

from __future__ import annotations

from typing import Any

from dedup.comparison.character_kernel import (
    DOUBLE,
    ENDS,
    LINE,
    SINGLE,
    SPACE,
    TERMINATES,
    character,
)
from dedup.comparison.furniture_kernel import kind_of
from dedup.comparison.structure_kernel import QUOTED
from dedup.kernels import kernel

SAYING = 8
"""Kind of a word of the lexicon that announces what somebody said or wrote."""

SHORTEST, LONGEST = 8, 250
"""Words of a block: what is shorter is a headline or a label, what is longer a part of the article."""
ANNOUNCED = 12
"""Words before the colon, in its sentence, among which a word of saying is looked for."""
DEEPER = 2
"""Columns by which an indented block must stand in from what announces it; a tab counts TAB."""
TAB = 4
COLON, WIDE_COLON, FULL_STOP, BRACKET, MARK = 0x3A, 0xFF1A, 0x2E, 0x29, 0x3E


@kernel
def block_quotes(
    codes: Any, starts: Any, base: Any, first: Any, last: Any, stem: Any, sentence: Any,
    lexicon: Any, kinds: Any, flags: Any,
) -> None:  # fmt: skip
    """Set QUOTED in the flags of the tokens of block quotes in n texts; arguments as for `furniture`."""
    for text in range(base.shape[0] - 1):
        low, high = base[text], base[text + 1]
        own = codes[starts[text] : starts[text + 1]]
        begins, ends, number = first[low:high], last[low:high], sentence[low:high]
        until = 0
        for t in range(1, high - low):
            if begins[t] - ends[t - 1] < 2 or t < until:
                continue
            lines = _announced(own, ends[t - 1], begins[t])
            if lines == 0 or _is_item(own, begins[t], ends[t]):
                continue
            end = _set_apart(own, begins, ends, t)
            if end == t and lines > 1 and _says(stem[low:high], number, t, lexicon, kinds):
                end = _paragraph_end(own, begins, ends, flags[low:high], t)
            if SHORTEST <= end - t <= LONGEST:
                for k in range(low + t, low + end):
                    flags[k] |= QUOTED
                until = end


@kernel
def _announced(codes: Any, low: Any, high: Any) -> Any:
    """How many lines end between two tokens, if a colon and white space (or `>`) is all there is, else 0."""
    colon, lines = False, 0
    for at in range(low, high):
        code = codes[at]
        what = character(code)
        if not colon:
            colon = code in (COLON, WIDE_COLON)
            if not colon and (not what & SPACE or what & LINE):
                return 0
        elif what & LINE:
            lines += 1
        elif not (what & SPACE or (code == MARK and lines)):
            return 0
    return lines


@kernel
def _is_item(codes: Any, begin: Any, end: Any) -> Any:
    """Whether this token numbers an item of a list: `1.`, `2)`."""
    for at in range(begin, end):
        if not 48 <= codes[at] <= 57:
            return False
    return end < codes.shape[0] and (codes[end] == FULL_STOP or codes[end] == BRACKET)


@kernel
def _says(stem: Any, sentence: Any, t: Any, lexicon: Any, kinds: Any) -> Any:
    """Whether a word of saying stands in the sentence that ends before token t."""
    k = t - 1
    while k >= 0 and t - k <= ANNOUNCED and sentence[k] == sentence[t - 1]:
        if kind_of(stem[k], lexicon, kinds) & SAYING:
            return True
        k -= 1
    return False


@kernel
def _line_start(codes: Any, at: Any) -> Any:
    while at > 0 and not character(codes[at - 1]) & LINE:
        at -= 1
    return at


@kernel
def _indent(codes: Any, start: Any) -> Any:
    """Columns that the line from `start` on stands in; -1 if it is marked with `>`."""
    columns, at = 0, start
    while at < codes.shape[0] and character(codes[at]) & SPACE and not character(codes[at]) & LINE:
        columns += TAB if codes[at] == 9 else 1
        at += 1
    return -1 if at < codes.shape[0] and codes[at] == MARK else columns


@kernel
def _lines_between(codes: Any, low: Any, high: Any) -> Any:
    lines = 0
    for at in range(low, high):
        lines += (character(codes[at]) & LINE) > 0
    return lines


@kernel
def _ends_sentence(codes: Any, low: Any, high: Any) -> Any:
    """Whether what stands after a token ends its sentence."""
    for at in range(low, high):
        what = character(codes[at])
        if what & (TERMINATES | ENDS):
            return True
        if what & LINE:
            return False
    return False


@kernel
def _set_apart(codes: Any, first: Any, last: Any, t: Any) -> Any:
    """Where the block ends whose lines, from token t on, are marked or stand in deeper; t if they do not.

    An indented one goes on at the margin of what announced it, or is the last of the text, and ends with a
    sentence: else the first lines of all paragraphs stand in, as in a newspaper.
    """
    own = _indent(codes, _line_start(codes, first[t]))
    before = _indent(codes, _line_start(codes, last[t - 1] - 1))
    marked = own < 0 and before >= 0
    if not marked and (before < 0 or own < before + DEEPER):
        return t
    end = t + 1
    while end < first.shape[0]:
        if _lines_between(codes, last[end - 1], first[end]):
            here = _indent(codes, _line_start(codes, first[end]))
            if here >= 0 if marked else here < before + DEEPER:
                break
        end += 1
        if end - t > LONGEST:
            return t
    high = first[end] if end < first.shape[0] else codes.shape[0]
    return end if marked or _ends_sentence(codes, last[end - 1], high) else t


@kernel
def _paragraph_end(codes: Any, first: Any, last: Any, flags: Any, t: Any) -> Any:
    """Where the paragraph from token t on ends; t if it has a quotation or a mark of one, or no end."""
    end = t
    while end < first.shape[0]:
        low, high = last[end], first[end + 1] if end + 1 < first.shape[0] else codes.shape[0]
        if flags[end] & QUOTED or end - t > LONGEST:
            return t
        for at in range(low, high):
            if character(codes[at]) & DOUBLE and not character(codes[at]) & SINGLE:
                return t
        end += 1
        if end == first.shape[0] or _lines_between(codes, low, high) > 1:
            return end if _ends_sentence(codes, low, high) else t
    return t
