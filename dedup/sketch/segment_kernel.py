"""The kernel of words without spaces: characters of Han and kana, a token each -> the words in the table."""

from __future__ import annotations

from typing import Any

import numpy as np

from dedup.kernels import kernel
from dedup.sketch.hash_kernel import ONE, U64, ZERO, xxh64
from dedup.sketch.kernel import PAD
from dedup.sketch.stem_kernel import KEPT, is_listed

U8, U32 = np.uint8, np.uint32
SOFT_HYPHEN = U32(0xAD)
"""No part of a word, and no end of it."""
LONGEST = 6
"""Characters of a word at most."""
WIDEST = 16
"""Bytes of a character at most; longer ones are words of their own."""


@kernel
def segment(
    codes: Any,
    starts: Any,
    offsets: Any,
    first: Any,
    last: Any,
    places: Any,
    folded: Any,
    words: Any,
    word_levels: Any,
) -> Any:
    """Make one token of the characters of each word, in place; returns how many tokens there are.

    At each character the longest word that the table has is taken, and the next begins behind it: forward
    maximum matching, the baseline of Sproat & Emerson 2003. All but the table are as `kernel.tokenise` has
    them.
    """
    word = np.zeros(2 * PAD + LONGEST * WIDEST, U8)
    ends = np.empty(LONGEST, np.int64)
    out, size, read = U64(0), U64(PAD), U64(0)
    for text in range(offsets.shape[0] - 1):
        stop = U64(offsets[text + 1])
        while read < stop:
            chosen = ONE
            count: Any = ZERO
            length: Any = U64(PAD)
            while count < U64(LONGEST) and read + count < stop:
                t = read + count
                begin, end = U64(places[t]), U64(places[t + ONE]) - ONE
                if end - begin > U64(WIDEST) or not _is_character(folded[begin], folded[begin + ONE]):
                    break
                if count and not _side_by_side(codes, U64(starts[text]), U64(last[t]), U64(first[t])):
                    break
                for at in range(begin, end):
                    word[length] = folded[at]
                    length += ONE
                ends[count] = length
                count += ONE
            while count > ONE:
                end = U64(ends[count - ONE])
                if _letters(word, end) <= KEPT and is_listed(xxh64(word, U64(PAD), end), words, word_levels):
                    chosen = count
                    break
                count -= ONE
            first[out] = first[read]
            upto = last[read + chosen]
            begin = size
            for t in range(read, read + chosen):
                for at in range(U64(places[t]), U64(places[t + ONE]) - ONE):
                    folded[size] = folded[at]
                    size += ONE
            folded[size] = U8(32)
            size += ONE
            read += chosen
            places[out] = begin
            out += ONE
            last[out] = upto
        offsets[text + 1] = out
    places[out] = size
    return out


@kernel
def _side_by_side(codes: Any, base: Any, end: Any, begin: Any) -> Any:
    """Whether nothing, or what ends a line, is between two characters of a text, which begins at `base`."""
    if begin == end:
        return True
    here, other = codes[base + end], codes[base + begin - ONE]
    if begin == end + ONE:
        return (here <= U32(32)) | (here == SOFT_HYPHEN)
    return (begin == end + ONE + ONE) & (here == U32(13)) & (other == U32(10))


@kernel
def _is_character(first: Any, second: Any) -> Any:
    """Whether two bytes of UTF-8 begin a kana or a character of Han."""
    kana = (first == U8(0xE3)) & (second >= U8(0x81)) & (second <= U8(0x83))
    early = (first == U8(0xE3)) & (second >= U8(0x90))
    return kana | early | ((first >= U8(0xE4)) & (first <= U8(0xE9)))


@kernel
def _letters(word: Any, end: Any) -> Any:
    """How many code points there are up to an end."""
    count: Any = 0
    for at in range(U64(PAD), end):
        count += (word[at] & U8(0xC0)) != U8(0x80)
    return count
