"""Make dedup/sketch/tables.npz: how code points fold, and how common words are.

    pip install '.[resources]' && python -m dedup.sketch.make_tables

The keys of every index depend on these tables, so they are frozen: make them anew only together with a new
`VERSION`, which refuses indexes made with the old ones.

Folding comes from this Python's `unicodedata`. Frequencies come from wordfreq (Speer 2022), all of its
languages: the document frequency that a word would have among 2^20 articles of 400 words, as a level in
quarters of log2. A word is one of English if it is frequent there, or more than in any other language; of a
longer one that is not, the first letters are its stem.

There are two levels of each: one for English texts, where a word that English has keeps its
English level and others take the largest of any language; and one for texts in other languages, where that
largest level goes before the English one. Keys are made with the first, whatever the language; the second is
for comparing.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import wordfreq
import xxhash

from dedup.sketch import Scratch, Tables, kernel, stem_kernel, tokenise
from dedup.sketch.tables import laid_out

VERSION = 4
ARTICLES, WORDS = 2**20, 400
ENGLISH_FLOOR, FLOOR = 10**-6.2, 10**-5.1
IN_ENGLISH, RARE_IN_ENGLISH = 10**-6, 10**-7.2
"""Frequencies from which a stem is English whatever other languages have, and if none has it more often."""
WITHOUT_SPACES = ("zh", "ja")
SEGMENTED_FLOOR = 10**-5.5
"""The frequency from which a word of a language without spaces is told in a text."""
FUNCTION_WORDS = {"en": 110}
FUNCTION_WORDS_ELSEWHERE = 50
_SEGMENTED = re.compile("[\u3041-\u30ff\u3400-\u9fff]{2,}")
OUT = Path(__file__).parent / "tables.npz"

# Scripts written without spaces: one token a letter, but for those that `kernel` cuts by content and for what
# `segment_kernel` makes of them. (Their digits stay together, as all digits do.)
SINGLES = [
    (0x0E01, 0x0E5B), (0x0E81, 0x0EDF), (0x1000, 0x109F), (0x1780, 0x17DD), (0x2E80, 0x2FDF),
    (0x3005, 0x3007), (0x3021, 0x30FF), (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF),
    (0xA9E0, 0xA9FE), (0xAA60, 0xAA7F), (0xF900, 0xFAFF), (0xFF66, 0xFF9F), (0x1B000, 0x1B16F),
    (0x20000, 0x3FFFF),
]  # fmt: skip
RADICALS = range(0x2E80, 0x2FD6)  # of Han, which some PDFs have in place of the characters

# Apostrophes and geresh, middle dot, soft hyphen, zero-width characters, direction marks, tatweel,
# variation selectors.
IGNORED = {0x27, 0x60, 0xB4, 0x2B9, 0x2BB, 0x2BC, 0x55A, 0x5F3, 0x1FEF, 0x1FFD, 0x2018, 0x2019, 0x201B,
           0x2032, 0xFF07, 0xB7, 0x387, 0x2027, 0xAD, 0x34F, 0x61C, 0x640, 0x180E, 0xFEFF,
           *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), *range(0xFE00, 0xFE10),
           *range(0xE0100, 0xE01F0)}  # fmt: skip

# Letters that one word is written with here and another there, beyond what Unicode decomposes.
ALIKE = {
    "ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th",
    "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ہ": "ه", "ۃ": "ه", "ە": "ه",
}  # fmt: skip


def is_accent(char: str) -> bool:
    """Accents, points and nuktas; vowel signs, viramas, tones and the marks of kana belong to their word."""
    combining = unicodedata.combining(char)
    return 1 <= combining <= 7 or 10 <= combining <= 36 or combining >= 200


def fold(char: str) -> str:
    """What `char` folds to: compatibility form, case-folded, without accents; "" where nothing is left.

    A character whose form holds anything but letters, marks and digits (a fraction, "(1)") is its own.
    """
    before, text = "", char
    while text != before:
        before = text
        kept = [c for c in unicodedata.normalize("NFKD", text).casefold() if ord(c) not in IGNORED]
        text = "".join(
            ALIKE.get(c, c) for c in unicodedata.normalize("NFKD", "".join(kept)) if not is_accent(c)
        )
    if any(unicodedata.category(c)[0] not in "LMN" for c in text):
        return char
    return "".join(str(unicodedata.decimal(c, c)) for c in text)


def code_points() -> tuple[np.ndarray, np.ndarray]:
    """One uint32 a code point, with the flags of the kernel; and the expansions, each after its length.

    The low 21 bits are what to add to the code point; of one that folds to several, where its expansion is.
    """
    table = np.zeros(0x110000, np.uint32)
    expansions: list[int] = []
    places: dict[str, int] = {}
    for code in range(0x110000):
        char = chr(code)
        radical = code in RADICALS and unicodedata.decomposition(char) != ""
        if code in IGNORED or (unicodedata.category(char)[0] not in "LMN" and not radical):
            continue
        folded = fold(char)
        if not folded:
            table[code] = kernel.IGNORE
            continue
        flag = kernel.MARK if unicodedata.category(folded[0])[0] == "M" else kernel.LETTER
        if len(folded) == 1:
            table[code] = flag | ((ord(folded) - code) & kernel.FOLDED)
            continue
        if folded not in places:
            places[folded] = len(expansions)
            expansions += [len(folded), *map(ord, folded)]
        table[code] = flag | kernel.EXPAND | places[folded]
    for low, high in SINGLES:
        for code in range(low, high + 1):
            if table[code] & kernel.LETTER and unicodedata.category(chr(code)) != "Nd":
                table[code] |= kernel.SINGLE
    table[sorted(IGNORED)] = kernel.IGNORE
    return table, np.array(expansions, np.uint32)


Stems = Callable[[list[str]], list[tuple[int, ...]]]
"""The stems of the tokens of each word."""


def totals_of(language: str, stems: Stems, floor: float) -> dict[int, float]:
    """How frequent each stem of a language is, from a frequency on."""
    frequencies = wordfreq.get_frequency_dict(language)
    words = [word for word, frequency in frequencies.items() if frequency >= floor / 4]
    totals: dict[int, float] = {}
    for word, parts in zip(words, stems(words), strict=True):
        for stem in parts:
            totals[stem] = totals.get(stem, 0.0) + frequencies[word]
    return {stem: f for stem, f in totals.items() if f >= floor}


def words_without_spaces() -> set[int]:
    """The hashes of the words of several characters in languages without spaces."""
    return {
        xxhash.xxh64_intdigest("".join(map(fold, word)).encode()) & 0xFFFFFFFF
        for language in WITHOUT_SPACES
        for word, frequency in wordfreq.get_frequency_dict(language).items()
        if frequency >= SEGMENTED_FLOOR and _SEGMENTED.fullmatch(word)
    }


def english_stems(light_stems: Stems) -> set[int]:
    """The stems of words that are of English, by light stems."""
    totals = totals_of("en", light_stems, RARE_IN_ENGLISH)
    for language in set(wordfreq.available_languages("best")) - {"en"}:
        others = totals_of(language, light_stems, RARE_IN_ENGLISH)
        totals = {stem: f for stem, f in totals.items() if f >= min(IN_ENGLISH, others.get(stem, 0.0))}
    return set(totals)


def function_words(language: str, stems: Stems) -> set[int]:
    """The stems of the most frequent words of a language."""
    if language in WITHOUT_SPACES:
        return set()  # tokens are characters, too, none of which is only a function word
    count = FUNCTION_WORDS.get(language, FUNCTION_WORDS_ELSEWHERE)
    frequencies = wordfreq.get_frequency_dict(language)
    words = sorted(frequencies, key=lambda w: -frequencies[w])[:count]
    return {
        parts[0]
        for word, parts in zip(words, stems(words), strict=True)
        if len(parts) == 1 and (len(word) > 1 or word in "aio" or not word.isascii())
    }


def word_levels(stems: Stems, of_english: set[int], segmented: set[int]) -> tuple[np.ndarray, np.ndarray]:
    """Sorted stem hashes, and of each (3, n) its levels in English texts and in others, and if it is English.

    Function words have stem_kernel.FUNCTION.
    """

    def level(frequency: float) -> int:
        df = ARTICLES * -math.expm1(-WORDS * frequency)
        return max(1, round(4 * math.log2(max(df, 1.0))))

    english = {stem: level(f) for stem, f in totals_of("en", stems, ENGLISH_FLOOR).items()}
    others: dict[int, int] = {}
    for language in set(wordfreq.available_languages("best")) - {"en"}:
        function = function_words(language, stems)
        floor = SEGMENTED_FLOOR if language in WITHOUT_SPACES else FLOOR
        for stem, f in totals_of(language, stems, floor).items():
            if f < FLOOR and stem not in segmented:
                continue
            others[stem] = max(others.get(stem, 0), stem_kernel.FUNCTION if stem in function else level(f))
    for number in [*range(2100), *(f"{n:02d}" for n in range(100)), "000"]:
        for parts in stems([str(number)]):
            english[parts[0]] = others[parts[0]] = level(wordfreq.word_frequency(str(number), "en"))
    for stem in function_words("en", stems):
        english[stem] = stem_kernel.FUNCTION
    hashes = sorted(english | others | dict.fromkeys(of_english))
    rows = [
        [first.get(stem, second.get(stem, stem_kernel.UNLISTED)) for stem in hashes]
        for first, second in ((english, others), (others, english))
    ]
    rows.append([stem in of_english for stem in hashes])
    return np.array(hashes, np.uint32), np.array(rows, np.uint8)


def main(out: Path = OUT) -> None:
    table, expansions = code_points()
    pages, page_of = np.unique(table.reshape(-1, 256), axis=0, return_inverse=True)
    no_words = laid_out(np.empty(0, np.uint32), np.empty((3, 0), np.uint8))
    folding = Tables(VERSION, "", pages.ravel(), page_of.ravel().astype(np.uint16), expansions, *no_words)

    def stems(words: list[str], known: tuple[np.ndarray, np.ndarray], kept: int) -> list[tuple[int, ...]]:
        scratch = Scratch.for_parts([words])
        own = replace(folding, words=known[0], levels=known[1])
        offsets, starts, _, places = tokenise(words, own, scratch)
        found = np.empty(len(starts), np.uint32)
        unused = np.empty((2, len(starts)), np.uint8)
        stem_kernel.stems(scratch.folded, places, *known, kept, scratch.memo, found, unused)
        return [tuple(found[offsets[i] : offsets[i + 1]].tolist()) for i in range(len(words))]

    english = english_stems(partial(stems, known=no_words, kept=1 << 20))
    segmented = words_without_spaces()
    sure = np.array(sorted(english | segmented), np.uint32)
    listed = np.ones((3, len(sure)), np.uint8)
    listed[2] = [stem in english for stem in sure.tolist()]
    known = laid_out(sure, listed)
    hashes, levels = word_levels(partial(stems, known=known, kept=stem_kernel.KEPT), english, segmented)
    np.savez_compressed(
        out,
        version=np.array([VERSION]),
        unicode=np.array(unicodedata.unidata_version),
        pages=folding.pages,
        page_of=folding.page_of,
        expansions=expansions,
        words=np.diff(hashes, prepend=np.uint32(0)),
        levels=levels[0],
        elsewhere=levels[0] ^ levels[1],  # mostly 0, so that the file stays small
        english=np.packbits(levels[2]),
    )
    print(f"{out.name}: {len(pages)} pages, {len(hashes)} stems, {out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
