"""The kernels of stems: tokens -> a hash of the stem of each, and how common it is in the text's language."""

from __future__ import annotations

from typing import Any

import numpy as np

from dedup.kernels import kernel
from dedup.sketch.hash_kernel import ONE, P1, P2, U64, ZERO, load64, mix, xxh64

U8 = np.uint8
U32 = np.uint32

FUNCTION = 255
"""The level of a function word."""
UNLISTED = 24
"""The level of a word that the table lacks, in quarters of log2: rarer than nearly all that it has."""
LETTER, MORE, LEAST = 72, 3, 48
"""The level of a token of no letter of Thai, Lao, Burmese or Khmer, by how much each letter makes it rarer,
and how rare it is at most: they have no spaces, tokens are cut by content, and wordfreq has none of them. A
character weighs .08 by it, as in other languages; as UNLISTED, strangers joined by chance."""
ENGLISH = 1 << 16
"""The bit of what the table has of a stem that tells that it is one of English."""
KEPT = 7
"""Letters that a word keeps of which English has no stem: where words have many endings, most of what comes
later is one of them. Of 30 pairs of thorough rewrites in ten such languages, where names are known in other
cases, too, 28 are found by it, 20 without; by 6 letters 27, by 8 letters 23."""
FEW = 5
"""So many different function words of other languages tell that a text is not in English."""

TABLE_BITS = 19
"""Words have their place in the table by this many top bits of their hash."""
MEMO_BITS = 14
"""2^this tokens are remembered with what was found for them."""


