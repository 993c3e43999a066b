"""What a pair shares, over sources and days: a form that a source prints again and again, or a wire story.

An issue is what one source publishes on one day. Every article has the number of its issue, of which the
lower bits are the day (1 is 1 January of the year 1, in UTC) and the others a hash of the source. It is 0
where the source is not known; its day is 0 where the day is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
import xxhash
from numpy.typing import NDArray

from dedup.index.values import iso
from dedup.model import Article
from dedup.settings import Settings

DAY_BITS = 24
DAY = np.int64((1 << DAY_BITS) - 1)

ONCE = 0.8
"""Sources for each article that has what a pair shares, from which it is not printed again."""

Issues = Callable[[NDArray[np.int64]], NDArray[np.int64]]
"""Gives the issues of articles by their numbers."""


class Spread(NamedTuple):
    """Of m pairs, the articles that have at least half of the keys that a pair shares, the pair included.

    `articles` is how many they are, `own` those of the newer article's source and `days` their days;
    `sources` is how many sources all of them have, and `span` the days from the first to the last. What has
    no known source and day is left out.
    """

    articles: NDArray[np.int64]
    own: NDArray[np.int64]
    days: NDArray[np.int64]
    sources: NDArray[np.int64]
    span: NDArray[np.int64]

    def recurs(self, settings: Settings) -> NDArray[np.bool_]:
        """Where the source prints it again and again."""
        return (self.own >= settings.recurrent_articles) & (self.days >= settings.recurrent_days)

    def is_wire(self, settings: Settings) -> NDArray[np.bool_]:
        """Where many sources had it in a short time."""
        return (self.sources >= settings.wire_sources) & (self.span <= settings.wire_days)

    def is_story(self, settings: Settings) -> NDArray[np.bool_]:
        """Where several sources had it in a short time, nearly all of them once: a form is printed again."""
        once = self.sources >= ONCE * self.articles
        return once & (self.sources >= settings.retold_frequency) & (self.span <= settings.wire_days)


def issues(known: Iterable[tuple[str | None, str | None]]) -> NDArray[np.int64]:
    """The issues of articles by their sources and times of publication (ISO 8601, in UTC)."""
    pairs = [(source, published[:10] if published else None) for source, published in known]
    found = {pair: _issue(*pair) for pair in set(pairs)}
    return np.array([found[pair] for pair in pairs], np.int64)


def issues_of(articles: Sequence[Article]) -> NDArray[np.int64]:
    """The issues of articles, in this order."""
    return issues((each.source, iso(each.published) if each.published else None) for each in articles)


def _issue(source: str | None, day: str | None) -> int:
    if not source:
        return 0
    code = xxhash.xxh3_64_intdigest(source.encode("utf-8", "surrogatepass")) >> (DAY_BITS + 1)
    return code << DAY_BITS | (date.fromisoformat(day).toordinal() if day else 0)


def apart(own: NDArray[np.int64], other: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Whether two issues are of one source, and how many days apart; -1 where one of them is not known."""
    days = np.where((own & DAY > 0) & (other & DAY > 0), np.abs((own & DAY) - (other & DAY)), -1)
    return own >> DAY_BITS == other >> DAY_BITS, days


def spread(own: NDArray[np.int64], offsets: NDArray[np.int64], having: NDArray[np.int64]) -> Spread:
    """The spread of m pairs.

    `own` (m) are the known issues of the newer articles, `having[offsets[p] : offsets[p + 1]]` those of the
    others that have what pair p shares.
    """
    count = len(own)
    pair = np.concatenate((np.repeat(np.arange(count), np.diff(offsets)), np.arange(count)))
    issue = np.concatenate((having, own))
    known = issue & DAY > 0
    pair, issue = pair[known], issue[known]
    source, day = issue >> DAY_BITS, issue & DAY
    same = source == (own >> DAY_BITS)[pair]
    first, last = np.full(count, DAY), np.zeros(count, np.int64)
    np.minimum.at(first, pair, day)
    np.maximum.at(last, pair, day)
    return Spread(
        articles=np.bincount(pair, minlength=count),
        own=np.bincount(pair[same], minlength=count),
        days=_distinct(pair[same], day[same], count),
        sources=_distinct(pair, source, count),
        span=last - first,
    )


def _distinct(pair: NDArray[np.int64], value: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """How many distinct values each pair has."""
    order = np.lexsort((value, pair))
    pair, value = pair[order], value[order]
    new = np.append(True, (pair[1:] != pair[:-1]) | (value[1:] != value[:-1]))[: len(pair)]
    return np.bincount(pair[new], minlength=count)
