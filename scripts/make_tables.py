"""Make dedup/sketch/tables.npz: how code points fold, and how common words are.

    pip install 'dedup[resources]' && python scripts/make_tables.py

The keys of every index depend on these tables, so they are frozen: make them anew only together with a new
`VERSION`, which refuses indexes made with the old ones.

Folding comes from this Python's `unicodedata`. Frequencies come from wordfreq (Speer 2022), all of its
languages: the document frequency that a word would have among 2^20 articles of 400 words, as a level in
quarters of log2. A word that English has keeps its English level, others take the largest level of any
language, because a text's language is not known when its keys are made.
"""

from __future__ import annotations

import math
import unicodedata
from pathlib import Path

import numpy as np
import wordfreq

from dedup.sketch import kernel

VERSION = 1
ARTICLES, WORDS = 2**20, 400
ENGLISH_FLOOR, FLOOR = 10**-6.2, 10**-5.1
FUNCTION_WORDS = {"en": 110}
FUNCTION_WORDS_ELSEWHERE = 50
OUT = Path(__file__).parent.parent / "dedup" / "sketch" / "tables.npz"

# Scripts written without spaces: one token a character.
SINGLES = [
    (0x0E01, 0x0E5B), (0x0E81, 0x0EDF), (0x1000, 0x109F), (0x1780, 0x17DD), (0x2E80, 0x2FDF),
    (0x3005, 0x3007), (0x3021, 0x30FF), (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF),
    (0xA9E0, 0xA9FE), (0xAA60, 0xAA7F), (0xF900, 0xFAFF), (0xFF66, 0xFF9F), (0x1B000, 0x1B16F),
    (0x20000, 0x3FFFF),
]  # fmt: skip
# Apostrophes, soft hyphen, zero-width characters, direction marks, variation selectors, tatweel.
IGNORED = [0x27, 0x60, 0xB4, 0xAD, 0x2BC, 0x2BB, 0x2018, 0x2019, 0x201B, 0x2032, 0xFF07, 0x640,
           *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF,
           *range(0xFE00, 0xFE10), 0x34F, 0x61C, 0x180E, *range(0xE0100, 0xE01F0)]  # fmt: skip


def is_mark_ignored(char: str) -> bool:
    """Accents and points are stripped; vowel signs, nuktas and viramas are part of their word."""
    return unicodedata.category(char).startswith("M") and unicodedata.combining(char) not in (0, 7, 8, 9)


def fold(char: str) -> str:
    """The one character that `char` folds to: compatibility form, case-folded, without accents."""
    for _ in range(4):
        bare = [c for c in unicodedata.normalize("NFKD", char) if not is_mark_ignored(c)]
        folded = bare[0].casefold() if len(bare) == 1 else char.lower()
        stripped = [c for c in unicodedata.normalize("NFKD", folded) if not is_mark_ignored(c)]
        if len(stripped) != 1:
            return folded if len(folded) == 1 and len(bare) == 1 else char
        if stripped[0] == char:
            break
        char = stripped[0]
    return char


def code_points() -> np.ndarray:
    """One uint32 a code point: what it folds to, with the flags of the kernel."""
    table = np.zeros(0x110000, np.uint32)
    for code in range(0x110000):
        char = chr(code)
        category = unicodedata.category(char)
        if category[0] == "M":
            table[code] = kernel.IGNORE if is_mark_ignored(char) else code | kernel.MARK
        elif category[0] in "LN":
            table[code] = ord(fold(char)) | kernel.LETTER
    for low, high in SINGLES:
        block = table[low : high + 1]
        block[(block & kernel.LETTER) != 0] |= kernel.SINGLE
    table[IGNORED] = kernel.IGNORE
    return table


def word_levels(pages: np.ndarray, page_of: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sorted stem hashes, and the level of each; function words have kernel.FUNCTION."""

    def stems(words: list[str]) -> list[tuple[int, ...]]:
        text = "\n".join(words)
        codes = np.frombuffer(text.encode("utf-32-le"), np.uint32)
        ends = np.cumsum([len(word) + 1 for word in words])
        starts = np.concatenate(([0], ends)).astype(np.int64)
        starts[-1] -= 1
        offsets, _, _, folded, places = kernel.tokenise(codes, starts, pages, page_of)
        found = kernel.stems(folded, places)
        return [tuple(found[offsets[i] : offsets[i + 1]].tolist()) for i in range(len(words))]

    def level(frequency: float) -> int:
        df = ARTICLES * -math.expm1(-WORDS * frequency)
        return max(1, round(4 * math.log2(max(df, 1.0))))

    by_language: dict[str, dict[int, float]] = {}
    function: dict[str, set[int]] = {}
    for language in sorted(wordfreq.available_languages("best")):
        frequencies = wordfreq.get_frequency_dict(language)
        floor = ENGLISH_FLOOR if language == "en" else FLOOR
        words = sorted((w for w, f in frequencies.items() if f >= floor / 4), key=lambda w: -frequencies[w])
        totals: dict[int, float] = {}
        common: set[int] = set()
        for rank, (word, parts) in enumerate(zip(words, stems(words), strict=True)):
            for stem in parts:
                totals[stem] = totals.get(stem, 0.0) + frequencies[word]
            if rank < FUNCTION_WORDS.get(language, FUNCTION_WORDS_ELSEWHERE) and len(parts) == 1:
                if len(word) > 1 or word in "aio" or not word.isascii():
                    common.update(parts)
        by_language[language] = {stem: f for stem, f in totals.items() if f >= floor}
        function[language] = common
    for language in ("zh", "ja"):
        function[language] = set()  # their tokens are characters, none of which is only a function word

    english = by_language.pop("en")
    levels = {stem: level(f) for stem, f in english.items()}
    for language, totals in by_language.items():
        for stem, f in totals.items():
            if stem not in english:
                levels[stem] = max(levels.get(stem, 0), level(f))
                if stem in function[language]:
                    levels[stem] = kernel.FUNCTION
    for number in [*range(2100), *(f"{n:02d}" for n in range(100)), "000"]:
        for parts in stems([str(number)]):
            levels[parts[0]] = level(wordfreq.word_frequency(str(number), "en"))
    for stem in function["en"]:
        levels[stem] = kernel.FUNCTION
    hashes = np.array(sorted(levels), np.uint32)
    return hashes, np.array([levels[int(h)] for h in hashes], np.uint8)


def main() -> None:
    table = code_points().reshape(-1, 256)
    pages, page_of = np.unique(table, axis=0, return_inverse=True)
    page_of = page_of.ravel().astype(np.uint16)
    hashes, levels = word_levels(pages.ravel(), page_of)
    np.savez_compressed(
        OUT,
        version=np.array([VERSION]),
        unicode=np.array(unicodedata.unidata_version),
        pages=pages.ravel(),
        page_of=page_of,
        words=np.diff(hashes, prepend=np.uint32(0)),
        levels=levels,
    )
    print(f"{OUT.name}: {len(pages)} pages, {len(hashes)} stems, {OUT.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
