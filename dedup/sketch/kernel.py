"""The kernels of the sketch: code points -> tokens -> shingle hashes, signatures and keys.

All take and return arrays, hold no state and release the GIL. Many articles lie side by side in one array;
`starts[i] : starts[i + 1]` is the part of article i.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

U8 = np.uint8
U32 = np.uint32
U64 = np.uint64

# The flags of a code point in the table; the low 21 bits are what it folds to.
LETTER = 1 << 31
SINGLE = 1 << 30
MARK = 1 << 29
IGNORE = 1 << 28
FOLDED = (1 << 21) - 1

FUNCTION = 255
"""The level of a function word."""
UNLISTED = 24
"""The level of a word that the table lacks, in quarters of log2: rarer than nearly all that it has."""

P1 = U64(0x9E3779B185EBCA87)
P2 = U64(0xC2B2AE3D27D4EB4F)
P3 = U64(0x165667B19E3779F9)
P4 = U64(0x85EBCA77C2B2AE63)
P5 = U64(0x27D4EB2F165667C5)

jit = numba.njit(cache=True, nogil=True, boundscheck=False)
inline = numba.njit(cache=True, nogil=True, boundscheck=False, inline="always")


@jit
def tokenise(codes: Any, starts: Any, pages: Any, page_of: Any) -> Any:
    """Tokens of n texts of code points.

    Returns token_offsets (n + 1), the half-open range of code points of each token in its own text (two
    int32 arrays), the folded text in UTF-8 with one space after each token, and the place of each token in
    it (one entry more than tokens).
    """
    articles = starts.shape[0] - 1
    total = starts[articles] - starts[0]
    offsets = np.zeros(articles + 1, np.int64)
    first = np.empty(total, np.int32)
    last = np.empty(total, np.int32)
    places = np.empty(total + 1, np.int64)
    folded = np.empty(total * 5 + 8, U8)
    tokens = 0
    size = 0
    for article in range(articles):
        begin = starts[article]
        inside = False
        single = False
        for at in range(begin, starts[article + 1]):
            code = codes[at]
            entry = U32(0)
            if code < U32(0x110000):
                entry = pages[(np.int64(page_of[code >> U32(8)]) << 8) | np.int64(code & U32(255))]
            if entry & U32(LETTER | MARK):
                alone = (entry & U32(SINGLE)) != U32(0)
                if inside and (alone or (single and (entry & U32(LETTER)))):
                    folded[size] = 32
                    size += 1
                    inside = False
                if not inside:
                    first[tokens] = at - begin
                    places[tokens] = size
                    tokens += 1
                    inside = True
                    single = alone
                last[tokens - 1] = at - begin + 1
                char = entry & U32(FOLDED)
                if char < U32(0x80):
                    folded[size] = U8(char)
                    size += 1
                elif char < U32(0x800):
                    folded[size] = U8(U32(0xC0) | (char >> U32(6)))
                    folded[size + 1] = U8(U32(0x80) | (char & U32(0x3F)))
                    size += 2
                elif char < U32(0x10000):
                    folded[size] = U8(U32(0xE0) | (char >> U32(12)))
                    folded[size + 1] = U8(U32(0x80) | ((char >> U32(6)) & U32(0x3F)))
                    folded[size + 2] = U8(U32(0x80) | (char & U32(0x3F)))
                    size += 3
                else:
                    folded[size] = U8(U32(0xF0) | (char >> U32(18)))
                    folded[size + 1] = U8(U32(0x80) | ((char >> U32(12)) & U32(0x3F)))
                    folded[size + 2] = U8(U32(0x80) | ((char >> U32(6)) & U32(0x3F)))
                    folded[size + 3] = U8(U32(0x80) | (char & U32(0x3F)))
                    size += 4
            elif inside and not entry & U32(IGNORE):
                folded[size] = 32
                size += 1
                inside = False
        if inside:
            folded[size] = 32
            size += 1
        offsets[article + 1] = tokens
    places[tokens] = size
    return offsets, first[:tokens].copy(), last[:tokens].copy(), folded[:size].copy(), places[: tokens + 1].copy()


@inline
def _rotate(x: Any, by: Any) -> Any:
    return (x << U64(by)) | (x >> U64(64 - by))


@inline
def _read64(data: Any, at: Any) -> Any:
    return (
        U64(data[at])
        | (U64(data[at + 1]) << U64(8))
        | (U64(data[at + 2]) << U64(16))
        | (U64(data[at + 3]) << U64(24))
        | (U64(data[at + 4]) << U64(32))
        | (U64(data[at + 5]) << U64(40))
        | (U64(data[at + 6]) << U64(48))
        | (U64(data[at + 7]) << U64(56))
    )


@inline
def _read32(data: Any, at: Any) -> Any:
    return (
        U64(data[at])
        | (U64(data[at + 1]) << U64(8))
        | (U64(data[at + 2]) << U64(16))
        | (U64(data[at + 3]) << U64(24))
    )


@inline
def _round(state: Any, lane: Any) -> Any:
    return _rotate(state + lane * P2, 31) * P1


@jit
def xxh64(data: Any, begin: Any, end: Any) -> Any:
    """XXH64 with seed 0 of data[begin:end] (uint8)."""
    at = begin
    if end - begin >= 32:
        v1 = P1 + P2
        v2 = P2
        v3 = U64(0)
        v4 = U64(0) - P1
        while at + 32 <= end:
            v1 = _round(v1, _read64(data, at))
            v2 = _round(v2, _read64(data, at + 8))
            v3 = _round(v3, _read64(data, at + 16))
            v4 = _round(v4, _read64(data, at + 24))
            at += 32
        h = _rotate(v1, 1) + _rotate(v2, 7) + _rotate(v3, 12) + _rotate(v4, 18)
        h = (h ^ _round(U64(0), v1)) * P1 + P4
        h = (h ^ _round(U64(0), v2)) * P1 + P4
        h = (h ^ _round(U64(0), v3)) * P1 + P4
        h = (h ^ _round(U64(0), v4)) * P1 + P4
    else:
        h = P5
    h += U64(end - begin)
    while at + 8 <= end:
        h = _rotate(h ^ _round(U64(0), _read64(data, at)), 27) * P1 + P4
        at += 8
    if at + 4 <= end:
        h = _rotate(h ^ (_read32(data, at) * P1), 23) * P2 + P3
        at += 4
    while at < end:
        h = _rotate(h ^ (U64(data[at]) * P5), 11) * P1
        at += 1
    h = (h ^ (h >> U64(33))) * P2
    h = (h ^ (h >> U64(29))) * P3
    return h ^ (h >> U64(32))


@inline
def mix(x: Any) -> Any:
    """A bijection on 64 bits that spreads every bit over all (Vigna's splitmix64 finaliser)."""
    x = (x ^ (x >> U64(30))) * U64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> U64(27))) * U64(0x94D049BB133111EB)
    return x ^ (x >> U64(31))


