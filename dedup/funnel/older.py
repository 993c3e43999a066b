"""Older articles of an index, as new ones are compared with them: read and sketched again, or remembered."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from dedup.funnel.marking import Known, known_lines, mark_known
from dedup.index import Store
from dedup.index.sharing import Near
from dedup.model import Article
from dedup.settings import Settings
from dedup.sketch import Sketches, sketch
from dedup.sketch.bare import Bare, apart, together, without_keys
from dedup.sketch.content import Content, content_of, unpacked
from dedup.threads import THREADS

REMEMBERED = 80 << 20
"""Bytes of articles and sketches that are kept: some 5,000 of 500 words, those that came last."""
AT_ONCE = 4_000
WORDS_AT_ONCE = 4_000_000
"""So many older articles are compared with a batch at a time, and so many words of them, if they are several:
in memory a word is some 130 bytes while it is compared, and a part is compared in each core."""
SEVERAL = 500
"""So many are worth a part for each core."""
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
    """The articles of a store with their sketches, boilerplate marked by what is known of it.

    That is now, or (`by`) when an article of a batch came that is being put in; so the articles of a source
    are to be forgotten after each with which more is boilerplate (`forget_sources`).

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
        self._asked: dict[int, tuple[Some, int]] = {}  # those that will be asked for again

    def forget(self) -> None:
        """Remember nothing."""
        self._size = 0
        self._asked = {}
        self._parts.clear()
        self._place.clear()

    def put(self, numbers: NDArray[np.int64], articles: Sequence[Article], sketches: Sketches) -> None:
        """Remember articles that have been put into the index, and their sketches."""
        self._settle()
        self._keep(numbers, articles, without_keys(sketches))

    def forget_sources(self, sources: Iterable[str | None]) -> None:
        """Forget the articles of sources, in which more is boilerplate by now."""
        told = {*sources}
        self._asked = {}
        kept = self._place.items()
        self._place = {n: (p, row) for n, (p, row) in kept if p.articles[row].source not in told}

    def near(self, articles: Sequence[Article]) -> Near | None:
        """Tells which articles lie within the window of some of these, if there is one."""
        if self.window is None:
            return None
        own = np.array([a.published.timestamp() if a.published else np.nan for a in articles], np.float64)
        most = self.window.total_seconds()

        def near(query: NDArray[np.int64], number: NDArray[np.int64]) -> NDArray[np.bool_]:
            old, place = np.unique(number, return_inverse=True)
            between = np.abs(self.store.articles.published(old)[place] - own[query])
            return ~(between > most)  # NaN is in the window

        return near

    def look(self, numbers: NDArray[np.int64], *, by: NDArray[np.int64] | int = -1) -> Look:
        """A first look at some of the articles, by their distinct numbers; see `some`."""
        self._settle()
        each = np.broadcast_to(by, len(numbers))
        if not all(number in self._place or number in self._asked for number in numbers.tolist()):
            packed = self.store.articles.content(numbers)
            if len(packed) == len(numbers):
                return Look(numbers, each, [packed[number] for number in numbers.tolist()], None)
        return Look(numbers, each, [], self.some(numbers, by=each))

    def some(
        self, numbers: NDArray[np.int64], *, again: bool = False, by: NDArray[np.int64] | int = -1
    ) -> Some:
        """Some of the articles, by their distinct numbers. Raises UnknownArticle.

        With `again` they are kept in memory until some are asked for once more. `by` is the number of the
        article with which each is, or all are compared, for what was boilerplate then (-1: what is now).
        """
        self._settle()
        articles: list[Article | None] = [None] * len(numbers)
        sketches: list[Bare | None] = [None] * len(numbers)
        marked = np.zeros(len(numbers), np.bool_)
        for i, number in enumerate(numbers.tolist()):
            if (place := self._place.get(number)) is not None:
                part, row = place
                articles[i], sketches[i], marked[i] = part.articles[row], apart(part.sketches, row), True
            elif (asked := self._asked.get(number)) is not None:
                before, row = asked
                articles[i], sketches[i] = before.articles[row], before.sketches[row]
                marked[i] = before.marked[row]
        missing = [i for i, article in enumerate(articles) if article is None]
        if missing:
            for i, article in zip(missing, self.store.articles.get(numbers[missing]), strict=True):
                articles[i] = article
        found = [article for article in articles if article is not None]
        lines = known_lines(self.store, (found[i] for i in np.flatnonzero(~marked).tolist()))
        each = np.broadcast_to(by, len(numbers))
        some = Some(numbers, found, sketches, marked, lines, each, self.store.settings)
        self._asked = {number: (some, i) for i, number in enumerate(numbers.tolist())} if again else {}
        return some

    def remember(self, some: Some) -> None:
        """Remember those of the articles that were read and sketched anew."""
        for numbers, articles, sketches in some.made:
            self._keep(numbers, articles, sketches)
        some.made.clear()

    def _settle(self) -> None:
        """Forget what may not be so any longer."""
        version = self.store.version()
        if version != self._version:
            self._version = version
            self.forget()

    def _keep(self, numbers: NDArray[np.int64], articles: Sequence[Article], sketches: Sketches) -> None:
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
                self._place.pop(number, None)


