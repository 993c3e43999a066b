"""The sketch again, slow and obvious: `re` and `unicodedata`, stock xxhash, stock datasketch.

What is written here is the definition; the kernels must agree with it bit for bit.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from math import inf
from pathlib import Path

import datasketch
import numpy as np
import xxhash

TABLES = Path(__file__).parent.parent / "dedup" / "sketch" / "tables.npz"
FUNCTION, UNLISTED, FEW, KEPT = 255, 24, 5, 7

IGNORED = re.compile(
    "['`\u00b4\u02b9\u02bb\u02bc\u055a\u05f3\u1fef\u1ffd\u2018\u2019\u201b\u2032\uff07\u00b7\u0387\u2027"
    "\u00ad\u034f\u061c\u0640\u180e\ufeff\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
ALONE = re.compile(
    "[\u0e01-\u0e5b\u0e81-\u0edf\u1000-\u109f\u1780-\u17dd\u2e80-\u2fdf\u3005-\u3007\u3021-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\ua9e0-\ua9fe\uaa60-\uaa7f\uf900-\ufaff\uff66-\uff9f\U0001b000-\U0001b16f"
    "\U00020000-\U0003ffff]"
)
RADICAL = re.compile("[\u2e80-\u2fd5]")
ALIKE = str.maketrans(
    {
        **dict(zip("ıøłđðħŧٱىیکةہۃە", "iolddhtاييكهههه", strict=True)),
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
    }
)


def is_accent(char: str) -> bool:
    """Marks that stand above, below or through a letter; vowel signs, viramas, tones and voicing do not."""
    return unicodedata.combining(char) not in {0, 8, 9, 84, 91, 103, 107, 118, 122, 129, 130, 132}


def decomposed(text: str) -> str:
    return unicodedata.normalize("NFKD", text)


@cache
def fold(char: str) -> str:
    """What one character folds to."""
    text = char
    for _ in range(5):
        text = IGNORED.sub("", decomposed(text).casefold())
        text = "".join(c for c in decomposed(text) if not is_accent(c)).translate(ALIKE)
    if not all(unicodedata.category(c)[0] in "LMN" for c in text):
        return char
    return "".join(str(unicodedata.decimal(c)) if unicodedata.category(c) == "Nd" else c for c in text)


@cache
def kind(char: str) -> str:
    """L: of a word; S: a word of its own; M: goes with the letter before; I: as if not there; or -."""
    radical = RADICAL.match(char) and decomposed(char) != char
    if IGNORED.match(char):
        return "I"
    if unicodedata.category(char)[0] not in "LMN" and not radical:
        return "-"
    if not fold(char):
        return "I"
    if unicodedata.category(fold(char)[0])[0] == "M":
        return "M"
    return "S" if ALONE.match(char) and unicodedata.category(char) != "Nd" else "L"


BROKEN = re.compile("[-‐] ?\r?\n[ \t]*|¬\\s*")


def unbroken(text: str) -> str:
    """With soft hyphens for what breaks a word at the end of a line, between a letter and a small one."""
    return BROKEN.sub(
        lambda m: (
            "\xad" * len(m[0]) if text[: m.start()][-1:].isalpha() and text[m.end() :][:1].islower() else m[0]
        ),
        text,
    )


def tokens(text: str) -> list[tuple[int, int, str]]:
    """(start, end, folded) of each token."""
    text = unbroken(text)
    kinds = "".join(map(kind, text))
    found = [m.span() for m in re.finditer("S(?:I*M)*|[LM](?:I*[LM])*", kinds)]
    joined: list[tuple[int, int]] = []
    for (before, _), (start, end) in zip([(0, 0), *found], found, strict=False):
        if joined and set(kinds[joined[-1][1] : start]) <= {"I"} and goes_on(text[before], text[start]):
            joined[-1] = joined[-1][0], end
        else:
            joined.append((start, end))
    return list(segmented(text, [(start, end, folded(text[start:end])) for start, end in joined]))


def segmented(text: str, characters: list[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    """The tokens, of Han and kana the longest listed words, from the left."""
    at = 0
    while at < len(characters):
        count = 1
        for many in range(6, 1, -1):
            some = characters[at : at + many]
            gaps = [text[end:start] for (_, end, _), (start, _, _) in pairwise(some)]
            word = "".join(token for _, _, token in some)
            if (
                len(some) == many
                and all(re.match("[\u3040-\u30ff\u3400-\u9fff]", token) for _, _, token in some)
                and all(len(token.encode()) <= 16 for _, _, token in some)
                and all(re.fullmatch("[\0-\x20\xad]?|\r\n", gap) for gap in gaps)
                and len(word) <= KEPT
                and xxh64(word) & 0xFFFFFFFF in listed()
            ):
                count = many
                break
        some = characters[at : at + count]
        yield some[0][0], some[-1][1], "".join(token for _, _, token in some)
        at += count


@cache
def listed() -> set[int]:
    """All stems that the table has."""
    with np.load(TABLES) as stored:
        return set(np.cumsum(stored["words"], dtype=np.uint32).tolist())


def goes_on(before: str, char: str) -> bool:
    """Whether two letters of scripts without spaces, of which no table has words, are in one token."""
    blocks = ["[\u0e00-\u0e7f]", "[\u0e80-\u0eff]", "[\u1000-\u107f]", "[\u1780-\u17ff]"]
    letters = kind(before) == kind(char) == "S"
    if not letters or not any(re.fullmatch(2 * block, before + char) for block in blocks):
        return False
    ahead = "\u0e40\u0e41\u0e42\u0e43\u0e44\u0ec0\u0ec1\u0ec2\u0ec3\u0ec4"
    if char in ahead or before in ahead:
        return char not in ahead
    mixed = ord(before) * 0x9E3779B1 % 2**32 ^ ord(char) * 0x85EBCA77 % 2**32
    return mixed // 2**16 % 4 != 0


def folded(text: str) -> str:
    return "".join(fold(char) for char in text if kind(char) in "LSM")


def shingles(words: list[str], k: int) -> list[str]:
    """The k-word shingles; all words where there are fewer than k."""
    return [" ".join(words[i : i + k]) for i in range(max(len(words) - k + 1, min(len(words), 1)))]


def xxh64(text: str) -> int:
    return xxhash.xxh64_intdigest(text.encode("utf-8", "surrogatepass"))


def signature(hashes: list[int], permutations: int, seed: int) -> list[int]:
    """datasketch's MinHash of the low 32 bits of the hashes."""
    minhash = datasketch.MinHash(
        num_perm=permutations, seed=seed, scheme="affine32", hashfunc=lambda h: h & 0xFFFFFFFF
    )
    minhash.update_batch(hashes)
    return [int(value) for value in minhash.hashvalues]