@jit
def shingles(folded: Any, places: Any, offsets: Any, k: Any) -> Any:
    """XXH64 of the k-word shingles of n articles, in order of the text; and their offsets (n + 1).

    A text of fewer than k words, but not of none, is one shingle.
    """
    articles = offsets.shape[0] - 1
    out_offsets = np.zeros(articles + 1, np.int64)
    for i in range(articles):
        tokens = offsets[i + 1] - offsets[i]
        count = tokens - k + 1 if tokens >= k else min(tokens, 1)
        out_offsets[i + 1] = out_offsets[i] + count
    out = np.empty(out_offsets[articles], U64)
    for i in range(articles):
        tokens = offsets[i + 1] - offsets[i]
        width = min(tokens, k)
        for j in range(out_offsets[i + 1] - out_offsets[i]):
            token = offsets[i] + j
            out[out_offsets[i] + j] = xxh64(folded, places[token], places[token + width] - 1)
    return out_offsets, out


@jit
def signatures(hashes: Any, offsets: Any, a: Any, b: Any) -> Any:
    """MinHash of the low 32 bits of each article's hashes: uint32 (n, permutations).

    datasketch's scheme affine32: the MurmurHash3 finaliser, then a * h + b modulo 2^32.
    """
    articles = offsets.shape[0] - 1
    permutations = a.shape[0]
    out = np.empty((articles, permutations), U32)
    out[:] = U32(0xFFFFFFFF)
    for i in range(articles):
        row = out[i]
        for j in range(offsets[i], offsets[i + 1]):
            h = U32(hashes[j] & U64(0xFFFFFFFF))
            h = U32((h ^ (h >> U32(16))) * U32(0x85EBCA6B))
            h = U32((h ^ (h >> U32(13))) * U32(0xC2B2AE35))
            h = U32(h ^ (h >> U32(16)))
            for p in range(permutations):
                value = U32(U32(a[p] * h) + b[p])
                row[p] = min(row[p], value)
    return out


