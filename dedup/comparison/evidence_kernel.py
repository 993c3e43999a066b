"""How much the words of a passage say: their weight, and how many of them are the article's own."""

from __future__ import annotations

from typing import Any

from dedup.comparison.structure_kernel import BOILERPLATE, FURNITURE, NAME, QUOTED
from dedup.kernels import kernel
from dedup.sketch.stem_kernel import FUNCTION

NAMES, OTHERS = 10, 8
"""Matched names, and other content words in both spans, from which their shares tell anything."""
MOSTLY = 0.75
"""Share of the weight that is names above which a name told again weighs nothing: a list of companies.

Of the 2,492 joins of Reuters-21578 14 go, 12 of which were names that two stories shared; of 2,555 of PAN, 1.
"""
MORE_NAMES = 2.0
"""Names matched so many times as often as other words are what two texts are about, not what they copy."""

FEW = 4
"""Other content words matched, under which such names are no wording: the people who were sentenced,
somebody's title, the countries of a pact. Each weighs half: a long list, in one order, was copied.

Of the 2,556 ties of Reuters-21578 18 go, 14 of which were lists, titles and forms; of 9,453 of PAN, 7.
"""

CITED, LITTLE = 16, 1.0
"""Words in a row in both texts, of which one says them itself: the other cites them. Where both had heard
them and one did not mark that, it looks the same, so what is cited is a quotation; if all else of the passage
weighs so little, for a mark that is never closed makes a quotation of a whole article."""


@kernel
def weight_of_start(level: Any, flags_a: Any, flags_b: Any, words: Any, rarity2: Any) -> Any:
    """What the first words of two texts, which are equal, weigh outside quotation marks."""
    weight = 0.0
    for k in range(words):
        if not (flags_a[k] | flags_b[k]) & QUOTED:
            weight += rarity2[level[k]]
    return weight


@kernel
def evidence(
    ga: Any, gb: Any, tights: Any, begin: Any, flags_a: Any, flags_b: Any, quoted: Any,
    level_a: Any, level_b: Any, rarity2: Any, word_b: Any, touched: Any,
) -> Any:  # fmt: skip
    """The weight of the words ga[begin:], matched with gb[begin:], and how many are of both articles.

    And whether most of them are `CITED`. Furniture, boilerplate and, in a passage that is not `quoted` nor
    mostly cited, what either quotes weigh nothing. Where most of the weight is names, each counts once, and
    half where other words are few; where little but names is shared, they weigh no more than the rest.
    `touched` is scratch, as long as b has distinct words.
    """
    for k in range(begin, ga.shape[0]):
        touched[word_b[gb[k]]] = 0
    weight, told = 0.0, ga.shape[0] - begin
    named, retold, names, others = 0.0, 0.0, 0, 0
    start, end, cited, words = begin, begin, 0.0, 0
    for k in range(begin, ga.shape[0]):
        if k == end:  # a run begins
            start, end = k, k + 1
            while end < ga.shape[0] and ga[end] == ga[end - 1] + 1 and gb[end] == gb[end - 1] + 1:
                end += 1
        either, both = flags_a[ga[k]] | flags_b[gb[k]], flags_a[ga[k]] & flags_b[gb[k]]
        others += both & NAME == 0 and level_a[ga[k]] != FUNCTION
        if both & FURNITURE or either & BOILERPLATE:
            told -= 1
            continue
        if not tights[k]:
            continue
        w = word_b[gb[k]]
        if not quoted and either & QUOTED:
            if end - start >= CITED and not both & QUOTED:
                cited += rarity2[level_a[ga[k]]]
                words += 1
        else:
            weight += rarity2[level_a[ga[k]]]
            if both & NAME:
                named += rarity2[level_a[ga[k]]]
                names += 1
                if w and touched[w]:
                    retold += rarity2[level_a[ga[k]]]
                touched[w] = 1
    if named > MOSTLY * weight:
        weight, named = weight - retold, named - retold
        if others < FEW and not in_capitals(flags_a) and not in_capitals(flags_b):
            weight, named = weight - named / 2, named / 2
    if (
        names >= NAMES
        and 2 * named > weight
        and _only_names(ga, gb, begin, flags_a, flags_b, level_a, level_b)
    ):
        weight = 2 * (weight - named)
    if weight < LITTLE and 2 * words > ga.shape[0] - begin:
        return weight + cited, told, True
    return weight, told, False


@kernel
def in_capitals(flags: Any) -> Any:
    """Whether most words of a text are capitalised, which then tells nothing of any."""
    names = 0
    for t in range(flags.shape[0]):
        names += flags[t] & NAME > 0
    return 2 * names > flags.shape[0]


@kernel
def _only_names(ga: Any, gb: Any, begin: Any, flags_a: Any, flags_b: Any, level_a: Any, level_b: Any) -> Any:
    """Whether of the names in both spans far more are matched than of their other content words.

    A rewrite keeps both, or turns both into others; two texts about the same people share the names alone.
    """
    names, others = 0, 0
    first, last = gb[begin], gb[begin]
    for k in range(begin, ga.shape[0]):
        first, last = min(first, gb[k]), max(last, gb[k])
        if level_a[ga[k]] != FUNCTION:
            if flags_a[ga[k]] & flags_b[gb[k]] & NAME:
                names += 1
            else:
                others += 1
    names_a, others_a = _content(flags_a, level_a, ga[begin], ga[-1] + 1)
    names_b, others_b = _content(flags_b, level_b, first, last + 1)
    if others_a + others_b < OTHERS:
        return False
    return names * (others_a + others_b) >= MORE_NAMES * others * (names_a + names_b)


@kernel
def _content(flags: Any, level: Any, begin: Any, end: Any) -> Any:
    """How many of the content words of a span are names, and how many are others."""
    names, others = 0, 0
    for t in range(begin, end):
        if level[t] != FUNCTION:
            name = flags[t] & NAME > 0
            names += name
            others += not name
    return names, others
