"""The facts of texts: their numbers and names, and how far those of two agree."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from string import ascii_letters, ascii_uppercase
from typing import NamedTuple

import numpy as np

from dedup.comparison.cases import declined
from dedup.model import Passage

_NUMBER = re.compile(r"\d(?:[\d.,:/٫٬]*\d)?")
_SEPARATORS = {"٫": ".", "٬": ","}
_IN_NUMBERS = ".,:/"
_UPPER, _LETTERS = ascii_uppercase.encode(), ascii_letters.encode()
_BLANK_BUT_NUMBERS = bytes(c if chr(c) in "0123456789" + _IN_NUMBERS else 0x20 for c in range(256))
_NAME = re.compile(r" ([^\W\d_a-z](?<=[\w,;:] .)[\w'’-]+)")  # what few places have is looked at first
"""A word that does not begin its sentence; a name, if it is capitalised."""
_WORD, _ASCII_WORD = re.compile(r"[^\W\d_][\w'’-]+"), re.compile(r"[a-z][\w'-]+", re.ASCII)
# what a word may end in, which is no part of a name
_GENITIVE = re.compile(r"['’][sS]?(?![\w'’-])")
CAPITAL = f"[A-Z{''.join(filter(str.isupper, map(chr, range(0x80, 0x3000))))}]"
_SHOUTED = re.compile(rf"{CAPITAL}(?<!{CAPITAL}{CAPITAL}){CAPITAL}+(?:[ ,;:]+{CAPITAL}{{2,}}){{2,}}")
"""Words in capitals, of which none can be told for a name."""

_ARTICLES = {"der", "die", "das", "den", "dem", "des", "ein", "eine", "einen", "einer"}
_GERMAN_ALONE = {"und", "mit", "für", "auf", "nicht", "ist", "sich", "im", "bei", "zum", "zur", "eine"}
_GERMAN = re.compile(rf"\b(?:{'|'.join(sorted(_ARTICLES | _GERMAN_ALONE))})\b")
_ENGLISH, _OFTEN_ENGLISH = (" the ", " of ", " and ", " to "), 20
"""Words of which English has one in so many, at least, and no other language."""
_SIDE_BY_SIDE = re.compile(
    r"(?:(?<=[\w,;:–-] )|(?<=[\w,;:–-] [„“”\"»‚‘(\[]))(?=([^\W\d_a-z][\w'’-]+) ([^\W\d_a-z][\w'’-]+))"
)
"""Two words with capitals in a sentence: at its beginning any may have one, and any noun comes after it."""
_OFTEN, _DIFFERENT = 12, 3
"""Of a text in German one word in so many is one of those above, at least, and so many different ones are of
those that German alone has."""

SHOUTED = 1 / 2
"""Share of capitals among the letters of a text from which it is in capitals."""
_ONE_CASE = 0.01
"""Share of its letters that are not of the one case of a text, at most: prose has three times as many."""
ORDERED = 400
"""Facts whose order is looked at: each two of them are."""
LEAST_FACTS = 3
"""Numbers or names that either side must have for their agreement to tell anything."""


class Shared:
    """What two articles share, by their passages: the facts in it, each kind found when it is asked for.

    How far facts agree is the share of the smaller of both sets that both have; nan where that is too small
    to tell. In 265 pairs of news read by hand the numbers of derived ones agreed by .73 to 1.0 in the median,
    those of forms by .24 to .33.
    """

    def __init__(self, text_a: str, text_b: str, passages: Iterable[Passage]) -> None:
        self._whole = text_a, text_b
        self._passages = passages

    @cached_property
    def _texts(self) -> tuple[list[str], list[str]]:
        found = list(texts_of(*self._whole, self._passages))
        return [a for a, _ in found], [b for _, b in found]

    @cached_property
    def same(self) -> bool:
        """Whether it is the same character by character."""
        a, b = self._texts
        return a == b

    @cached_property
    def numbers(self) -> tuple[set[str], set[str]]:
        """The numbers in it, of either side."""
        a, b = ({*_numbers("\n".join(texts))} for texts in self._texts)
        return a, b

    @cached_property
    def names(self) -> tuple[set[str], set[str]]:
        """The names in it, of either side: they take ten times as long to find."""
        german = any(map(is_german, self._whole))
        a, b = ({name for text in texts for name in _names(text, german=german)} for texts in self._texts)
        return a, b

    def agreement_of_numbers(self) -> float:
        """How far the numbers agree."""
        return 1.0 if self.same else _common(*self.numbers)

    def agreement(self) -> float:
        """How far the numbers and names agree; by `facts_of_both` where one side is in capitals."""
        if self.same:
            return 1.0
        texts = ["\n".join(own) for own in self._texts]
        if len({_capitals(text) > SHOUTED for text in texts}) > 1:
            facts, common = of_fewer(facts_of_both(*map(Facts.of, texts)))
            return common / facts if facts else math.nan
        both = zip(self.numbers, self.names, strict=True)
        return _common(*(numbers | names for numbers, names in both))

    def is_inflected(self) -> bool:
        """Whether most names that one side alone has are those of the other in another case."""
        a, b = self.names
        in_both = min(declined(a - b, b - a), declined(b - a, a - b))
        return 2 * in_both >= max(min(len(a - b), len(b - a)), 1)


class Facts(NamedTuple):
    """The numbers and names of a text, all of its numbers and words, and whether it is mostly in capitals.

    `has_cases` tells whether it has names that may have several cases: in English they have not. `spoken` is
    what was written down by ear: in one case, and its numbers in words. All in small letters; `text` is the
    text with a single space wherever there is any.
    """

    text: str
    facts: frozenset[str]
    words: frozenset[str]
    shouted: bool
    has_cases: bool
    spoken: bool

    @classmethod
    def of(cls, text: str) -> Facts:
        """Those of a text."""
        text = " ".join(text.split())
        numbers, names = _numbers(text), {*_names(text, german=is_german(text))}
        names = {_GENITIVE.sub("", name) for name in names}
        bare = _GENITIVE.sub("", text)
        facts = frozenset(map(str.casefold, {*numbers, *names}))
        # in ASCII small letters can be made of all at once, and are found in half the time
        found = (
            _ASCII_WORD.findall(bare.lower()) if bare.isascii() else map(str.casefold, _WORD.findall(bare))
        )
        words = frozenset((*numbers, *found))
        capitals = _capitals(text)
        spoken = not (numbers or _ONE_CASE <= capitals <= 1 - _ONE_CASE) and text.lower() != text.upper()
        return cls(text, facts, words, capitals > SHOUTED, bool(names) and not is_english(text), spoken)

    def places(self) -> dict[str, int]:
        """Where each number and each word stands first."""
        found: dict[str, int] = {}
        for each in _NUMBER.finditer(self.text):
            found.setdefault(_in_ascii(each.group()), each.start())
        for each in _WORD.finditer(self.text):
            found.setdefault(_GENITIVE.sub("", each.group()).casefold(), each.start())
        return found


def facts_of_both(a: Facts, b: Facts) -> list[tuple[int, int]]:
    """How many numbers and names either text has, and how many of them the other has too; or one of them.

    A name may be in another case there. Capitals tell which words are names: of a text that is mostly in
    capitals it is not known, and those of the other are looked for among all of its words; its names alone
    where the other is spoken.
    """
    found = []
    for one, other in ((a, b), (b, a)):
        if not one.shouted:
            facts = frozenset(f for f in one.facts if not f[0].isdigit()) if other.spoken else one.facts
            found.append((len(facts), _held(facts, other)))
    return found


def _held(facts: frozenset[str], other: Facts) -> int:
    """How many of these the other text has."""
    missing = facts - other.words
    if not (missing and other.has_cases):
        return len(facts) - len(missing)
    capitals = (word for word in _WORD.findall(other.text) if word[0].isupper())
    return len(facts) - len(missing) + declined(missing, capitals)


def of_fewer(of_both: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """How many numbers and names the text with fewer has, and how many the other has too, by `facts_of_both`.

    Both are 0 where it has fewer than LEAST_FACTS.
    """
    fewer, common = min(of_both, default=(0, 0))
    return (fewer, common) if fewer >= LEAST_FACTS else (0, 0)


def order_of_facts(a: Facts, b: Facts) -> float:
    """How far the numbers and names that both have come in one order: Kendall's rank correlation (1938).

    Of the first ORDERED of them.
    """
    in_a, in_b = a.places(), b.places()
    common = ((a.facts & b.words) | (b.facts & a.words)) & in_a.keys() & in_b.keys()
    first = sorted(common, key=in_a.__getitem__)[:ORDERED]
    places = np.array([[own[fact] for fact in first] for own in (in_a, in_b)], np.int64)
    agreed = np.sign(places[:, :, None] - places[:, None]).prod(axis=0)
    return float(agreed.sum() / max(len(first) * (len(first) - 1), 1))


def _capitals(text: str) -> float:
    """Which share of the letters of a text are capitals."""
    if text.isascii():
        plain = text.encode()
        upper, letters = (len(plain) - len(plain.translate(None, kind)) for kind in (_UPPER, _LETTERS))
    else:
        each = Counter(text).items()
        upper, letters = (sum(n for c, n in each if kind(c)) for kind in (str.isupper, str.isalpha))
    return upper / max(letters, 1)


def texts_of(text_a: str, text_b: str, passages: Iterable[Passage]) -> Iterator[tuple[str, str]]:
    """What each passage is in both texts."""
    for p in passages:
        yield text_a[p.a.start : p.a.end], text_b[p.b.start : p.b.end]


def _numbers(text: str) -> list[str]:
    """All that _NUMBER finds; in ASCII without the search, which would take most of the time."""
    if not text.isascii():
        return list(map(_in_ascii, _NUMBER.findall(text)))
    runs = text.encode().translate(_BLANK_BUT_NUMBERS).decode().split()
    return [number for run in runs if (number := run.strip(_IN_NUMBERS))]


def _in_ascii(number: str) -> str:
    """A number in the digits of ASCII, whichever it is written in."""
    if number.isascii():
        return number
    return "".join(str(unicodedata.decimal(c, _SEPARATORS.get(c, c))) for c in number)


def _names(text: str, *, german: bool) -> Iterable[str]:
    """The names of a text, as far as capitals tell them."""
    quiet = _SHOUTED.sub(" ", text)
    if german:  # where all nouns are capitalised, names are those that stand side by side
        pairs = (pair for pair in _SIDE_BY_SIDE.findall(quiet) if pair[0].lower() not in _ARTICLES)
        names = [word for pair in pairs if pair[0][0].isupper() and pair[1][0].isupper() for word in pair]
    else:
        names = _NAME.findall(quiet)
    return (word for word in names if word[0].isupper())


def is_german(text: str) -> bool:
    """Whether a text is in German, by its commonest words; those of some neighbours are not enough."""
    if not (" der " in text or " die " in text or " und " in text):
        return False  # what most texts are told by, in a fifteenth of the time
    found = _GERMAN.findall(text)
    return _OFTEN * len(found) >= len(text.split()) and len(_GERMAN_ALONE & {*found}) >= _DIFFERENT


def is_english(text: str) -> bool:
    """Whether a text, with single spaces, is in English, by its commonest words."""
    return _OFTEN_ENGLISH * sum(map(text.count, _ENGLISH)) > text.count(" ")


def _common(a: set[str], b: set[str]) -> float:
    least = min(len(a), len(b))
    return len(a & b) / least if least >= LEAST_FACTS else math.nan
