"""Two readings of one print: texts that differ by the mistakes of a machine that read or heard them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

from dedup.comparison.differences import differences
from dedup.comparison.facts import texts_of
from dedup.model import Passage

_PLAIN = re.compile(r"\b[^\W\d_]{4,}\b")

LEAST, ONE_IN = 8, 10
"""Plain words that either side alone has, at least, one in so many of its own: a form has next to none."""
ALIKE = 0.6
"""Share of the letters of two spellings that are the same, in order, where they may be of one word."""
MOSTLY = 0.6
"""Share of the words that differ, and of the numbers and names among them, that are spelt alike."""


def is_garbled(text_a: str, text_b: str, passages: Iterable[Passage]) -> bool:
    """Whether what two texts share differs in how its words are spelt, facts and others, and not in which.

    Forms that are filled in twice have all plain words in common, and other facts; what is reworded has other
    words. What was read by a machine twice has the same words with other mistakes in any of them.
    """
    plain, facts = [0, 0], [0, 0]  # how many places differ, and how many of them are alike
    for a, b in texts_of(text_a, text_b, passages):
        if not (_has_own(a, b) and _has_own(b, a)):
            continue
        for kind, in_a, in_b in differences(a, b):
            if kind == "replaced":
                one, other = a[in_a.start : in_a.end], b[in_b.start : in_b.end]
                counted = plain if one.islower() or other.islower() else facts
                counted[0] += 1
                counted[1] += _are_alike(one, other)
    return plain[1] >= max(LEAST, MOSTLY * plain[0]) and facts[1] >= MOSTLY * facts[0]


def _has_own(text: str, other: str) -> bool:
    """Whether a good part of the plain words of a text are not in the other."""
    words, others = ({word for word in _PLAIN.findall(each) if word.islower()} for each in (text, other))
    return len(words - others) >= max(LEAST, len(words) / ONE_IN)


def _are_alike(one: str, other: str) -> bool:
    a, b = ("".join(filter(str.isalnum, each)).casefold() for each in (one, other))
    return SequenceMatcher(None, a, b, autojunk=False).ratio() >= ALIKE
