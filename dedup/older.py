"""Older articles of an index, as new ones are compared with them: read and sketched again, or remembered."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import starmap

import numpy as np
from numpy.typing import NDArray

from dedup.index import Store
from dedup.marking import recall
from dedup.model import Article
from dedup.sketch import Sketches, sketch
from dedup.sketch.bare import Bare, apart, without_keys

REMEMBERED = 128 << 20
"""Bytes of articles and sketches that are kept: some 8,000 of 500 words, those that came last."""
OVERHEAD = 800
"""Bytes that an article takes beside its text and its sketch."""


@dataclass(frozen=True, eq=False, slots=True)
class _Part:
    """Articles that were put in, or read again, together."""

    numbers: list[int]
    articles: Sequence[Article]
    sketches: Sketches
    size: int


class Older:
    """The articles of a store with their sketches, boilerplate marked as it was when each came.

    What was put in or read last is remembered, as long as nobody else writes to the index.
    """

    def __init__(self, store: Store, remembered: int = REMEMBERED) -> None:
        self.store = store
        self._most = remembered
        self._version = store.version()
        self._size = 0
        self._parts: deque[_Part] = deque()
        self._place: dict[int, tuple[_Part, int]] = {}

    def forget(self) -> None:
        """Remember nothing."""
        self._size = 0
        self._parts.clear()
        self._place.clear()

    def put(self, numbers: NDArray[np.int64], articles: Sequence[Article], sketches: Sketches) -> None:
        """Remember articles that have been put into the index, and their sketches."""
        self._settle()
        self._keep(numbers, articles, without_keys(sketches))

    def get(self, numbers: NDArray[np.int64]) -> tuple[list[Article], list[Bare]]:
        """The articles of these numbers (distinct), in this order, and their sketches.

        Raises UnknownArticle.
        """
        self._settle()
        places = {number: self._place.get(number) for number in numbers.tolist()}
        missing = np.array([number for number, place in places.items() if place is None], np.int64)
        if len(missing):
            articles = self.store.articles(missing)
            sketches = sketch([article.text for article in articles], self.store.settings, keys=False)
            part = self._keep(missing, articles, recall(self.store, articles, sketches, missing))
            places |= {number: (part, row) for row, number in enumerate(part.numbers)}
        found = [place for place in places.values() if place is not None]
        return (
            [part.articles[row] for part, row in found],
            list(starmap(apart, ((part.sketches, row) for part, row in found))),
        )

    def _settle(self) -> None:
        """Forget what may not be so any longer."""
        version = self.store.version()
        if version != self._version:
            self._version = version
            self.forget()

    def _keep(self, numbers: NDArray[np.int64], articles: Sequence[Article], sketches: Sketches) -> _Part:
        size = sum(sys.getsizeof(article.text) for article in articles) + OVERHEAD * len(articles)
        part = _Part(numbers.tolist(), articles, sketches, size + sketches.nbytes)
        if part.size <= self._most:
            self._parts.append(part)
            self._size += part.size
            self._place.update((number, (part, row)) for row, number in enumerate(part.numbers))
        while self._size > self._most:
            gone = self._parts.popleft()
            self._size -= gone.size
            for number in gone.numbers:
                del self._place[number]
        return part