@kernel
def stems(
    folded: Any, places: Any, words: Any, word_levels: Any, kept: Any, memo: Any, out: Any, level: Any
) -> None:
    """A hash of the stem of each token (uint32), and how common it is, from the table of words (uint8).

    It is the light stem, of a token that is no English word that of its first `kept` letters. The levels
    (2, n), in English texts and in others, are in quarters of log2 of the document frequency; or FUNCTION;
    or UNLISTED, or that of a token cut by content. `memo` (uint64, 2^MEMO_BITS x 4, zeros) is scratch for
    tokens of up to 16 bytes, most of which come again. `folded` is as before when this returns.
    """
    for token in range(U64(out.shape[0])):
        begin, end = U64(places[token]), U64(places[token + ONE]) - ONE
        length = end - begin
        head = load64(folded, begin) << (U64(8) * (U64(8) - min(length, U64(8))))
        more = min(max(length, U64(9)), U64(16))
        rest = load64(folded, begin + U64(8)) << (U64(8) * (U64(16) - more))
        rest = rest if length > U64(8) else ZERO
        slot = ((head ^ (rest * P2)) * P1) >> U64(64 - MEMO_BITS)
        if (memo[slot, 0] != head) | (memo[slot, 1] != rest) | (length > U64(16)):
            stem = _stem(folded, begin, end, words, word_levels, kept)
            both = U64(_levels(stem, words, word_levels) & U32(0xFFFF))
            if both == U64(UNLISTED | UNLISTED << 8) and _is_letter(folded[begin], folded[begin + ONE]):
                one: Any = max(LETTER - MORE * np.int64(length) // 3, LEAST)  # three bytes a letter
                both = U64(one | one << 8)
            memo[slot, 0] = head if length <= U64(16) else ZERO
            memo[slot, 1] = rest
            memo[slot, 2] = (U64(stem) << U64(16)) | both
        found = memo[slot, 2]
        out[token] = U32(found >> U64(16))
        level[0, token], level[1, token] = U8(found & U64(255)), U8(found >> U64(8) & U64(255))


@kernel
def _is_letter(first: Any, second: Any) -> Any:
    """Whether two bytes of UTF-8 begin a letter of Thai, Lao, Burmese or Khmer."""
    thai_or_lao = (first == U8(0xE0)) & (second >= U8(0xB8)) & (second <= U8(0xBB))
    burmese = (first == U8(0xE1)) & (second >= U8(0x80)) & (second <= U8(0x82))
    khmer = (first == U8(0xE1)) & (second >= U8(0x9E)) & (second <= U8(0x9F))
    return thai_or_lao | burmese | khmer


@kernel
def settled(tokens: Any, stem: Any, level: Any) -> Any:
    """Of the levels (2, n) those that are right in the language of each text; `tokens` are offsets.

    A text is not in English if it has more than twice as many function words of other languages alone as of
    English alone: of English texts those are .02 and .24, of German ones .30 and .02, of none of the others
    that wordfreq has more than .03 the latter. FEW different ones are asked, for tables of prices repeat one.
    """
    found = level[0].copy()
    different = np.empty(FEW, np.uint32)
    for text in range(tokens.shape[0] - 1):
        english, others, count = 0, 0, 0
        for t in range(tokens[text], tokens[text + 1]):
            here, elsewhere = level[0, t] == FUNCTION, level[1, t] == FUNCTION
            english += here & (not elsewhere)
            if elsewhere & (not here):
                others += 1
                k = 0
                while k < count and different[k] != stem[t]:
                    k += 1
                if k == count and count < FEW:
                    different[count] = stem[t]
                    count += 1
        if others > 2 * english and count == FEW:
            for t in range(tokens[text], tokens[text + 1]):
                found[t] = level[1, t]
    return found


@kernel
def is_function(stem: Any, words: Any, word_levels: Any) -> Any:
    """Whether a stem is a function word to the keys, which are those of English in all texts."""
    return U8(_levels(stem, words, word_levels) & U32(255)) == FUNCTION


@kernel
def content_words(stem: Any, words: Any, word_levels: Any) -> Any:
    """Which stems are none (uint8)."""
    out = np.empty(stem.shape[0], np.uint8)
    for t in range(stem.shape[0]):
        out[t] = not is_function(stem[t], words, word_levels)
    return out


@kernel
def _stem(folded: Any, begin: Any, end: Any, words: Any, word_levels: Any, kept: Any) -> Any:
    """The light stem of a token, or of its first `kept` letters if English does not have that."""
    stem = _light_stem(folded, begin, end)
    cut = _cut(folded, begin, end, kept)
    if cut == end or _levels(stem, words, word_levels) & U32(ENGLISH):
        return stem
    return _light_stem(folded, begin, cut)


@kernel
def _cut(folded: Any, begin: Any, end: Any, kept: Any) -> Any:
    """Where the first `kept` letters of a token end; its own end if it has fewer, or a digit."""
    letters, cut = ZERO, end
    for at in range(begin, end):
        byte = folded[at]
        if (byte >= U8(48)) & (byte <= U8(57)):
            return end
        if byte & U8(0xC0) != U8(0x80):  # the first byte of a code point
            cut = at if letters == U64(kept) else cut
            letters += ONE
    return cut


@kernel
def _light_stem(folded: Any, begin: Any, end: Any) -> Any:
    """The low half of XXH64 of a token without its plural, -ing, -ed, -ly, final e, and with final y as i.

    Only tokens of 4 to 64 ASCII letters lose an ending; any other is its own stem.
    """
    if (end - begin <= U64(3)) | (end - begin > U64(64)) or not _all_letters(folded, begin, end):
        return U32(xxh64(folded, begin, end) & U64(0xFFFFFFFF))
    end = begin + _stem_length(load64(folded, end - U64(8)), end - begin)
    final_y = (folded[end - ONE] == U8(121)) & (end - begin > U64(3))
    if final_y:
        folded[end - ONE] = U8(105)
    stem = U32(xxh64(folded, begin, end) & U64(0xFFFFFFFF))
    if final_y:
        folded[end - ONE] = U8(121)
    return stem


@kernel
def _all_letters(folded: Any, begin: Any, end: Any) -> Any:
    """Whether folded[begin:end] are all a to z: of what is folded, only these have 01 for their top bits."""
    at, odd = begin, ZERO
    while at + U64(8) < end:
        odd |= load64(folded, at) ^ U64(0x4040404040404040)
        at += U64(8)
    odd |= (load64(folded, at) ^ U64(0x4040404040404040)) << (U64(8) * (U64(8) - end + at))
    return not odd & U64(0xC0C0C0C0C0C0C0C0)


@kernel
def _ends(tail: Any, j: Any) -> Any:
    """The j-th byte of `tail` from its end, from 1."""
    return (tail >> (U64(64) - U64(8) * U64(j))) & U64(255)


@kernel
def _stem_length(tail: Any, n: Any) -> Any:
    """How much of a word of n letters its stem keeps; `tail` is its last 8 bytes, the last one highest."""
    s, e = U64(115), U64(101)
    cut = (_ends(tail, 1) == s) & (_ends(tail, 2) != s) & (_ends(tail, 2) != U64(117))  # -s, but not -ss, -us
    n, tail = (n - ONE, tail << U64(8)) if cut else (n, tail)
    cut &= (n > U64(4)) & (tail >> U64(48) == U64(0x6569))  # -ie(s)
    n, tail = (n - ONE, tail << U64(8)) if cut else (n, tail)
    ing = (n > U64(5)) & (tail >> U64(40) == U64(0x676E69))
    ed = (n > U64(4)) & (tail >> U64(48) == U64(0x6465))
    ly = (n > U64(4)) & (tail >> U64(48) == U64(0x796C))
    off = U64(3) if ing else (U64(2) if ed | ly else ZERO)
    n, tail = n - off, tail << (U64(8) * off)
    end = _ends(tail, 1)
    cut = (ing | ed) & (n > U64(3)) & (end == _ends(tail, 2))  # a doubled letter, but not l, s, z, e
    cut &= (end != U64(108)) & (end != s) & (end != U64(122)) & (end != e)
    n, end = (n - ONE, _ends(tail, 2)) if cut else (n, end)
    return n - ONE if (n > U64(3)) & (end == e) else n


@kernel
def _levels(stem: Any, words: Any, word_levels: Any) -> Any:
    """Look a stem up: it is at its top bits of the table, or after; a level of 0 is a free slot.

    Returns the level in English texts, in the next eight bits that in others, and ENGLISH if it is a stem of
    English.
    """
    at = U64(stem >> U32(32 - TABLE_BITS))
    while word_levels[0, at] and words[at] < stem:
        at += ONE
    if words[at] == stem and word_levels[0, at]:
        return (
            U32(word_levels[0, at]) | U32(word_levels[1, at]) << U32(8) | U32(word_levels[2, at]) << U32(16)
        )
    return U32(UNLISTED) | (U32(UNLISTED) << U32(8))


@kernel
def is_listed(hashed: Any, words: Any, word_levels: Any) -> Any:
    """Whether the table has a word that is its own stem, by its XXH64."""
    return _levels(U32(hashed & U64(0xFFFFFFFF)), words, word_levels) != U32(UNLISTED | UNLISTED << 8)


@kernel
def pair_key(a: Any, b: Any) -> Any:
    """The key of two stems in either order; even, so that it is never that of a band."""
    return mix((U64(max(a, b)) << U64(32)) | U64(min(a, b))) & ~ONE