@jit
def bands(signature: Any, offsets: Any, count: Any, rows: Any) -> Any:
    """The keys of the bands of each signature, uint64 (n, count), all odd; 0 where there are no shingles."""
    articles = signature.shape[0]
    out = np.zeros((articles, count), U64)
    for i in range(articles):
        if offsets[i] == offsets[i + 1]:
            continue
        for band in range(count):
            h = mix(U64(band + 1) * P1)
            for row in range(rows):
                h = mix(h ^ U64(signature[i, band * rows + row])) + P5
            out[i, band] = h | U64(1)
    return out


@jit
def stems(folded: Any, places: Any) -> Any:
    """A 32-bit hash of the light stem of each token: plural, -ing, -ed, -ly, final e, final y as i.

    Only tokens of ASCII letters have an ending taken off; any other is its own stem.
    """
    tokens = places.shape[0] - 1
    out = np.empty(tokens, U32)
    word = np.empty(64, U8)
    for i in range(tokens):
        begin = places[i]
        end = places[i + 1] - 1
        length = end - begin
        plain = 3 < length <= 64
        if plain:
            for at in range(begin, end):
                if not 97 <= folded[at] <= 122:
                    plain = False
                    break
        if not plain:
            out[i] = U32(xxh64(folded, begin, end) & U64(0xFFFFFFFF))
            continue
        for at in range(length):
            word[at] = folded[begin + at]
        out[i] = U32(xxh64(word, 0, _stem(word, length)) & U64(0xFFFFFFFF))
    return out


@jit
def _stem(word: Any, n: Any) -> Any:
    """Strip the endings of word[:n] in place, and return the length that is left."""
    s, e, y, i = U8(115), U8(101), U8(121), U8(105)
    if word[n - 1] == s and word[n - 2] != s and word[n - 2] != U8(117):
        n -= 1
        if n > 4 and word[n - 1] == e and word[n - 2] == i:
            n -= 1
    stripped = False
    if n > 5 and word[n - 3] == i and word[n - 2] == U8(110) and word[n - 1] == U8(103):
        n -= 3
        stripped = True
    elif n > 4 and word[n - 2] == e and word[n - 1] == U8(100):
        n -= 2
        stripped = True
    elif n > 4 and word[n - 2] == U8(108) and word[n - 1] == y:
        n -= 2
    if stripped and n > 3 and word[n - 1] == word[n - 2] and word[n - 1] not in (U8(108), s, U8(122), e):
        n -= 1
    if n > 3 and word[n - 1] == e:
        n -= 1
    if n > 2 and word[n - 1] == y:
        word[n - 1] = i
    return n


@jit
def build_table(words: Any, levels: Any, bits: Any) -> Any:
    """An open-addressing table of `words` (uint32) and their levels (uint8), of 2^bits slots."""
    mask = U32((1 << bits) - 1)
    slots = np.zeros(1 << bits, U32)
    values = np.zeros(1 << bits, U8)
    for i in range(words.shape[0]):
        at = words[i] & mask
        while values[at]:
            at = (at + U32(1)) & mask
        slots[at] = words[i]
        values[at] = levels[i]
    return slots, values


