"""What a compared pair is: its relation, and the sentence that says why."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dedup.compare import kernel
from dedup.compare.prepared import Compared, Prepared
from dedup.compare.structure_kernel import NUMBER
from dedup.model import Article, Relation
from dedup.settings import Settings

NONE, IDENTICAL, NEAR_DUPLICATE, EXCERPT, DERIVED, QUOTE, TEMPLATE = range(7)
OF_CODE = {
    IDENTICAL: Relation.IDENTICAL,
    NEAR_DUPLICATE: Relation.NEAR_DUPLICATE,
    EXCERPT: Relation.EXCERPT,
    DERIVED: Relation.DERIVED,
    QUOTE: Relation.QUOTE,
    TEMPLATE: Relation.TEMPLATE,
}


class Judgement:
    """The relations of m compared pairs, as codes, and what they rest on; all arrays of m."""

    def __init__(
        self, prepared: Prepared, pairs: NDArray[np.int64], compared: Compared, settings: Settings
    ) -> None:
        count = len(pairs)
        owner = np.repeat(np.arange(count), np.diff(compared.offsets))
        quoted = compared.passages[:, 5] > 0
        self.weight = np.bincount(owner[~quoted], compared.weights[~quoted], count)
        self.quoted_weight = np.bincount(owner[quoted], compared.weights[quoted], count)
        local = np.searchsorted(prepared.rows, pairs)
        own = prepared.own_weight[local].min(axis=1) if count else np.zeros(0)
        self.bar = np.minimum(
            settings.match_weight, np.maximum(own * settings.match_share, settings.least_weight)
        )
        measures = compared.measures
        containment = measures[:, [kernel.CONTAINMENT_A, kernel.CONTAINMENT_B]].max(axis=1, initial=0)
        strong = self.weight >= self.bar
        self.code = np.select(
            [
                measures[:, kernel.SAME] > 0,
                strong & (measures[:, kernel.RESEMBLANCE] >= settings.near_duplicate),
                strong & (containment >= settings.excerpt),
                strong,
                self.weight + self.quoted_weight >= settings.match_weight,
            ],
            [IDENTICAL, NEAR_DUPLICATE, EXCERPT, DERIVED, QUOTE],
            NONE,
        )
        for p in np.flatnonzero(np.isin(self.code, (NEAR_DUPLICATE, EXCERPT, DERIVED))).tolist():
            shared = compared.passages[compared.offsets[p] : compared.offsets[p + 1]]
            if _is_form(prepared, local[p], shared, settings):
                self.code[p] = TEMPLATE

    def relation(self, p: int, a: Article, b: Article) -> Relation | None:
        """The relation of pair p."""
        code = int(self.code[p])
        if code == NONE:
            return None
        if code not in (IDENTICAL, QUOTE, TEMPLATE) and is_revision(a, b):
            return Relation.REVISION
        return OF_CODE[code]

    def reason(self, p: int, relation: Relation | None, shared: int) -> str:
        """One sentence on pair p, which shares `shared` passages."""
        weight = f"the words they share outside quotation marks weigh {self.weight[p]:.1f}"
        bar = f"the bar of {self.bar[p]:.1f}"
        match relation:
            case None if not shared:
                return "No passage is shared."
            case None:
                return f"Not a match: {weight}, under {bar}."
            case Relation.IDENTICAL:
                return "The words are the same from start to end."
            case Relation.QUOTE:
                return f"They share little but quotations: {weight}, under {bar}."
            case Relation.TEMPLATE:
                return "One form with other facts: names and numbers differ in sentences that are else equal."
            case Relation.REVISION:
                return f"Two versions of one article: {weight}, over {bar}."
            case _:
                return f"{weight[0].upper()}{weight[1:]}, over {bar}."


def _is_form(
    prepared: Prepared, rows: NDArray[np.int64], passages: NDArray[np.int32], settings: Settings
) -> bool:
    """Whether the passages are one form with other facts: most of the numbers in them are not the same."""
    numbers: list[set[int]] = []
    for side in (0, 1):
        base = prepared.base[rows[side]]
        found: set[int] = set()
        for begin, end in passages[:, 2 * side : 2 * side + 2].tolist():
            tokens = slice(base + begin, base + end)
            found.update(prepared.stem[tokens][prepared.flags[tokens] & NUMBER > 0].tolist())
        numbers.append(found)
    least = min(len(numbers[0]), len(numbers[1]))
    if least < settings.template_numbers:
        return False
    return len(numbers[0] & numbers[1]) < settings.template_overlap * least


def is_revision(a: Article, b: Article) -> bool:
    """Whether both claim to be one article: the same url, or the same id at the same source."""
    if a.url and a.url == b.url:
        return True
    return bool(a.source) and a.source == b.source and a.id == b.id
