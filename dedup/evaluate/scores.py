"""Scores of yes-or-no and graded answers, and of groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from math import comb


def accuracy(truth: Sequence[Hashable], answers: Sequence[Hashable]) -> float:
    """Share of answers that are right (0 of none)."""
    right = sum(one == other for one, other in zip(truth, answers, strict=True))
    return right / len(truth) if truth else 0.0


def f1(
    truth: Sequence[Hashable], answers: Sequence[Hashable], *, positive: Hashable = True
) -> tuple[float | None, float | None, float | None]:
    """(precision, recall, F1) of the answer `positive`.

    None is what is not defined: precision where nothing was answered so, recall where nothing is so, F1 where
    neither.
    """
    both = sum(one == other == positive for one, other in zip(truth, answers, strict=True))
    answered = sum(other == positive for other in answers)
    asked = sum(one == positive for one in truth)
    return (
        both / answered if answered else None,
        both / asked if asked else None,
        2 * both / (answered + asked) if answered or asked else None,
    )


def macro_f1(truth: Sequence[Hashable], answers: Sequence[Hashable]) -> float:
    """Mean F1 over the true classes (0 of none)."""
    classes = sorted(set(truth), key=repr)
    scores = (f1(truth, answers, positive=one)[2] for one in classes)
    return sum(score or 0.0 for score in scores) / len(classes) if classes else 0.0


def adjusted_rand_index(truth: Sequence[Hashable], found: Sequence[Hashable]) -> float:
    """Agreement of two groupings beyond chance (Hubert & Arabie 1985); 1 is full agreement."""
    together = sum(comb(n, 2) for n in Counter(zip(truth, found, strict=True)).values())
    of_truth = sum(comb(n, 2) for n in Counter(truth).values())
    of_found = sum(comb(n, 2) for n in Counter(found).values())
    pairs = comb(len(truth), 2)
    expected = of_truth * of_found / pairs if pairs else 0.0
    most = (of_truth + of_found) / 2
    return (together - expected) / (most - expected) if most != expected else 1.0


def best_bar(values: Sequence[float], truth: Sequence[bool]) -> float:
    """The bar that gives the most right answers when values at or over it mean yes.

    It lies midway between the least value taken for a yes and the greatest taken for a no.
    """
    total = len(values)
    ranked = sorted(zip(values, truth, strict=True), reverse=True)
    right = sum(not yes for yes in truth)
    best, bar = right, ranked[0][0] + 1.0 if ranked else 0.0
    for place, (value, yes) in enumerate(ranked):
        right += 1 if yes else -1
        if right >= best and (place + 1 == total or ranked[place + 1][0] != value):
            below = ranked[place + 1][0] if place + 1 < total else value
            best, bar = right, (value + below) / 2
    return bar
