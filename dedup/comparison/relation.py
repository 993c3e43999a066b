"""What a compared pair is: its relation, and the sentence that says why."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from dedup.comparison import kernel
from dedup.comparison.constants import bar_of
from dedup.comparison.evidence import similarity_of
from dedup.comparison.facts import LEAST_FACTS, Shared
from dedup.comparison.garbling import is_garbled
from dedup.comparison.prepared import Compared
from dedup.comparison.retelling import Retelling
from dedup.comparison.template import is_framed, is_list, is_notice, tell_of_others
from dedup.digest import is_of_one_source, is_revision
from dedup.index.candidates import Frequency
from dedup.model import VERBATIM, Article, Passage, Relation, weight_of
from dedup.read.wire import credit
from dedup.settings import Settings

NONE, IDENTICAL, NEAR_DUPLICATE, EXCERPT, DERIVED, QUOTE = range(6)
OF_CODE = {
    IDENTICAL: Relation.IDENTICAL,
    NEAR_DUPLICATE: Relation.NEAR_DUPLICATE,
    EXCERPT: Relation.EXCERPT,
    DERIVED: Relation.DERIVED,
    QUOTE: Relation.QUOTE,
}
"""What a pair is by its measures alone."""

FACTS = [kernel.WORDS, kernel.NUMBERS, kernel.NAMES, kernel.OTHER_NUMBERS, kernel.OTHER_NAMES]
UPDATED = 5
"""So many names that both have, for each that differs, tell that one is the other with newer numbers."""

NOTHING = 0.005
"""A weight that is printed as 0.00, under this."""
QUOTED_WORDS = 20
"""Words of a quotation that is worth telling, if they are the same, whatever they weigh. Of ten in reports
that share nothing else, three of 23 and 24 plain words weighed less than `quote_weight`."""
PART = 0.9
"""Of an article and a part of it, the one has less of the other, by so much, than the other has of it. Of 373
pairs of Reuters stories of which one has six tenths of the other, 101 are within a twentieth."""
THROUGHOUT = 0.8
"""Of two articles of one length, the share of both in passages if words were changed throughout. Where it is
less, each has what the other has not, as two versions of a report."""


def is_part(containment_a: NDArray[np.float64], containment_b: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Of which pairs (m) one is but a part of the other, by how much of each the other has."""
    least, most = np.minimum(containment_a, containment_b), np.maximum(containment_a, containment_b)
    found: NDArray[np.bool_] = least < PART * most
    return found


