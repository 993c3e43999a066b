"""Two readings of one print: texts that differ by the mistakes of a machine that read or heard them."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

from dedup.comparison.differences import differences
from dedup.comparison.facts import texts_of
from dedup.model import Passage
from dedup.sketch import Sketches
from dedup.sketch.stem_kernel import UNLISTED

STRANGE = 0.06
"""Share of the words of a text that no table lists: three of four with some 4 of 100 characters wrong have
.07, three of four of Reuters less than .056. A text with fewer mistakes has its facts, too."""
SHORTEST = 200
"""Characters of a passage that is looked at: a shorter one has too few words to tell."""
LEAST, ONE_IN = 8, 10
"""Plain words that either side alone has, at least, one in so many of its own: a form has next to none."""
IN_PART = 0.3
"""Share of these that begin or end as others do: at least .34 in 37 pairs that were read twice, with 1 to 10
of 100 characters wrong; under .22 in three of four pairs of Reuters forms."""
ALIKE = 0.6
"""Share of the letters of two spellings that are the same, in order, where they may be of one word."""
LONGEST = 120
"""Letters of a place that differs, beyond which it is another wording."""
MOSTLY = 0.6
"""Share of the words that differ, and of the numbers and names among them, that are spelt alike."""


def is_strange(sketches: Sketches) -> NDArray[np.bool_]:
    """Which articles have so many words that no table lists that they may be read wrongly."""
    unlisted = np.concatenate(([0], np.cumsum(sketches.level == UNLISTED)))
    strange: NDArray[np.bool_] = np.diff(unlisted[sketches.tokens]) >= STRANGE * np.diff(sketches.tokens)
    return strange


def is_garbled(text_a: str, text_b: str, passages: Iterable[Passage]) -> bool:
    """Whether what two texts share differs in how its words are spelt, facts and others, and not in which.

    Forms that are filled in twice have all plain words in common, and other facts; what is reworded has other
    words. What was read by a machine twice has the same words with other mistakes in any of them.
    """
    plain, facts = [0, 0], [0, 0]  # how many places differ, and how many of them are alike
    for both in texts_of(text_a, text_b, passages):
        a, b = sorted(both, key=lambda text: (len(text), text))  # difflib looks at them from one side
        if min(len(a), len(b)) < SHORTEST or not _may_be_garbled(a, b):
            continue
        for kind, in_a, in_b in differences(a, b):
            if kind == "replaced":
                one, other = a[in_a.start : in_a.end], b[in_b.start : in_b.end]
                counted = plain if one.islower() or other.islower() else facts
                counted[0] += 1
                counted[1] += _are_alike(one, other)
    return plain[1] >= max(LEAST, MOSTLY * plain[0]) and facts[1] >= MOSTLY * facts[0]


def _may_be_garbled(text: str, other: str) -> bool:
    """Whether both have enough plain words that the other has not, and these begin or end alike in part.

    A hundredth of what it takes to set the texts against each other, which of forms few are worth.
    """
    words, others = (set(filter(_is_plain, each.split())) for each in (text, other))
    own, its = words - others, others - words
    if len(own) < max(LEAST, len(words) / ONE_IN) or len(its) < max(LEAST, len(others) / ONE_IN):
        return False
    parts = {word[:3] for word in its} | {f" {word[-4:]}" for word in its}
    return sum(word[:3] in parts or f" {word[-4:]}" in parts for word in own) >= IN_PART * len(own)


def _is_plain(word: str) -> bool:
    return len(word) > 3 and word.islower() and word.isalpha()


def _are_alike(one: str, other: str) -> bool:
    a, b = ("".join(filter(str.isalnum, each)).casefold() for each in (one, other))
    if len(a) + len(b) > 2 * LONGEST:
        return False
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    # what most are told by, in a tenth of the time
    return matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE
