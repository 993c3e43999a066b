"""The headline, the byline and the date above a text, where their form leaves no doubt that they are that.

    Chronicler of the Ruhr dies        one line, which does not end like a sentence
    By Marit Haugen                    perhaps; and perhaps when
                                       a blank line
    Edda Falkenrath, who ... has died in Bochum at the age of 91, her publisher said on Monday.

Where in doubt the line stays with the text: what follows has to be longer, and to be made of sentences, so
nothing is taken from most poems and lists, or from a script that does without full stops.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import takewhile
from typing import Final

from dedup.patterns import pattern
from dedup.read.dates import published

LONGEST: Final = 160
"""Characters of a headline: a longer line is a paragraph."""
_ABOVE: Final = 4
"""Lines, blank ones left out, that may stand above a text."""
_LEAD: Final = 60
"""Characters of a first paragraph at least; in a script that writes a word as one or two characters, half."""
_GROWTH: Final = 1.5
"""How much longer than its headline it must be."""
_SENTENCES: Final = 0.6
"""Share of a text that must be in paragraphs that end like sentences."""

_STOPS: Final = tuple(".!?…。！？．؟۔।॥։။።")
_OPEN: Final = tuple(",;:،؛、，；：–—-")
"""What a greeting ends with, or what announces a list, or a line that goes on."""
_CLOSING: Final = "\"'”’»›)]）」』】 \u200e\u200f"
_CREDIT: Final = pattern(r"\s*[(（][^()（）]{1,60}[)）]\Z")
_DENSE: Final = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_TWO_WORDS: Final = pattern(rf"[^\W\d_][^\s]*\s+[^\s\w]*\w*[^\W\d_]|[{_DENSE}]{{4}}")
"""One word may be a section, a name or a place."""
_MONTH: Final = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_NO_HEADLINE: Final = pattern(
    r"[-–—•*·>]|\d+[.)]\s"
    r"|(?:dear|hello|hi|hey|greetings|welcome|good (?:morning|afternoon|evening|day)|ladies|madam|honou?rable"
    r"|m(?:r|rs|s)\.? (?:president|speaker|chair\w*|secretary|prime minister)|your \w+)\b"
    r"|.*[^\W\d_]{4}[.!?]\s|.*[^\S\n]{2}"
    rf"|.*\b(?:\d{{1,2}} {_MONTH}|{_MONTH} \d{{1,2}})(?:,? \d{{4}})?\Z|.*\d\.? (?:de )?\w+ (?:de )?\d{{4}}\Z",
    re.IGNORECASE,
)
"""How the item of a list begins, a greeting; several sentences, a menu; and what ends with a day."""
HASHES: Final = pattern(r"#{1,6}\s+")
"""What Markdown has before a headline."""

_SITE: Final = pattern(r"\Z| ?[|·•»] ?\S| [:–—-]{1,2} \S")
"""What follows on the headline in the title of a page: nothing, or the name of the site."""

_BIG: Final = r"[^\W\d_a-zß-öø-ÿ][\w'’.\-]*"
_PEOPLE: Final = (
    rf"(?:{_BIG}(?: (?:(?:von|van|de|del|der|den|di|da|la|le|el|al|bin) )*{_BIG}){{0,4}}"
    r"|(?i:our (?:own )?[a-z ]{3,40}|(?:a )?staff[a-z ]{0,30}|agencies))"
)
_AND: Final = r"(?:, | (?:and|und|et|y|e|en|og|och|&) )"
_BYLINE: Final = pattern(
    rf"(?i:by|von|par|por|di|door|av|af):? ({_PEOPLE}(?:{_AND}{_PEOPLE}){{0,4}})"
    rf"(?:,? (?:in|at|aus|à|en|i|te) {_BIG}.{{0,40}}| ?[,|/•·(–—-].{{0,60}})?"
)


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above a text, which begins at `start`."""

    start: int
    title: str | None
    byline: str | None
    published: datetime | None
    source: str | None = None


