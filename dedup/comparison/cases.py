"""Names in their grammatical cases: which of two texts, that are not in English, are the same."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Iterable

from dedup.patterns import pattern

_APOSTROPHE = pattern("['’]")

STEM, LEAST_ALIKE, ENDINGS = 4, 0.6, (3, 5)
"""Letters with which a name begins in all of its cases, at least, and which another seldom has; which share
of the longer of two cases they are, at least, and how many letters the endings of the two have, at most."""
LONGEST_NAME, BESIDE = 40, 8
"""Letters of a name that is looked for in other cases, at most, and how many of those that begin alike."""


def declined(names: Iterable[str], others: Iterable[str]) -> int:
    """How many names are among others in another case: with the same beginning, and another ending."""
    alike = sorted({*filter(None, map(_undeclined, others))})
    found = 0
    for name in filter(None, map(_undeclined, names)):
        at = bisect_left(alike, name)  # those that begin alike lie beside it
        found += any(_are_cases(name, other) for other in alike[max(at - BESIDE, 0) : at + BESIDE])
    return found


def _undeclined(name: str) -> str:
    """A name in small letters, without accents, which move, and what an apostrophe adds to it.

    "" where it has no cases: with a digit, or longer than any name.
    """
    if not name.isascii():
        name = "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))
    head = _APOSTROPHE.split(name, maxsplit=1)[0]
    name = (head if len(head) >= STEM else name).casefold()
    return "" if len(name) > LONGEST_NAME or any(map(str.isdigit, name)) else name


def _are_cases(a: str, b: str) -> bool:
    """Whether two may be one name in two cases."""
    if a[:STEM] != b[:STEM]:
        return False
    shorter, longer = sorted((len(a), len(b)))
    common = next((at for at in range(shorter) if a[at] != b[at]), shorter)
    if common < max(STEM, LEAST_ALIKE * longer):
        return False
    return shorter - common <= ENDINGS[0] and longer - common <= ENDINGS[1]
