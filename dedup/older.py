"""Older articles of an index, as new ones are compared with them: read and sketched again, or remembered."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import starmap
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.index import Candidates, Store
from dedup.marking import recall
from dedup.model import Article
from dedup.sketch import Sketches, sketch
from dedup.sketch.bare import NOTHING, Bare, apart, together, without_keys

REMEMBERED = 80 << 20
"""Bytes of articles and sketches that are kept: some 5,000 of 500 words, those that came last."""
AT_ONCE = 2_000
WORDS_AT_ONCE = 4_000_000
"""So many older articles are compared with a batch at a time, and so many words of them, if they are several:
in memory a word is some 130 bytes while it is compared."""
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

    What was put in or read last is remembered, as long as nobody else writes to the index. Of articles whose
    times of publication are known, those that are farther apart than `window` are not to be compared.
    """

    def __init__(
        self, store: Store, *, window: timedelta | None = None, remembered: int = REMEMBERED
    ) -> None:
        self.store = store
        self.window = window
        self._most = remembered
        self._version = store.version()
        self._size = 0
        self._parts: deque[_Part] = deque()
        self._place: dict[int, tuple[_Part, int]] = {}
        self._words: dict[int, Bare | None] = {}  # of those that will be asked for again, None if gone

    def forget(self) -> None:
        """Remember nothing."""
        self._size = 0
        self._words = {}
        self._parts.clear()
        self._place.clear()

    def put(self, numbers: NDArray[np.int64], articles: Sequence[Article], sketches: Sketches) -> None:
        """Remember articles that have been put into the index, and their sketches."""
        self._settle()
        self._keep(numbers, articles, without_keys(sketches))

    def near(self, articles: Sequence[Article], found: Candidates) -> Candidates:
        """Those of the candidates of articles that lie within the window."""
        if self.window is None:
            return found
        old, place = np.unique(found.number, return_inverse=True)
        own = np.array([a.published.timestamp() if a.published else np.nan for a in articles], np.float64)
        between = np.abs(self.store.published(old)[place] - own[found.query])
        return found.rows(~(between > self.window.total_seconds()))  # NaN is in the window

    def some(self, numbers: NDArray[np.int64], *, again: bool = False) -> Some:
        """Some of the articles, by their distinct numbers. Raises UnknownArticle.

        With `again` they are kept in memory until some are asked for once more.
        """
        self._settle()
        words: dict[int, Bare | None] = {}
        for number in numbers.tolist():
            if (place := self._place.get(number)) is not None:
                part, row = place
                words[number] = apart(part.sketches, row) if part.articles[row].text else None
            elif number in self._words:
                words[number] = self._words[number]
        missing = np.array([number for number in numbers.tolist() if number not in words], np.int64)
        if len(missing):
            texts = self.store.texts(missing)
            read = sketch(texts, self.store.settings, keys=False)
            words |= {n: apart(read, i) if texts[i] else None for i, n in enumerate(missing.tolist())}
        self._words = words if again else {}
        found = [words[number] for number in numbers.tolist()]
        gone = np.array([own is None for own in found], np.bool_)
        return Some(self, numbers, [NOTHING if own is None else own for own in found], gone)

    def whole(self, numbers: NDArray[np.int64], sketches: Sequence[Bare]) -> tuple[list[Article], list[Bare]]:
        """The articles of these numbers, of which `sketches` has the words, and their sketches."""
        places = {number: self._place.get(number) for number in numbers.tolist()}
        rows = [row for row, place in enumerate(places.values()) if place is None]
        if rows:
            missing = numbers[rows]
            articles = self.store.articles(missing)
            # a text that is read again may be gone by now
            known = [sketches[row] if one.text else NOTHING for row, one in zip(rows, articles, strict=True)]
            made = recall(self.store, articles, together(known), missing)
            part = self._keep(missing, articles, made)
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


class Some(NamedTuple):
    """Some older articles: their words, and those of them that may match as a whole.

    `gone` are those whose texts are not kept and not to be had again, without words here.
    """

    older: Older
    numbers: NDArray[np.int64]
    sketches: list[Bare]
    gone: NDArray[np.bool_]

    def whole(self, rows: NDArray[np.int64]) -> tuple[list[Article], list[Bare]]:
        """Some of them, with their sketches, boilerplate marked."""
        return self.older.whole(self.numbers[rows], [self.sketches[row] for row in rows.tolist()])


def parts_of(words: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Half-open ranges of articles of so many words, each as large as memory allows; one at least."""
    begin = total = 0
    for i, own in enumerate(words.tolist()):
        if i > begin and (i - begin == AT_ONCE or total + own > WORDS_AT_ONCE):
            yield begin, i
            begin, total = i, 0
        total += own
    yield begin, len(words)