def head(text: str) -> Head | None:
    """What stands above a text; None where there is nothing, or nothing for sure."""
    start = len(text) - len(text.lstrip())
    above: list[str] = []
    apart = False
    for line in text[start : start + _ABOVE * (LONGEST + 8)].splitlines(keepends=True):
        plain = line.strip()
        if above and not _is_of_head(line, None):
            start += line.index(plain)
            break
        if plain:
            above.append(plain)
        apart = not plain
        start += len(line)
    else:
        return None
    title = HASHES.sub("", above[0])
    if not apart or len(above) > _ABOVE or not _is_headline(title) or not _is_prose(text, start, len(title)):
        return None
    bylines = (name for line in above[1:] if (name := byline(line)))
    dates = (moment for line in above[1:] if (moment := published(line)))
    return Head(start, title, next(bylines, None), next(dates, None))


def under(text: str, titles: Iterable[str], author: str | None) -> tuple[int, str | None]:
    """Where the text of a page begins under its title, and the byline there; 0 where the title is not above.

    The title may have the name of the site after it, or be broken into two lines, and a section above it.
    """
    lines = text.splitlines(keepends=True)[: _ABOVE + 3]
    titles = [_folded(title) for title in titles]
    places = ((first, end) for end in (4, 3, 2, 1) for first in (end - 1, end - 2) if 0 <= first < 3)
    for first, end in places:
        title = _folded(" ".join(lines[first:end]))
        if any(map(_is_end, lines[:first])) or not any(_is_title(title, each) for each in titles):
            continue
        below = list(takewhile(partial(_is_of_head, author=author), lines[end:]))
        start = sum(map(len, lines[:end] + below))
        bylines = (name for line in below if (name := byline(line.strip())))
        return (start, next(bylines, None)) if text[start:].strip() else (0, None)
    return 0, None


def _is_of_head(line: str, author: str | None) -> bool:
    """Whether a line under a headline says who wrote the text, or when, or nothing."""
    plain = line.strip()
    return not plain or plain == author or is_byline(plain) or published(plain) is not None


def _folded(line: str) -> str:
    return " ".join(line.split()).casefold()


def _is_end(line: str) -> bool:
    return len(line) > LONGEST or line.rstrip(_CLOSING + "\n").endswith(_STOPS)


def _is_title(line: str, title: str) -> bool:
    return bool(line) and title.startswith(line) and _SITE.match(title, len(line)) is not None


def byline(line: str) -> str | None:
    """Who is named by a line that is a byline and nothing else; None for any other."""
    if len(line) > LONGEST or line.endswith(_STOPS):
        return None
    match = _BYLINE.fullmatch(line)
    return match[1] if match else None


def is_byline(line: str) -> bool:
    """Whether a line is a byline and nothing else."""
    return byline(line) is not None


def _is_headline(line: str) -> bool:
    return (
        len(line) <= LONGEST
        and not line.rstrip(_CLOSING).endswith(_STOPS + _OPEN)
        and _TWO_WORDS.search(line) is not None
        and _NO_HEADLINE.match(line) is None
        and not is_byline(line)
        and published(line) is None
    )


def _is_prose(text: str, start: int, headline: int) -> bool:
    """Whether what begins here is made of sentences, and longer than a headline of so many characters."""
    whole = ended = 0
    for paragraph in _paragraphs(text, start):
        ends = _CREDIT.sub("", paragraph[-80:]).rstrip(_CLOSING).endswith(_STOPS)
        if not whole:
            least = _LEAD // 2 if re.search(f"[{_DENSE}]", paragraph) else _LEAD
            if not ends or len(paragraph) < max(least, _GROWTH * headline):
                return False
        whole += len(paragraph)
        ended += len(paragraph) * ends
    return ended > _SENTENCES * whole


def _paragraphs(text: str, start: int) -> Iterator[str]:
    """The paragraphs of a text, blank lines between them."""
    for paragraph in re.split(r"\n[^\S\n]*\n|\r[^\S\r\n]*\r", text[start:]):
        if plain := paragraph.strip():
            yield plain