def stem(word: str) -> str:
    """The light stem of a word, or of its first seven letters if it is not of English, nor has a digit."""
    light = light_stem(word)
    if re.search("[0-9]", word) or (len(word) > KEPT and xxh64(light) & 0xFFFFFFFF in of_english()):
        return light
    return light_stem(word[:KEPT])


@cache
def of_english() -> set[int]:
    """The stems of English, as the table has them."""
    with np.load(TABLES) as stored:
        words = np.cumsum(stored["words"], dtype=np.uint32)
        return set(words[np.unpackbits(stored["english"], count=len(words)) == 1].tolist())


def light_stem(word: str) -> str:
    """The light stem of a word of 4 to 64 ASCII letters; any other word is its own stem."""
    if not re.fullmatch("[a-z]{4,64}", word):
        return word
    if re.search("[^su]s$", word):
        word = word[:-1]
        if len(word) > 4:
            word = re.sub("ie$", "i", word)
    if len(word) > 5 and word.endswith("ing"):
        word, stripped = word[:-3], True
    elif len(word) > 4 and word.endswith("ed"):
        word, stripped = word[:-2], True
    else:
        stripped = False
        if len(word) > 4:
            word = re.sub("ly$", "", word)
    if stripped and len(word) > 3:
        word = re.sub(r"([^lsze])\1$", r"\1", word)
    if len(word) > 3:
        word = re.sub("e$", "", word)
    return re.sub("(?<=...)y$", "i", word)


def stem_hash(word: str) -> int:
    return xxh64(stem(word)) & 0xFFFFFFFF


@cache
def table() -> dict[int, tuple[int, int]]:
    """How common the stems of the table are in English texts, and in others."""
    with np.load(TABLES) as stored:
        words = np.cumsum(stored["words"], dtype=np.uint32)
        both = zip(stored["levels"].tolist(), (stored["levels"] ^ stored["elsewhere"]).tolist(), strict=True)
        return dict(zip(words.tolist(), both, strict=True))


LETTERS = re.compile("[\u0e00-\u0eff\u1000-\u10bf\u1780-\u17ff]")
"""Thai and Lao, Burmese, Khmer, of which the table has no words."""


def levels_of(word: str) -> tuple[int, int]:
    """How common a word is in English texts, and in others."""
    letters = max(72 - 3 * len(word.encode()) // 3, 48) if LETTERS.match(word) else UNLISTED
    return table().get(stem_hash(word), (letters, letters))


def levels(words: list[str]) -> list[int]:
    """How common the words of a text are, in its language: English, or not."""
    known = list(map(levels_of, words))
    english = sum(level == FUNCTION and other != FUNCTION for level, other in known)
    others = [
        stem(word) for word, (level, other) in zip(words, known, strict=True) if level != FUNCTION == other
    ]
    foreign = len(others) > 2 * english and len(set(others)) >= FEW
    return [other if foreign else level for level, other in known]


def mix(x: int) -> int:
    """Vigna's splitmix64 finaliser."""
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
    x = (x ^ (x >> 27)) * 0x94D049BB133111EB % 2**64
    return x ^ (x >> 31)


def bands(entries: list[int], count: int, rows: int) -> list[int]:
    """The keys of the bands of a signature: odd."""
    keys = []
    for band in range(count):
        h = mix((band + 1) * 0x9E3779B185EBCA87 % 2**64)
        for entry in entries[band * rows : (band + 1) * rows]:
            h = (mix(h ^ entry) + 0x27D4EB2F165667C5) % 2**64
        keys.append(h | 1)
    return keys


def pairs(words: list[str]) -> list[tuple[int, int]]:
    """(rank, key) of each pair of adjacent content stems; the key is even, and the least rank is posted."""
    known = [(stem_hash(word), levels_of(word)[0]) for word in words]
    content = [(at, h, max(level, 48)) for at, (h, level) in enumerate(known) if level != FUNCTION]
    found = []
    for (at, a, of_a), (then, b, of_b) in pairwise(content):
        key = mix(max(a, b) << 32 | min(a, b)) & ~1
        rank = min((of_a + of_b) // 2 + 6 * (then - at - 1), 255)
        found.append((rank << 56 | key >> 8, key))
    return found


def fingerprints(words: list[str], window: int) -> list[int]:
    """The key of the rightmost rarest pair of each window, each key once, in order."""
    of_all = pairs(words)
    window = min(window, len(of_all))
    picked: dict[int, None] = {}
    for left in range(len(of_all) - window + 1 if of_all else 0):
        lowest, key = inf, 0
        for rank, own in of_all[left : left + window]:
            if rank <= lowest:
                lowest, key = rank, own
        picked[key] = None
    return list(picked)