@jit
def levels_of(stem: Any, slots: Any, values: Any) -> Any:
    """How common each stem is: quarters of log2 of its document frequency; FUNCTION; or UNLISTED."""
    mask = U32(slots.shape[0] - 1)
    out = np.empty(stem.shape[0], U8)
    for i in range(stem.shape[0]):
        at = stem[i] & mask
        while values[at] and slots[at] != stem[i]:
            at = (at + U32(1)) & mask
        out[i] = values[at] if values[at] else U8(UNLISTED)
    return out


@inline
def pair_key(a: Any, b: Any) -> Any:
    """The key of two stems in either order; even, so that it is never that of a band."""
    low, high = (a, b) if a < b else (b, a)
    return mix((U64(high) << U64(32)) | U64(low)) & ~U64(1)


@jit
def fingerprints(stem: Any, level: Any, offsets: Any, window: Any) -> Any:
    """Winnowed keys of adjacent content stems (Schleimer, Wilkerson & Aiken 2003), the rarest of each window.

    Returns offsets (n + 1) and the distinct keys (uint64) of each article, in order of their first place.
    A pair is rarer the smaller the sum of its stems' floor(log2 df), ties broken by hash; the rightmost
    minimum of each window of `window` pairs is posted.
    """
    articles = offsets.shape[0] - 1
    out_offsets = np.zeros(articles + 1, np.int64)
    out = np.empty(stem.shape[0], U64)
    longest = 0
    for i in range(articles):
        longest = max(longest, offsets[i + 1] - offsets[i])
    keys = np.empty(longest, U64)
    ranks = np.empty(longest, U64)
    size = 0
    for i in range(articles):
        pairs = 0
        previous = -1
        for t in range(offsets[i], offsets[i + 1]):
            if level[t] == FUNCTION:
                continue
            if previous >= 0:
                key = pair_key(stem[previous], stem[t])
                common = (level[previous] >> 2) + (level[t] >> 2)
                keys[pairs] = key
                ranks[pairs] = (U64(common) << U64(56)) | (key >> U64(8))
                pairs += 1
            previous = t
        begin = size
        best = -1
        for right in range(min(window, pairs) - 1, pairs):
            left = max(0, right - window + 1)
            if best < left:
                best = left
                for j in range(left, right + 1):
                    if ranks[j] <= ranks[best]:
                        best = j
            elif ranks[right] <= ranks[best]:
                best = right
            else:
                continue
            key = keys[best]
            seen = False
            for j in range(size - 1, max(begin, size - 1 - window) - 1, -1):
                if out[j] == key:
                    seen = True
                    break
            if not seen:
                out[size] = key
                size += 1
        size = begin + _distinct(out[begin:size])
        out_offsets[i + 1] = size
    return out_offsets, out[:size].copy()


@jit
def _distinct(keys: Any) -> Any:
    """Drop repeated keys in place, keeping order; how many are left."""
    n = keys.shape[0]
    if n < 2:
        return n
    order = np.argsort(keys, kind="mergesort")
    drop = np.zeros(n, np.bool_)
    for j in range(1, n):
        if keys[order[j]] == keys[order[j - 1]]:
            drop[order[j]] = True
    kept = 0
    for j in range(n):
        if not drop[j]:
            keys[kept] = keys[j]
            kept += 1
    return kept


@jit
def join_keys(banded: Any, shingle_offsets: Any, fingerprint: Any, offsets: Any) -> Any:
    """Each article's bands and then its fingerprints in one array, and the offsets (n + 1)."""
    articles, count = banded.shape
    out_offsets = np.zeros(articles + 1, np.int64)
    for i in range(articles):
        own = count if shingle_offsets[i] < shingle_offsets[i + 1] else 0
        out_offsets[i + 1] = out_offsets[i] + own + offsets[i + 1] - offsets[i]
    out = np.empty(out_offsets[articles], U64)
    for i in range(articles):
        at = out_offsets[i]
        if shingle_offsets[i] < shingle_offsets[i + 1]:
            out[at : at + count] = banded[i]
            at += count
        out[at : out_offsets[i + 1]] = fingerprint[offsets[i] : offsets[i + 1]]
    return out_offsets, out