class Judgement:
    """The relations of m compared pairs, as codes, and what they rest on; all arrays of m.

    `tokens` (m, 2) are how many both articles have, `smaller` (m) is what the smaller one weighs; `weight`
    counts as of `weight_of`, `words` by the words alone, and `together` are those whose verbatim passages
    count more than the best one.
    `frequent` are those of which more than a few articles have what they share, and `story` those of which
    several sources have it once. `misread` are those of which one may be read wrongly.
    """

    def __init__(
        self,
        compared: Compared,
        tokens: NDArray[np.int64],
        smaller: NDArray[np.float64],
        settings: Settings,
        frequency: Frequency | None,
        *,
        misread: NDArray[np.bool_],
    ) -> None:
        count = len(smaller)
        owner = np.repeat(np.arange(count), np.diff(compared.offsets))
        quoted = compared.passages[:, kernel.QUOTES] > 0
        self.settings, self.frequency, self.smaller, self.misread = settings, frequency, smaller, misread
        self.wordless = (tokens == 0).any(axis=1)
        same = similarity_of(compared.passages) >= VERBATIM
        verbatim = ~quoted & same
        together = np.bincount(owner[verbatim], compared.weights[verbatim], count)
        best, verbal, self.quoted = np.zeros(count), np.zeros(count), np.zeros(count)
        np.maximum.at(best, owner[~quoted], compared.weights[~quoted])
        np.maximum.at(verbal, owner[~quoted], (compared.weights / compared.rewriting)[~quoted])
        np.maximum.at(self.quoted, owner[quoted], compared.weights[quoted])
        said = quoted & same & (compared.passages[:, kernel.WORDS] >= QUOTED_WORDS)
        cited = self.quoted >= settings.quote_weight
        cited[owner[said]] = True
        self.weight, self.words = np.maximum(best, together), np.maximum(verbal, together)
        self.together = together > best
        self.bar = bar_of(smaller, settings)
        measures = compared.measures
        self.resemblance = measures[:, kernel.RESEMBLANCE]
        both = measures[:, kernel.CONTAINMENT_A], measures[:, kernel.CONTAINMENT_B]
        self.containment = np.maximum(*both)
        mostly, part = self.containment >= settings.excerpt, is_part(*both)
        begin, end = compared.passages[:, [0, 2]], compared.passages[:, [1, 3]]
        covered = np.zeros((count, 2))
        np.add.at(covered, owner, end - begin)
        near = self.resemblance >= settings.near_duplicate
        near |= mostly & ~part & (covered >= THROUGHOUT * tokens).all(axis=1)
        self.filled_in = self._filled_in(compared.passages[~quoted], owner[~quoted])
        self.recurrent, self.frequent, self.story = np.zeros((3, count), np.bool_)
        if frequency is not None:
            self.recurrent = frequency.recurrent & is_form_sized(self.containment, settings)
            often = (frequency.articles > settings.retold_frequency) & ~frequency.story
            self.frequent, self.story = frequency.recurrent | often, frequency.story
        strong = self.weight >= self.bar
        self.code = np.select(
            [
                measures[:, kernel.SAME] > 0,
                strong & near,
                strong & mostly & part,
                strong,
                cited,
            ],
            [IDENTICAL, NEAR_DUPLICATE, EXCERPT, DERIVED, QUOTE],
            NONE,
        )

    def relation(self, p: int, a: Article, b: Article, passages: Sequence[Passage]) -> Relation | None:
        """The relation of pair p, of the articles a and b and their passages."""
        code = int(self.code[p])
        if code == NONE:
            return None
        if code in (IDENTICAL, QUOTE):
            return OF_CODE[code]
        if is_revision(a, b):
            return Relation.REVISION
        small = self.containment[p] < self.settings.form_containment
        recurs = self._recurs(p, a, b, passages) or (small and is_framed(a, b, passages))
        return Relation.TEMPLATE if recurs else OF_CODE[code]

    def _filled_in(self, passages: NDArray[np.int32], owner: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which pairs share a wording that has other numbers and names in it on either side."""
        sums = np.zeros((len(self.containment), len(FACTS)))
        np.add.at(sums, owner, passages[:, FACTS])
        words, numbers, names, other_numbers, other_names = sums.T
        others = other_numbers + other_names
        share, density = self.settings.filled_share, self.settings.filled_density
        found: NDArray[np.bool_] = (
            (self.containment >= self.settings.filled_containment)
            & (others >= np.maximum(share * (numbers + names + others), 1))
            & (others >= density * words)
            & (names < UPDATED * np.maximum(other_names, 1))
        )
        return found

    def _recurs(self, p: int, a: Article, b: Article, passages: Sequence[Passage]) -> bool:
        """Whether pair p shares a form of its source or with other facts, a notice, or what too many have."""
        settings = self.settings
        if self.resemblance[p] >= settings.form_resemblance:
            return False
        if self.recurrent[p]:
            return True
        late, same = _days(a, b) > settings.late_days, is_of_one_source(a, b)
        if is_next_report(a, b, settings) and self.containment[p] < settings.late_containment:
            # what a source says again of an affair when it has news of it, or day by day
            again = late or self.containment[p] < settings.next_containment
            if again or tell_of_others(a, b, passages):
                return True
        frequency = 0.0 if self.frequency is None else float(self.frequency.articles[p])
        frequent = frequency >= settings.notice_frequency
        part = self.frequency is not None and bool(self.frequency.part[p])
        own = [each for each in passages if not each.quoted]
        told = (each for each in own if each.verbatim or not is_list(a, b, each))
        rest = [each for each in told if not is_notice(a, b, each, frequent=frequent, part=part)]
        if len(rest) < len(own) and weight_of(rest) < self.bar[p]:  # all of it weighs enough
            return True
        others = self._has_other_facts(p, Shared(a.text, b.text, passages), late=late, same=same)
        return others and not (self.misread[p] and is_garbled(a.text, b.text, passages))

    def _has_other_facts(self, p: int, shared: Shared, *, late: bool, same: bool) -> bool:
        """Whether pair p, `late` and of the `same` source or not, shares a form in which the facts differ."""
        if self.filled_in[p] and not shared.is_inflected():
            return True
        settings, least = self.settings, self.settings.form_agreement
        asked = settings.late_agreement if late and same else least
        frequency = 0.0 if self.frequency is None else float(self.frequency.articles[p])
        unsure = self.containment[p] < settings.form_containment and frequency >= settings.doubtful_frequency
        # A form filled in twice looks as if one were rewritten from the other.
        twice = self.words[p] < self.bar[p]
        numbers = shared.agreement_of_numbers()
        if not unsure and not twice and numbers >= asked:
            return False
        facts = shared.agreement()
        if late and (np.fmin(numbers, facts) if same else numbers) < asked:
            return True  # what the same people said of the month after
        if twice and np.fmin(numbers, facts) < least:
            return True
        if max(numbers, facts) < least or (np.isnan(numbers) and facts < settings.form_names):
            return True
        if not unsure:
            return False
        return np.fmin(numbers, facts) < settings.doubtful_agreement or frequency >= settings.form_frequency

    def reason(self, p: int, relation: Relation | None, shared: int) -> str:
        """One sentence on pair p, which shares `shared` passages."""
        counted = "what is the same word for word" if self.together[p] else "the best passage"
        weight = f"{counted} outside quotation marks weighs {beside(self.weight[p], self.bar[p])}"
        bar = f"the bar of {self.bar[p]:.2f}"
        match relation:
            case None if self.wordless[p]:
                return "Nothing can be compared: there are no words in one of them, or in both."
            case None if not shared and self.containment[p]:
                return "No passage is shared: the words in a row that both have are too few, or too common."
            case None if not shared:
                return "No passage is shared."
            case None if max(self.weight[p], self.quoted[p]) < NOTHING:
                return (
                    "Not a match: what they share weighs nothing, however alike it is, for it is page"
                    " furniture, boilerplate, common words, or words far apart."
                )
            case None:
                least = self.settings.quote_weight
                cited = f"the best quotation {beside(self.quoted[p], least)}, under {least:g}"
                return f"Not a match: {weight}, under {bar}{f', and {cited}' if self.quoted[p] else ''}."
            case Relation.IDENTICAL:
                return "The words are the same from start to end."
            case Relation.QUOTE:
                return f"They share little but quotations, which do not join them: {weight}, under {bar}."
            case Relation.TEMPLATE:
                return (
                    "What they share recurs, and does not join them: a form filled with other facts, a notice"
                    " under both, or what their source or agency tells again."
                )
            case Relation.REVISION:
                return f"Two versions of one article: {weight}, over {bar}."
            case _:
                return f"{weight[0].upper()}{weight[1:]}, over {bar}."


def beside(value: float, bar: float, digits: int = 2) -> str:
    """A value as it is printed beside its bar: what is under it does not read as the bar itself."""
    shown = round(float(value), digits)
    if value < bar:
        shown = min(shown, round(float(bar), digits) - 10**-digits)
    return f"{shown:.{digits}f}"


def relation_of_retelling(a: Article, b: Article) -> Relation:
    """The relation of two articles of which one tells the other again."""
    return Relation.REVISION if is_revision(a, b) else Relation.DERIVED


def reason_of_retelling(told: Retelling, settings: Settings) -> str:
    """One sentence on two articles that were looked at as such."""
    weight = beside(told.weight, settings.retold_weight, 1)
    both = f"what both tell weighs {weight}, {told.share:.0%} of the lighter"
    asked = f"{told.asked(settings):.4g} is asked{' of what several articles have' if told.frequent else ''}"
    order = f"its order agrees by {told.order:.2f}: {beside(told.score, told.asked(settings))} where {asked}"
    facts = f"{told.common} of {told.facts} numbers and names agree"
    if not told.facts:
        facts = f"one has fewer than {LEAST_FACTS} numbers and names"
    if told.holds and told.facts_in_order:
        return f"One is the other told in other words: {facts}, in the same order, and {both}."
    if told.holds and not told.in_order:
        return f"One is the other told in other words and in another order: {facts}, and {both}."
    if told.holds:
        return f"One is the other told in other words: {facts}; {both}, and {order}."
    if told.framed:
        return f"No retelling, for it is what a site has around its articles: {facts}, and {both}."
    if told.only_names:
        return f"No retelling, for it is little but names and numbers that both have: {both}, and {order}."
    if told.scattered:
        return f"No retelling, for no sentences have enough of it in common: {both}, and {order}; {facts}."
    if told.weight < settings.retold_weight and not told.facts:
        brief = f"{settings.brief_weight:g} and {settings.brief_share:.0%} of a brief"
        brief += f" with {LEAST_FACTS} numbers and names" if told.weight >= settings.brief_weight else ""
        least = f"{settings.retold_weight:g} is asked, or {brief}"
        return f"No retelling: {both}, where {least}; its order agrees by {told.order:.2f}."
    if told.score >= told.asked(settings):
        few = f"{told.common} of {told.facts}" if told.facts else facts
        few += f", where {math.ceil(told.asked_facts(settings))} must"
        return f"No retelling, for of their numbers and names too few agree: {few}; {both}, and {order}."
    return f"No retelling: {both}, and {order}{f'; {facts}' if told.facts else ''}."


def reason_of_best(weight: float, bar: float) -> str:
    """One sentence on the best passage of a retelling, which is not what makes it a match."""
    but = f"under the bar of {bar:.2f}" if weight < bar else "but is too loose, or recurs"
    return f"By itself the best passage weighs {beside(weight, bar)}, {but}."


def reason_of_lateness(settings: Settings) -> str:
    """One sentence on two articles that were not looked at as retellings, as `is_next_report` tells."""
    return (
        "Whether one tells the other in other words was not looked at: one source, or one agency, had them"
        f" more than {settings.next_days:g} days apart, and that would be its next report of the affair."
    )


def is_form_sized(containment: NDArray[np.float64], settings: Settings) -> NDArray[np.bool_]:
    """Whether what is shared is a good part of the smaller article, but leaves room for other facts in it.

    Of two articles of one length, `form_resemblance` r is a containment of 2r / (1 + r): a story that its
    source adds to day by day has more.
    """
    most = 2 * settings.form_resemblance / (1 + settings.form_resemblance)
    return (containment >= settings.recurrent_containment) & (containment < most)


def is_next_report(a: Article, b: Article, settings: Settings) -> bool:
    """Whether the later of two may only tell again of an affair what its source had told of it before.

    Or its agency: who prints what that sends day by day has its next report from it.
    """
    if _days(a, b) <= min(settings.next_days, settings.late_days):
        return False
    return is_of_one_source(a, b) or not _senders(a).isdisjoint(_senders(b))


def _senders(article: Article) -> set[str]:
    """The source of an article, and the agency that its dateline credits: it is of that whoever prints it."""
    return {*filter(None, (article.source, credit(article.text)))}


def _days(a: Article, b: Article) -> float:
    """How many days lie between two articles; 0 where that is not known."""
    if a.published is None or b.published is None:
        return 0.0
    return abs(a.published - b.published) / timedelta(days=1)
