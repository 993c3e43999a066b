"""The bar of a match, set by a person's answers on borderline pairs of an index."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from dedup.errors import SettingsError, TextGone
from dedup.evaluate.scores import best_bar, f1
from dedup.funnel.marking import recall
from dedup.funnel.matching import find_matches
from dedup.funnel.older import Older
from dedup.index import Store
from dedup.model import Match, Relation, text_gone
from dedup.patterns import pattern
from dedup.settings import Settings
from dedup.sketch import sketch
from dedup.whole_file import whole

ARTICLES = 2_000
"""So many articles of an index, drawn by lot, are compared with all others."""
RANGE = 3.0
"""A pair is borderline from this part of the bar to this many times it."""

_LINE = pattern(r"^[ \t]*match_weight[ \t]*=.*$", re.MULTILINE)
_TABLE = pattern(r"^[ \t]*\[dedup\][ \t]*(#.*)?$", re.MULTILINE)

FEW = 10
"""Fewer answers, all of them yes or all no, tell nothing of where the bar lies; and others little."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """The bar that agrees with most answers, and how right it is on the pairs that were judged.

    Precision is None where none of them reaches the bar, recall where all answers are no.
    """

    match_weight: float
    precision: float | None
    recall: float | None
    judged: int


def borderline(store: Store, count: int) -> list[Match]:
    """At most `count` pairs about the bar of a match, evenly spread over what their passages weigh.

    The same index gives the same pairs. Left out are pairs that other measures decide: identical and nearly
    identical ones, what shares only a quotation or a form, and what is a match under a bar that it does not
    reach, as a text told again in other words is.
    """
    present = store.settings.match_weight
    numbers = store.articles.numbers()
    if len(numbers) > ARTICLES:
        numbers = np.sort(np.random.default_rng(0).choice(numbers, ARTICLES, replace=False))
    if not len(numbers):
        return []
    articles = store.articles.get(numbers)
    if not store.keeps_texts:
        there = [bool(article.text) for article in articles]
        numbers, articles = numbers[there], [article for article in articles if article.text]
        if not articles:
            [first] = store.articles.get(store.articles.numbers()[:1])
            raise TextGone(f"{store.path}: {text_gone(first)}: there is no pair to show")
    sketches = sketch([article.text for article in articles], store.settings)
    sketches = recall(store, articles, sketches, numbers)
    decided = {Relation.IDENTICAL, Relation.REVISION, Relation.NEAR_DUPLICATE}

    def joins(bar: float) -> list[Match]:
        settings = replace(store.settings, match_weight=min(bar, 1000))
        found = find_matches(Older(store), articles, sketches, numbers, settings=settings)
        return [match for match, _, _ in found if match.relation.joins]

    found = [
        match
        for match in joins(present / RANGE)
        if match.as_a_whole is None and match.relation not in decided and match.weight <= present * RANGE
    ]
    for bar in (present, present * RANGE + 0.01):
        anyway = {(match.a, match.b) for match in joins(bar)}
        found = [match for match in found if match.weight >= bar or (match.a, match.b) not in anyway]
    found.sort(key=lambda match: (match.weight, match.a, match.b))
    if len(found) <= count:
        return found
    # One pair of each of so many steps of equal ratio between the least and the greatest weight; then the
    # places of empty steps go to what is nearest to the bar.
    steps = np.geomspace(found[0].weight, found[-1].weight, count)
    weights = np.array([match.weight for match in found])
    chosen = set(np.searchsorted(weights, steps).clip(0, len(found) - 1).tolist())
    nearest = np.argsort(np.abs(np.log(weights / present)), kind="stable").tolist()
    for place in nearest:
        if len(chosen) >= count:
            break
        chosen.add(place)
    return [found[place] for place in sorted(chosen)]


def propose(weights: Sequence[float], answers: Sequence[bool], present: float | None = None) -> Proposal:
    """The bar that most answers agree with: yes at it and above, no below. At least one answer is needed.

    The `present` bar stays if no other agrees with more of them: yes to all says nothing against it.
    """
    best = max(best_bar(weights, answers), 0.01)
    rounded = round(best, 2), max(math.floor(best * 100) / 100, 0.01)  # up may be over the least yes
    bar = max(rounded, key=lambda bar: _right(bar, weights, answers))
    if present is not None and _right(present, weights, answers) >= _right(bar, weights, answers):
        bar = present
    precision, recall, _ = f1(answers, [weight >= bar for weight in weights])
    return Proposal(bar, precision, recall, len(answers))


def _right(bar: float, weights: Sequence[float], answers: Sequence[bool]) -> int:
    return sum((weight >= bar) == answer for weight, answer in zip(weights, answers, strict=True))


def write_bar(path: Path, match_weight: float) -> None:
    """Set `match_weight` in a settings file, made if need be; all else in it stays. Raises SettingsError."""
    line = f"match_weight = {match_weight}"
    try:
        before = path.read_text(encoding="utf-8-sig") if path.exists() else "[dedup]\n"
        if _LINE.search(before):
            after = _LINE.sub(line, before, count=1)
        elif _TABLE.search(before):
            after = _TABLE.sub(lambda found: f"{found[0]}\n{line}", before, count=1)
        else:
            after = f"{line}\n{before}"
        Settings.from_text(after, str(path))
        with whole(path) as file:
            file.write(after.encode())
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: {error}") from None
