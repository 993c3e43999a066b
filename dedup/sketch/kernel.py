"""The kernels of the sketch: code points -> tokens -> shingle hashes and signatures.

All read and fill arrays that the caller allots, hold no state and release the GIL. Many articles lie side by
side in one array; `offsets[i] : offsets[i + 1]` is the part of article i. Indexes are kept unsigned, because
numba otherwise looks at each for being negative, which doubles the time of the loops.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dedup.kernels import kernel
from dedup.sketch.hash_kernel import ONE, U64, ZERO, xxh64

U8 = np.uint8
U32 = np.uint32

# The flags of a code point in the table. The low 21 bits are what to add to it to get what it folds to; under
# EXPAND, the place of its length and its characters in the expansions.
LETTER = 1 << 31
SINGLE = 1 << 30
MARK = 1 << 29
IGNORE = 1 << 28
EXPAND = 1 << 27
FOLDED = (1 << 21) - 1

CHUNK = 4
"""Letters of a token of Thai, Lao, Burmese or Khmer in the mean: their words have about as many."""
PAD = 16
"""Bytes before and after the folded text, so that hashes may read whole words of memory."""
WIDEST = 10
"""Bytes that one code point can become, its space included."""


@kernel
def tokenise(
    codes: Any,
    starts: Any,
    pages: Any,
    page_of: Any,
    expansions: Any,
    offsets: Any,
    first: Any,
    last: Any,
    places: Any,
    folded: Any,
) -> Any:
    """Tokens of n texts of code points (uint32); text i is `codes[starts[i] : starts[i + 1]]`.

    Fills offsets (n + 1); the half-open range of code points of each token in its own text, `first[t]` and
    `last[t + 1]`; the folded text in UTF-8 with one space after each token, from PAD on; and the place of
    each token in it (one entry more than tokens). Returns the number of tokens.
    """
    tokens, size, upto = ZERO, U64(PAD), ZERO
    ascii_page = U64(page_of[0]) << U64(8)
    offsets[0] = 0
    for article in range(U64(starts.shape[0] - 1)):
        begin = U64(starts[article])
        inside, single, before = ZERO, ZERO, U32(0)
        for at in range(begin, U64(starts[article + ONE])):
            code = codes[at]
            if code < U32(0x80):
                # No branches: where words end cannot be predicted. What is written too early is overwritten.
                entry = pages[ascii_page + U64(code)]
                letter = U64(entry >> U32(31))
                ignore = U64(entry >> U32(28)) & ONE
                folded[size] = U8(32)
                size += inside & ((single & letter) | ((letter | ignore) ^ ONE))
                first[tokens] = at - begin
                places[tokens] = size
                tokens += letter & ((inside ^ ONE) | single)
                folded[size] = U8(code + entry)
                size += letter
                upto = at - begin + ONE if letter else upto
                last[tokens] = upto
                inside = letter | (inside & ignore)
                single &= letter ^ ONE
                continue
            entry = pages[(U64(page_of[code >> U32(8)]) << U64(8)) | U64(code & U32(255))]
            if entry & U32(LETTER | MARK):
                alone = U64(entry >> U32(30)) & ONE
                goes_on = alone and single and _goes_on(before, code)
                before = code if alone else before
                if inside and not goes_on and (alone or (single and entry & U32(LETTER))):
                    folded[size] = U8(32)
                    size += ONE
                    inside = ZERO
                if not inside:
                    first[tokens] = at - begin
                    places[tokens] = size
                    tokens += ONE
                    inside, single = ONE, alone
                if entry & U32(EXPAND):
                    place = U64(entry & U32(FOLDED))
                    for j in range(place + ONE, place + ONE + U64(expansions[place])):
                        size = _write(folded, size, expansions[j])
                else:
                    size = _write(folded, size, U32(code + entry) & U32(FOLDED))
                upto = at - begin + ONE
                last[tokens] = upto
            elif inside and not entry & U32(IGNORE):
                folded[size] = U8(32)
                size += ONE
                inside = ZERO
        if inside:
            folded[size] = U8(32)
            size += ONE
        offsets[article + ONE] = tokens
    places[tokens] = size
    return tokens


@kernel
def _goes_on(before: Any, code: Any) -> Any:
    """Whether two letters of Thai, Lao, Burmese or Khmer that follow each other are in one token.

    Where no spaces part words, and no table has them, tokens are cut by content (Manber 1994): between the
    same two letters always or never, one time in CHUNK; and always before a vowel that is written ahead of
    its consonant, from which nothing parts it.
    """
    block = code >> U32(7)
    thai_or_lao = (block == U32(0x0E00 >> 7)) | (block == U32(0x0E80 >> 7))
    burmese_or_khmer = (block == U32(0x1000 >> 7)) | (block == U32(0x1780 >> 7))
    if not (thai_or_lao | burmese_or_khmer) or before >> U32(7) != block:
        return False
    if thai_or_lao:
        if U32(0x40) <= code & U32(0x7F) <= U32(0x44):
            return False
        if U32(0x40) <= before & U32(0x7F) <= U32(0x44):
            return True
    mixed = U32(U32(before * U32(0x9E3779B1)) ^ U32(code * U32(0x85EBCA77)))
    return (mixed >> U32(16)) % U32(CHUNK) != U32(0)


@kernel
def _write(folded: Any, size: Any, char: Any) -> Any:
    """Append a code point in UTF-8; the new size."""
    if char < U32(0x80):
        folded[size] = U8(char)
        return size + ONE
    if char < U32(0x800):
        folded[size] = U8(U32(0xC0) | (char >> U32(6)))
    else:
        if char < U32(0x10000):
            folded[size] = U8(U32(0xE0) | (char >> U32(12)))
        else:
            folded[size] = U8(U32(0xF0) | (char >> U32(18)))
            size += ONE
            folded[size] = U8(U32(0x80) | ((char >> U32(12)) & U32(0x3F)))
        size += ONE
        folded[size] = U8(U32(0x80) | ((char >> U32(6)) & U32(0x3F)))
    folded[size + ONE] = U8(U32(0x80) | (char & U32(0x3F)))
    return size + U64(2)


@kernel
def shingles(folded: Any, places: Any, offsets: Any, k: Any, out_offsets: Any, out: Any) -> Any:
    """XXH64 of the k-word shingles of n articles, in order of the text; and their offsets (n + 1).

    A text of fewer than k words, but not of none, is one shingle. Returns the number of shingles.
    """
    size = ZERO
    out_offsets[0] = 0
    for article in range(U64(offsets.shape[0] - 1)):
        begin, end = U64(offsets[article]), U64(offsets[article + ONE])
        width = min(end - begin, U64(k))
        if width:
            for token in range(begin, end - width + ONE):
                out[size] = xxh64(folded, U64(places[token]), U64(places[token + width]) - ONE)
                size += ONE
        out_offsets[article + ONE] = size
    return size


@kernel
def signatures(hashes: Any, offsets: Any, a: Any, b: Any, out: Any) -> None:
    """MinHash of the low 32 bits of each article's hashes: out is uint32 (n, permutations).

    datasketch's scheme affine32: the MurmurHash3 finaliser, then a * h + b modulo 2^32.
    """
    for article in range(U64(out.shape[0])):
        row = out[article]
        for p in range(U64(a.shape[0])):
            row[p] = U32(0xFFFFFFFF)
        end = U64(offsets[article + ONE])
        for at in range(U64(offsets[article]), end, U64(4)):
            # Four at a time; the last may come more than once, which a minimum does not mind.
            h0 = _finalised(hashes[at])
            h1 = _finalised(hashes[min(at + ONE, end - ONE)])
            h2 = _finalised(hashes[min(at + U64(2), end - ONE)])
            h3 = _finalised(hashes[min(at + U64(3), end - ONE)])
            for p in range(U64(a.shape[0])):
                low = min(U32(U32(a[p] * h0) + b[p]), U32(U32(a[p] * h1) + b[p]))
                high = min(U32(U32(a[p] * h2) + b[p]), U32(U32(a[p] * h3) + b[p]))
                row[p] = min(row[p], low, high)


@kernel
def _finalised(x: Any) -> Any:
    """The finaliser of MurmurHash3 over the low 32 bits."""
    h = U32(x & U64(0xFFFFFFFF))
    h = U32((h ^ (h >> U32(16))) * U32(0x85EBCA6B))
    h = U32((h ^ (h >> U32(13))) * U32(0xC2B2AE35))
    return U32(h ^ (h >> U32(16)))
