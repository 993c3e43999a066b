"""Forms and notices: what recurs in articles that are not copies of each other."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache, partial
from string import ascii_letters, ascii_uppercase
from typing import NamedTuple

import numpy as np

from dedup.comparison.differences import differences
from dedup.digest import is_of_one_source
from dedup.model import Article, Passage, Span
from dedup.settings import Settings
from dedup.sketch import sketch
from dedup.sketch.kernel import FUNCTION

_NUMBER = re.compile(r"\d(?:[\d.,:/]*\d)?")
_IN_NUMBERS = ".,:/"
_UPPER, _LETTERS = ascii_uppercase.encode(), ascii_letters.encode()
_BLANK_BUT_NUMBERS = bytes(c if chr(c) in "0123456789" + _IN_NUMBERS else 0x20 for c in range(256))
_NAME = re.compile(r" ([^\W\d_a-z](?<=[\w,;:] .)[\w'’-]+)")  # what few places have is looked at first
"""A word that does not begin its sentence; a name, if it is capitalised."""
_WORD = re.compile(r"[^\W\d_][\w'’-]+")
_CAPITAL = f"[A-Z{''.join(filter(str.isupper, map(chr, range(0x80, 0x3000))))}]"
_SHOUTED = re.compile(rf"{_CAPITAL}(?<!{_CAPITAL}{_CAPITAL}){_CAPITAL}+(?:[ ,;:]+{_CAPITAL}{{2,}}){{2,}}")
"""Words in capitals, of which none can be told for a name."""

_ARTICLES = {"der", "die", "das", "den", "dem", "des", "ein", "eine", "einen", "einer"}
_GERMAN_ALONE = {"und", "mit", "für", "auf", "nicht", "ist", "sich", "im", "bei", "zum", "zur", "eine"}
_GERMAN = re.compile(rf"\b(?:{'|'.join(sorted(_ARTICLES | _GERMAN_ALONE))})\b")
_SIDE_BY_SIDE = re.compile(
    r"(?:(?<=[\w,;:–-] )|(?<=[\w,;:–-] [„“”\"»‚‘(\[]))(?=([^\W\d_a-z][\w'’-]+) ([^\W\d_a-z][\w'’-]+))"
)
"""Two words with capitals in a sentence: at its beginning any may have one, and any noun comes after it."""
_OFTEN, _DIFFERENT = 12, 3
"""Of a text in German one word in so many is one of those above, at least, and so many different ones are of
those that German alone has."""

STEM = 4
"""Letters with which a name begins in all of its cases, and which another seldom has."""
KEPT, ORDERED = 100_000, 400
"""Characters of a text whose facts are remembered for a while, at most; facts whose order is looked at."""
LEAST_FACTS = 3
"""Numbers or names that either side must have for their agreement to tell anything."""
TAIL = 120
"""Characters that may follow a notice at the end of an article."""
NOTICE_SHARE = 0.3
FREQUENT_SHARE = 0.7
"""Share of an article that a notice may be; and where more articles of the source have it."""
APART_SHARE, BRIEF_SHARE, APART = 0.5, 0.7, 0.2
"""Share of an article that a notice may be which is a paragraph and stands apart, and that one source's may
be at the end of its briefs; and share of all other facts that two such articles may have in common."""
_NAMED = rf"{_CAPITAL}[\w&'’-]*"
_PROFILE = re.compile(
    rf"(?:About|ABOUT|Über|ÜBER|À propos de|Acerca de|Informazioni su|Over|Om) (?:the )?{_NAMED}"
    rf"(?:,? (?:{_NAMED}|&|and|of|for|und|de|di)){{0,5}} ?[.:*\n]"
)
"""The heading under which a company says at the end of its news what it is."""
LEAST_WORDS, OTHER_WORDS = 20, 1 / 3
"""Content words that either rest of two articles must have for them to tell anything; and share of the fewer
that both may have where they are about something else."""
_BLANK = re.compile(r"\n\s*\n")
_BEGINS, _ENDS = re.compile(r"(?:\A|\n\s*\n)\W*\Z"), re.compile(r"[^\w\n]*(?:\Z|\n\s*\n)")
_LINE = re.compile(r"\n[\s#*]*")


class Shared:
    """What two articles share, by their passages: the facts in it, each kind found when it is asked for.

    How far facts agree is the share of the smaller of both sets that both have; nan where that is too small
    to tell. In 265 pairs of news read by hand the numbers of derived ones agreed by .73 to 1.0 in the median,
    those of forms by .24 to .33.
    """

    def __init__(self, text_a: str, text_b: str, passages: Iterable[Passage]) -> None:
        self._texts = list(_texts(text_a, text_b, passages))
        self._whole = text_a, text_b

    @cached_property
    def same(self) -> bool:
        """Whether it is the same character by character."""
        return all(a == b for a, b in self._texts)

    @cached_property
    def numbers(self) -> tuple[set[str], set[str]]:
        """The numbers in it, of either side."""
        return self._of(_numbers)

    @cached_property
    def names(self) -> tuple[set[str], set[str]]:
        """The names in it, of either side: they take ten times as long to find."""
        return self._of(partial(_names, german=any(map(is_german, self._whole))))

    def _of(self, facts: Callable[[str], Iterable[str]]) -> tuple[set[str], set[str]]:
        a, b = ({fact for pair in self._texts for fact in facts(pair[side])} for side in (0, 1))
        return a, b

    def agreement_of_numbers(self) -> float:
        """How far the numbers agree."""
        return 1.0 if self.same else _common(*self.numbers)

    def agreement(self) -> float:
        """How far the numbers and names agree."""
        if self.same:
            return 1.0
        (numbers_a, numbers_b), (names_a, names_b) = self.numbers, self.names
        return _common(numbers_a | names_a, numbers_b | names_b)

    def is_inflected(self) -> bool:
        """Whether most names that one side alone has are those of the other in another case."""
        a, b = self.names
        heads = [{name[:STEM].casefold() for name in own if len(name) > STEM} for own in (a - b, b - a)]
        return 2 * len(heads[0] & heads[1]) >= max(min(len(a - b), len(b - a)), 1)


def of_fewer(of_both: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """How many numbers and names the text with fewer has, and how many the other has too, by `facts_of_both`.

    Both are 0 where it has fewer than LEAST_FACTS.
    """
    fewer, common = min(of_both, default=(0, 0))
    return (fewer, common) if fewer >= LEAST_FACTS else (0, 0)


def facts_of_both(text_a: str, text_b: str) -> list[tuple[int, int]]:
    """How many numbers and names either text has, and how many of them the other has too; or one of them.

    Capitals tell which words are names: of a text that is mostly in capitals it is not known, and those of
    the other are looked for among all of its words.
    """
    a, b = _said(text_a), _said(text_b)
    sides = ((a, b), (b, a))
    return [(len(one.facts), len(one.facts & other.words)) for one, other in sides if not one.shouted]


def order_of_facts(text_a: str, text_b: str) -> float:
    """How far the numbers and names that both have come in one order: Kendall's rank correlation (1938).

    Of the first ORDERED of them: each pair of facts is looked at.
    """
    a, b = _said(text_a), _said(text_b)
    places = _places(text_a), _places(text_b)
    facts = ((a.facts & b.words) | (b.facts & a.words)) & places[0].keys() & places[1].keys()
    first = sorted(facts, key=places[0].__getitem__)[:ORDERED]
    steps = [
        np.sign(np.subtract.outer(own, own)) for own in ([one[fact] for fact in first] for one in places)
    ]
    return float((steps[0] * steps[1]).sum() / max(len(first) * (len(first) - 1), 1))


def _places(text: str) -> dict[str, int]:
    """Where each number and each word of a text, in small letters, stands first."""
    text = " ".join(text.split())
    found: dict[str, int] = {}
    for pattern in (_NUMBER, _WORD):
        for each in pattern.finditer(text):
            found.setdefault(each.group().casefold(), each.start())
    return found


class _Said(NamedTuple):
    """The numbers and names of a text, all of its numbers and words, and whether it is mostly in capitals."""

    facts: frozenset[str]
    words: frozenset[str]
    shouted: bool


def _said(text: str) -> _Said:
    return _said_lately(text) if len(text) <= KEPT else _read(text)


@lru_cache(32)  # an article is compared with several others, one after another
def _said_lately(text: str) -> _Said:
    return _read(text)


def _read(text: str) -> _Said:
    text = " ".join(text.split())
    numbers, names = _numbers(text), _names(text, german=is_german(text))
    facts = frozenset(map(str.casefold, {*numbers, *names}))
    words = frozenset(map(str.casefold, {*numbers, *_WORD.findall(text)}))
    return _Said(facts, words, shouted=_is_shouted(text))


def _is_shouted(text: str) -> bool:
    """Whether a text is mostly in capitals."""
    if text.isascii():
        plain = text.encode()
        upper, letters = (len(plain) - len(plain.translate(None, kind)) for kind in (_UPPER, _LETTERS))
    else:
        each = Counter(text).items()
        upper, letters = (sum(n for c, n in each if kind(c)) for kind in (str.isupper, str.isalpha))
    return 2 * upper > letters


def _texts(text_a: str, text_b: str, passages: Iterable[Passage]) -> Iterator[tuple[str, str]]:
    """What each passage is in both texts."""
    for p in passages:
        yield text_a[p.a.start : p.a.end], text_b[p.b.start : p.b.end]


def _numbers(text: str) -> list[str]:
    """All that _NUMBER finds; in ASCII without the search, which would take most of the time."""
    if not text.isascii():
        return _NUMBER.findall(text)
    runs = text.encode().translate(_BLANK_BUT_NUMBERS).decode().split()
    return [number for run in runs if (number := run.strip(_IN_NUMBERS))]


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


def _common(a: set[str], b: set[str]) -> float:
    least = min(len(a), len(b))
    return len(a & b) / least if least >= LEAST_FACTS else math.nan


def is_notice(a: Article, b: Article, passage: Passage, *, frequent: bool, part: bool = False) -> bool:
    """Whether a passage ends both articles and is a part of either, as the footer of their source is.

    What stands there under the heading of a company's profile may be any part, and word for word anywhere. A
    paragraph that is all that the two have in common is one, too, of a larger part, and anywhere in two
    articles of one source.

    `frequent`: more articles have what the two share. One source's footer may be most of a short article;
    but two articles that alone share their last half are two versions of a story with another beginning.
    `part`: dozens of several sources have it.
    """
    same = is_of_one_source(a, b)
    share = FREQUENT_SHARE if part or (frequent and same) else NOTICE_SHARE
    both = (a.text, passage.a), (b.text, passage.b)
    last = all(len(text.rstrip()) - span.end <= TAIL for text, span in both)
    small = (_length(span) <= share * len(text) or _is_profile(text, span.start) for text, span in both)
    if last and all(small):
        return True
    if not passage.verbatim:
        return False
    return all(_is_profile(text, span.start) for text, span in both) or (
        (last or same) and _stands_apart(BRIEF_SHARE if last and same else APART_SHARE, *both)
    )


def _stands_apart(share: float, *both: tuple[str, Span]) -> bool:
    """Whether a passage is a paragraph in two texts whose others tell of other people and other numbers.

    So is the plea of a newsroom, or what it says of its author; what two versions of a story share is not.
    """
    if not all(_length(span) <= share * len(text) and _is_paragraph(text, span) for text, span in both):
        return False
    fewer, common = min(facts_of_both(*(_without(text, [span]) for text, span in both)), default=(0, 0))
    return common < APART * fewer


def tell_of_others(a: Article, b: Article, passages: Sequence[Passage]) -> bool:
    """Whether two articles, but for the words that they share, are about something else.

    The rest of two versions of a story is reworded, and has words and facts in common: of 15 pairs of one
    source 35% of the words and more. Of bulletins, and of stories over one background, it was up to 32%.
    """
    rests = _rests(a.text, b.text, passages)
    sketches = sketch(rests, Settings(), keys=False)
    (first, second), (one, other) = sketches.tokens[:2], sketches.tokens[1:]
    telling = sketches.level != FUNCTION
    words = [{*sketches.stem[i:j][telling[i:j]].tolist()} for i, j in ((first, one), (second, other))]
    fewest = min(map(len, words))
    return fewest >= LEAST_WORDS and len(words[0] & words[1]) <= OTHER_WORDS * fewest


def _rests(text_a: str, text_b: str, passages: Sequence[Passage]) -> tuple[str, str]:
    """Two texts without the words that their passages have in common."""
    rests = _without(text_a, [p.a for p in passages]), _without(text_b, [p.b for p in passages])
    parts = [[rest] for rest in rests]
    for shared_a, shared_b in _texts(text_a, text_b, passages):
        for other in differences(shared_a, shared_b) if shared_a != shared_b else ():
            if other.kind != "kept":
                parts[0].append(shared_a[other.a.start : other.a.end])
                parts[1].append(shared_b[other.b.start : other.b.end])
    return "\n".join(parts[0]), "\n".join(parts[1])


def _without(text: str, spans: Sequence[Span]) -> str:
    """A text without some of its parts."""
    rest, at = [], 0
    for span in sorted(spans, key=lambda span: span.start):
        rest.append(text[at : span.start])
        at = max(at, span.end)
    return "\n".join((*rest, text[at:]))


def _is_paragraph(text: str, span: Span) -> bool:
    """Whether a span is one paragraph from its first word to its last, between blank lines."""
    inside = _BLANK.search(text, span.start, span.end)
    before, after = text[max(span.start - TAIL, 0) : span.start], text[span.end : span.end + TAIL]
    return not inside and bool(_BEGINS.search(before) and _ENDS.match(after))


def _length(span: Span) -> int:
    return span.end - span.start


def _is_profile(text: str, start: int) -> bool:
    """Whether a passage begins with the heading of a profile, in its line or in one of the next."""
    lines = [start, *(found.end() for found in _LINE.finditer(text, max(start - TAIL, 0), start + TAIL))]
    return start >= TAIL and any(_PROFILE.match(text, at) for at in lines)
