"""Measures of how much of one text comes from another, and a small classifier of them."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dedup.comparison import Comparison
from dedup.sketch import Sketches
from dedup.sketch.stem_kernel import FUNCTION

PENALTY = 0.01
STEPS = 3000


def measures(
    found: Sequence[Comparison], sketches: Sketches, pairs: Sequence[tuple[int, int]]
) -> NDArray[np.float64]:
    """How much of the first text of each pair (text, source) is in the second: float64 (m, 5), each 0 to 1.

    The square roots of: the containment of its shingles; how many of its words the passages match; how many
    of its distinct pairs of adjacent content words, whatever their order, and of its distinct content words,
    the source has; and how similar both sides of the passages are. The first tells copies, the fourth is what
    a rewrite keeps, the last how far it went. No language is known to them.
    """
    words = [_content(sketches, row) for row in range(len(sketches))]
    adjacent = [{(min(p), max(p)) for p in pairwise(own)} for own in words]
    lengths = np.diff(sketches.tokens)
    rows = [
        (
            one.containment_a,
            min(sum(passage.words for passage in one.passages) / max(int(lengths[a]), 1), 1.0),
            len(adjacent[a] & adjacent[b]) / max(len(adjacent[a]), 1),
            len({*words[a]} & {*words[b]}) / max(len({*words[a]}), 1),
            _similarity(one),
        )
        for one, (a, b) in zip(found, pairs, strict=True)
    ]
    return np.sqrt(np.array(rows, np.float64).reshape(-1, 5))


def _similarity(one: Comparison) -> float:
    """The mean similarity of the passages by their words; 0 if there are none."""
    words = sum(passage.words for passage in one.passages)
    return sum(passage.similarity * passage.words for passage in one.passages) / max(words, 1)


def _content(sketches: Sketches, row: int) -> list[int]:
    part = slice(sketches.tokens[row], sketches.tokens[row + 1])
    words: list[int] = sketches.stem[part][sketches.level[part] != FUNCTION].tolist()
    return words


def classified(
    known: NDArray[np.float64], classes: Sequence[Hashable], asked: NDArray[np.float64]
) -> list[Hashable]:
    """What class each row of `asked` (n, d) has, by multinomial logistic regression on rows of `known`.

    Standardised, with a ridge of PENALTY, by so many steps of gradient descent that it makes no difference.
    """
    names = sorted(set(classes), key=repr)
    middle, width = known.mean(axis=0), known.std(axis=0) + 1e-9
    rows = np.column_stack(((known - middle) / width, np.ones(len(known))))
    truth = np.array([[name == own for name in names] for own in classes], np.float64)
    weights = np.zeros((rows.shape[1], len(names)))
    kept = np.ones(rows.shape[1])
    kept[-1] = 0.0  # the intercept is free
    step = 1.0 / (np.linalg.norm(rows, 2) ** 2 / len(rows) / 2 + PENALTY)
    for _ in range(STEPS):
        slope = rows.T @ (_shares(rows @ weights) - truth) / len(rows)
        weights -= step * (slope + PENALTY * kept[:, None] * weights)
    scores = np.column_stack(((asked - middle) / width, np.ones(len(asked)))) @ weights
    return [names[best] for best in scores.argmax(axis=1)]


def _shares(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: NDArray[np.float64] = raised / raised.sum(axis=1, keepdims=True)
    return shares