@dataclass(frozen=True, eq=False, slots=True)
class Look:
    """The content words of some older articles, which any one thread may unpack: they have been read.

    `some` are the articles themselves, where the index does not have the words of all, or all are remembered.
    """

    numbers: NDArray[np.int64]
    by: NDArray[np.int64]
    packed: list[bytes]
    some: Some | None

    @property
    def gone(self) -> NDArray[np.bool_]:
        """Those whose texts are not kept and not to be had again."""
        return np.zeros(len(self.numbers), np.bool_) if self.some is None else self.some.gone

    def content(self) -> Content:
        """Their content words; without those of texts that are gone."""
        return unpacked(self.packed) if self.some is None else content_of(self.some.words())


@dataclass(frozen=True, eq=False, slots=True)
class Some:
    """Some older articles, which any one thread may sketch: all that it takes has been read.

    `sketches` are None until they are made, and `marked` tells those in which boilerplate is marked; `lines`
    are those that the index knows of the others, to be marked as of an article each (`by`; -1: as of now).
    `made` is what `Older.remember` is to be given.
    """

    numbers: NDArray[np.int64]
    articles: list[Article]
    sketches: list[Bare | None]
    marked: NDArray[np.bool_]
    lines: Known
    by: NDArray[np.int64]
    settings: Settings
    made: list[tuple[NDArray[np.int64], list[Article], Sketches]] = field(default_factory=list)

    @property
    def gone(self) -> NDArray[np.bool_]:
        """Those whose texts are not kept and not to be had again; they are without words here."""
        return np.array([not article.text for article in self.articles], np.bool_)

    def words(self) -> list[Bare]:
        """Their sketches, in which boilerplate may not be marked yet."""
        missing = [i for i, own in enumerate(self.sketches) if own is None]
        if missing:
            made = sketch([self.articles[i].text for i in missing], self.settings, keys=False)
            for row, i in enumerate(missing):
                self.sketches[i] = apart(made, row)
        return [own for own in self.sketches if own is not None]

    def whole(self, rows: NDArray[np.int64]) -> tuple[list[Article], list[Bare]]:
        """Some of them, with their sketches, boilerplate marked."""
        sketches = self.words()
        bare = rows[~self.marked[rows]]
        if len(bare):
            articles = [self.articles[row] for row in bare.tolist()]
            made = together([sketches[row] for row in bare.tolist()])
            made = mark_known(self.lines, articles, made, self.by[bare])
            for i, row in enumerate(bare.tolist()):
                sketches[row] = self.sketches[row] = apart(made, i)
            self.marked[bare] = True
            self.made.append((self.numbers[bare], articles, made))
        return [self.articles[row] for row in rows.tolist()], [sketches[row] for row in rows.tolist()]


def parts_of(words: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Half-open ranges of articles of so many words, as large as memory allows; but as many for each core."""
    count = -(-len(words) // AT_ONCE)
    if len(words) > SEVERAL:
        count = -(-count // THREADS) * THREADS
    most = -(-len(words) // max(count, 1))
    begin = total = 0
    for i, own in enumerate(words.tolist()):
        if i > begin and (i - begin == most or total + own > WORDS_AT_ONCE):
            yield begin, i
            begin, total = i, 0
        total += own
    if len(words):
        yield begin, len(words)
