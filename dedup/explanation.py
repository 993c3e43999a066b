"""Why two articles are or are not a match: what each stage saw of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from dedup.comparison import Comparison, comparisons, flags_of
from dedup.comparison.structure_kernel import BOILERPLATE, FURNITURE
from dedup.errors import TextGone
from dedup.funnel.marking import recall
from dedup.funnel.matching import common_of
from dedup.index import Candidates, Common, Frequency, Store, score_bar
from dedup.index.candidates import EVERY
from dedup.index.spread import issues_of
from dedup.model import Article, Passage, Span, text_gone
from dedup.settings import Settings
from dedup.sketch import Sketches, bands_and_rows, sketch

ALL = 2**31
"""More pairs than an article has."""


@dataclass(frozen=True, slots=True)
class Uncounted:
    """What of an article's text does not count: `kind` is boilerplate, which its source repeats, or page."""

    span: Span
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why two articles are or are not a match.

    `band_probability` is P(candidate) by the bands at the pair's resemblance. `score` is the funnel's sum
    of ln(N/df) over shared keys against `score_bar`; None where no index tells df. `stored` says whether
    the index holds the pair as a match, and `parted` whether that joins no group of the two. `frequency` is
    how many articles have what both share, in the mean of its keys (1 for a wire story), None where no
    index tells; where it is `common`, only the best few pairs of an article are compared. `uncounted` is
    what does not count of a's text, and of b's.
    """

    a: str
    b: str
    bands: int
    rows: int
    shared_bands: int
    band_probability: float
    fingerprints_a: int
    fingerprints_b: int
    shared_fingerprints: int
    score: float | None
    score_bar: float
    comparison: Comparison
    stored: bool
    uncounted: tuple[tuple[Uncounted, ...], tuple[Uncounted, ...]] = ((), ())
    frequency: float | None = None
    common: bool = False
    parted: bool = False

    def turned(self) -> Explanation:
        """The same, seen from the other article."""
        return replace(
            self,
            a=self.b,
            b=self.a,
            fingerprints_a=self.fingerprints_b,
            fingerprints_b=self.fingerprints_a,
            comparison=self.comparison.turned(),
            uncounted=self.uncounted[::-1],
        )

    @property
    def unheld(self) -> str:
        """Why the index does not hold the match that the two are, or no group of both; "" where it does."""
        if self.parted:
            return (
                "The index holds this match, but no group of both: it ties two stories by too little, or what"
                " one has of the other is one of several parts that it shares, as an item of a round-up is."
            )
        if self.stored or self.score is None or self.comparison.relation is None:
            return ""
        if self.common:
            why = "of what so many articles have, only the best few pairs are compared"
        elif self.score < self.score_bar:
            why = "the two share too few keys to be compared"
        else:
            why = "a first look, at their keys and at what they have in one place, did not promise it"
        return f"The index does not hold this match: {why}."


def explain_pair(
    articles: Sequence[Article],
    settings: Settings,
    score: float | None = None,
    *,
    sketches: Sketches | None = None,
    frequency: Frequency | None = None,
    indexed: int = 0,
    stored: bool = False,
    parted: bool = False,
) -> Explanation:
    """Tell why two articles are or are not a match.

    `score` and `frequency` are what an index of `indexed` articles says of their shared keys; `sketches` are
    those of the two, with their boilerplate marked.
    """
    if sketches is None:
        sketches = sketch([article.text for article in articles], settings)
    comparison = comparisons(
        articles,
        sketches,
        np.array([[0, 1]]),
        settings,
        frequency=frequency,
    )[0]
    bands, rows = bands_and_rows(settings.threshold, settings.permutations)
    a, b = (sketches.key[sketches.keys[i] : sketches.keys[i + 1]] for i in (0, 1))
    shared = np.intersect1d(a, b)
    many = None if frequency is None else float(frequency.articles[0])
    return Explanation(
        a=articles[0].id,
        b=articles[1].id,
        bands=bands,
        rows=rows,
        shared_bands=int(np.sum(shared & 1)),
        band_probability=1.0 - (1.0 - comparison.resemblance**rows) ** bands,
        fingerprints_a=int(np.sum(a & 1 == 0)),
        fingerprints_b=int(np.sum(b & 1 == 0)),
        shared_fingerprints=int(np.sum(shared & 1 == 0)),
        score=score,
        score_bar=score_bar(settings.candidate_score, indexed),
        comparison=comparison,
        stored=stored,
        uncounted=uncounted(articles, sketches, comparison.passages),
        frequency=many,
        # of what more have than a list holds, the later ones are not known
        common=len(shared) > 0 and score is not None and (many is None or many >= settings.common_frequency),
        parted=parted,
    )


def explain_stored(store: Store, older: int, newer: int) -> Explanation:
    """Tell why two articles of an index, by their numbers, are or are not a match. Raises TextGone."""
    articles = store.articles.get([older, newer])
    for article in articles:
        if not article.text:
            raise TextGone(f"{store.path}: {text_gone(article)}; `dedup show` tells what is kept of a match")
    both = sketch([article.text for article in articles], store.settings)
    both = recall(store, articles, both, np.array([-1, -1]))
    keys = both.key[both.keys[1] : both.keys[2]]

    def asked(common: Common) -> Candidates:
        found = store.postings.candidates(
            np.array([newer]), np.array([0, len(keys)]), keys,
            before=True, common=common, issues=issues_of(articles[1:]),
        )  # fmt: skip
        return found.rows(found.number == older)

    # as it was judged, or, if what many have was left out, as it would have been
    mine = asked(common_of(store.settings)._replace(most=ALL)) or asked(EVERY)
    score, frequency = (float(mine.score[0]), mine.frequency) if mine else (0.0, None)
    match, group = store.matches.between(older, newer), store.groups.of([older, newer])
    joins = match is not None and match.relation.joins
    return explain_pair(
        articles, store.settings, score, sketches=both, frequency=frequency,
        indexed=store.articles.count(), stored=match is not None,
        parted=joins and not (group and group.get(older) == group.get(newer)),
    )  # fmt: skip


def uncounted(
    articles: Sequence[Article], sketches: Sketches, passages: Sequence[Passage]
) -> tuple[tuple[Uncounted, ...], tuple[Uncounted, ...]]:
    """The boilerplate of either article, and the page furniture in what they share, in order of the text."""
    found = []
    shared = ([passage.a for passage in passages], [passage.b for passage in passages])
    for i, (article, flags) in enumerate(zip(articles, flags_of(articles, sketches), strict=True)):
        begin, end = sketches.tokens[i], sketches.tokens[i + 1]
        start, stop = sketches.start[begin:end], sketches.end[begin:end]
        inside = np.array([any(s.start <= at < s.end for s in shared[i]) for at in start], bool)
        repeated = flags & BOILERPLATE > 0
        furniture = (flags & FURNITURE > 0) & ~repeated & inside
        parts = []
        for kind, own in (("boilerplate", repeated), ("page", furniture)):
            for a, b in np.flatnonzero(np.diff(own, prepend=False, append=False)).reshape(-1, 2).tolist():
                parts.append(
                    Uncounted(
                        Span(int(start[a]), int(stop[b - 1])), kind, article.text[start[a] : stop[b - 1]]
                    )
                )
        found.append(tuple(sorted(parts, key=lambda part: part.span.start)))
    return found[0], found[1]
