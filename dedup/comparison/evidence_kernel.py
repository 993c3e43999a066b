"""How much the words of a passage say: their weight, and how many of them no line of the page repeats."""

from __future__ import annotations

from typing import Any

from dedup.comparison.structure_kernel import BOILERPLATE, FURNITURE, QUOTED
from dedup.kernels import kernel


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
    level_a: Any, rarity2: Any, word_b: Any, touched: Any,
) -> Any:  # fmt: skip
    """The weight of the words ga[begin:], matched with gb[begin:], and how many no line of the page repeats.

    Furniture, boilerplate and, in a passage that is not ``quoted``, quotations weigh nothing. A word of
    furniture counts once; a function word goes with the one before it. ``touched`` is scratch, as long as b
    has distinct words.
    """
    for k in range(begin, ga.shape[0]):
        touched[word_b[gb[k]]] = 0
    apart = BOILERPLATE if quoted else BOILERPLATE | QUOTED
    weight, told, again = 0.0, ga.shape[0] - begin, False
    for k in range(begin, ga.shape[0]):
        either, both = flags_a[ga[k]] | flags_b[gb[k]], flags_a[ga[k]] & flags_b[gb[k]]
        furniture = both & FURNITURE > 0
        w = word_b[gb[k]]
        if w:
            again = furniture and touched[w] > 0
            touched[w] = 1
        told -= again and furniture
        if tights[k] and not furniture and not either & apart:
            weight += rarity2[level_a[ga[k]]]
    return weight, told
