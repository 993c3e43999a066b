"""Articles -> their boilerplate marked: what the index knows of the lines that each source repeats."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dedup.arrays.ordered import each_once
from dedup.arrays.ragged import gather
from dedup.boilerplate import Among, Lines, Turn, lines_of, marked
from dedup.comparison import matches
from dedup.errors import InputError
from dedup.index import Store
from dedup.index.boilerplate import ANY
from dedup.model import Article, Relation, RepeatedLine, Ruling, Span
from dedup.sketch import Sketches, sketch, take

MOST_LINES = 500
"""Lines of a source that are found; no source has so many, unless it fills in forms."""
PAIRS = 2_000
"""Matches that are compared anew at a time."""
SAMPLE = 300
"""Characters that are kept of a line, to show it."""


class Known:
    """The lines that the index knows of some sources, and of all (ANY)."""

    def __init__(self, lines: Iterable[RepeatedLine]) -> None:
        self._of: dict[str, dict[int, RepeatedLine]] = {}
        for line in lines:
            self.put(line)

    def __bool__(self) -> bool:
        return bool(self._of)

    def put(self, line: RepeatedLine) -> None:
        """Know one more, or know it as it is now."""
        self._of.setdefault(line.source or ANY, {})[line.hash] = line

    def hashes(self) -> NDArray[np.uint64]:
        """Those of all lines, ascending."""
        return np.array(sorted({h for own in self._of.values() for h in own}), np.uint64)

    def hashes_of(self, source: str) -> NDArray[np.uint64]:
        """Those of one source's lines."""
        return np.array(list(self._of.get(source, ())), np.uint64)

    def at(self, source: str | None, h: int) -> list[RepeatedLine]:
        """What is known of a line for the articles of a source."""
        found = (self._of[name].get(h) for name in {source or ANY, ANY} if name in self._of)
        return [line for line in found if line]

    def among(
        self, lines: Lines, articles: Sequence[Article], numbers: NDArray[np.int64]
    ) -> tuple[Among, list[tuple[RepeatedLine, NDArray[np.int64]]]]:
        """Those lines of articles that may be known, and each known one with its rows among them.

        Rows ascend; they are of the articles whose numbers are those that it is known for (-1: by now).
        """
        found = lines.among(self.hashes())
        codes: dict[str | None, int] = {}
        own = np.array([codes.setdefault(each.source, len(codes)) for each in articles], np.int64)[found.text]
        names = list(codes)
        number = numbers[found.text]
        order = np.lexsort((found.hash, own))
        own, hashes = own[order], found.hash[order]
        cuts = np.flatnonzero((np.diff(own) != 0) | (np.diff(hashes) != 0)) + 1
        known = []
        for begin, end in pairwise([0, *cuts.tolist(), len(order)]) if len(order) else ():
            rows = order[begin:end]
            for line in self.at(names[own[begin]], int(hashes[begin])):
                having = rows[(number[rows] < 0) | (number[rows] >= line.since)]
                if len(having):
                    known.append((line, having))
        return found, known


def known_lines(store: Store, articles: Iterable[Article]) -> Known:
    """The lines that the index knows of the sources of articles."""
    return Known(store.boilerplate.lines({article.source for article in articles if article.source}))


def recall(
    store: Store, articles: Sequence[Article], sketches: Sketches, numbers: NDArray[np.int64]
) -> Sketches:
    """The sketches with the lines marked that were boilerplate when each article came (-1: that are now)."""
    return mark_known(known_lines(store, articles), articles, sketches, numbers)


def mark_known(
    known: Known, articles: Sequence[Article], sketches: Sketches, numbers: NDArray[np.int64]
) -> Sketches:
    """The same with the lines that are known from elsewhere; the sketches themselves if there are none."""
    if not known:
        return sketches
    lines = lines_of([article.text for article in articles], sketches)
    found, repeated = known.among(lines, articles, numbers)
    return marked(sketches, _boilerplate(sketches, found, repeated))


def _boilerplate(
    sketches: Sketches, found: Among, known: Sequence[tuple[RepeatedLine, NDArray[np.int64]]]
) -> NDArray[np.int64]:
    """The ranges of tokens (k, 2) that are boilerplate, of all articles, by the known ones of their lines."""
    own = [rows for line, rows in known if line.ruling is not Ruling.KEEP]
    rows = each_once(np.concatenate([np.empty(0, np.int64), *own]))
    spans: NDArray[np.int64] = sketches.tokens[found.text[rows]][:, None] + found.span[rows]
    return spans


def count(
    store: Store,
    articles: Sequence[Article],
    sketches: Sketches,
    lines: Lines,
    numbers: NDArray[np.int64],
) -> tuple[Sketches, list[int]]:
    """The same for articles that are being added, whose lines are counted, one article after the other.

    Also returns the numbers of the articles with which some line became boilerplate.
    """
    known = known_lines(store, articles)
    turns = _turns(store, articles, lines, known)
    for i, turn in turns:
        begin, end = lines.span(i, turn.hash) + sketches.tokens[i]
        text = articles[i].text[sketches.start[begin] : sketches.end[end - 1]]
        days = [date.fromordinal(day).isoformat() for day in turn.days]
        source, since = articles[i].source, int(numbers[i]) + 1
        first, last = (days[0], days[-1]) if days else (None, None)
        known.put(
            RepeatedLine(
                0, source, text[:SAMPLE], turn.articles, first, last, None, hash=turn.hash, since=since
            )
        )
    changed = dict.fromkeys((articles[i].source, turn.hash) for i, turn in turns)  # in order
    found, repeated = known.among(lines, articles, numbers)
    now: dict[tuple[str | None, int], RepeatedLine] = {}
    for line, rows in repeated:  # one that was marked for all, once for each source
        name = line.source, line.hash
        having = [*dict.fromkeys(found.text[rows].tolist())]  # some articles have it twice
        published = [when for i in having if (when := articles[i].published)]
        now[name] = _again(now.get(name, line), len(having), published)
        changed[name] = None
        known.put(now[name])
    store.boilerplate.put([line for name, h in changed for line in known.at(name, h) if line.source == name])
    begun = sorted({int(numbers[i]) for i, _ in turns})
    return marked(sketches, _boilerplate(sketches, found, repeated)), begun


def _turns(store: Store, articles: Sequence[Article], lines: Lines, known: Known) -> list[tuple[int, Turn]]:
    """The lines that become boilerplate, each with the article that makes it so."""
    of_source: dict[str, list[int]] = {}
    for i, article in enumerate(articles):
        if article.source:
            of_source.setdefault(article.source, []).append(i)
    sources = store.boilerplate.sources(of_source)
    offsets, sampled, inner = lines.sampled()
    days = np.array([a.published.toordinal() if a.published else -1 for a in articles], np.int64)
    found = []
    for name, own in of_source.items():
        rows, before = np.array(own), known.hashes_of(name)
        ends, places = gather(offsets, rows)
        turns = sources[name].take(
            ends, sampled[places], inner[places], days[rows], known=before, most=MOST_LINES - len(before)
        )
        found += [(own[turn.article], turn) for turn in turns]
    store.boilerplate.put_sources(sources)
    return sorted(found, key=lambda each: each[0])


def judge_again(
    store: Store, pairs: NDArray[np.int64], number: NDArray[np.int64] | int, *, only: Relation | None = None
) -> NDArray[np.int64]:
    """Compare stored matches (m, 2) anew, with what was boilerplate at this number (-1: what is now).

    It may be one for each of them. Of later articles, with what was when they came.

    All are kept as what they are now, or dropped; the numbers of the articles of what joins no longer are
    returned. Pairs of which a text is not to be had stay as they are. No frequency is asked for: it only
    makes forms of what would join, and when the later of the two came, it was not enough for that. But a pair
    that only tells the same in other words, without its boilerplate, may have been too frequent for `add`.

    Of pairs that are of a relation which joins nothing, `only` that is kept as it is now: what would be of
    another stays as it was, for its frequency may have made it so.
    """
    gone = [np.empty((0, 2), np.int64)]
    numbers = np.broadcast_to(number, len(pairs))[:, None]
    for begin in range(0, len(pairs), PAIRS):
        part, when = pairs[begin : begin + PAIRS], numbers[begin : begin + PAIRS]
        old = each_once(part)
        articles = store.articles.get(old)
        there = np.array([bool(article.text) for article in articles])
        kept = there[np.searchsorted(old, part)].all(axis=1)
        part, when = part[kept], when[kept]
        if not len(part):
            continue
        place = np.searchsorted(old, part)
        # each article as often as it is looked at with other lines marked
        ends = np.column_stack((place.ravel(), np.where(when < 0, when, np.maximum(part, when)).ravel()))
        different, local = np.unique(ends, axis=0, return_inverse=True)
        sketched = sketch([article.text for article in articles], store.settings, keys=False)
        articles = [articles[row] for row in different[:, 0].tolist()]
        sketches = take(sketched, different[:, 0])
        marks = recall(store, articles, sketches, different[:, 1])
        if marks is sketches:
            continue
        found = matches(articles, marks, local.reshape(-1, 2), store.settings)
        stays = np.array([match is not None for match in found], np.bool_)
        joins = np.array([match is not None and match.relation.joins for match in found], np.bool_)
        now = [(i, match) for i, match in enumerate(found) if match and only in (None, match.relation)]
        store.matches.put(part[[i for i, _ in now]], [match for _, match in now])
        store.matches.drop(part[~stays])
        gone.append(part[~joins])
    return each_once(np.concatenate(gone))


def _again(line: RepeatedLine, articles: int, published: Sequence[datetime]) -> RepeatedLine:
    """A known line, seen in so many more articles, some of them published at these times."""
    ends = (min(published), max(published)) if published else ()
    days = [line.first, line.last, *(day.date().isoformat() for day in ends)]
    known = [day for day in days if day]
    return replace(
        line, articles=line.articles + articles, first=min(known, default=None), last=max(known, default=None)
    )


def boilerplate_spans(store: Store, articles: Sequence[Article]) -> list[list[Span]]:
    """Where the texts of articles are boilerplate by what the index knows now."""
    if not known_lines(store, articles):
        return [[] for _ in articles]
    sketches = sketch([article.text for article in articles], store.settings, keys=False)
    found = recall(store, articles, sketches, np.full(len(articles), -1))
    spans = []
    for first, last in pairwise(sketches.tokens.tolist()):
        edges = np.flatnonzero(np.diff(found.marked[first:last], prepend=0, append=0)).reshape(-1, 2) + first
        spans.append([Span(int(sketches.start[a]), int(sketches.end[b - 1])) for a, b in edges.tolist()])
    return spans


def lines_in(store: Store, text: str) -> list[tuple[int, str]]:
    """The lines of a text: the hash of each and how it reads."""
    sketches = sketch([text], store.settings, keys=False)
    lines = lines_of([text], sketches)
    found = lines.among(each_once(lines.hash))
    return [
        (h, text[sketches.start[begin] : sketches.end[end - 1]])
        for (begin, end), h in zip(found.span.tolist(), found.hash.tolist(), strict=True)
    ]


def keep(store: Store, number: int) -> RepeatedLine:
    """Rule that a line is no boilerplate. Raises InputError where there is no such line."""
    line = store.boilerplate.get(number)
    if line is None:
        raise InputError(f"{store.path}: no line has the number {number}")
    ruled = replace(line, ruling=Ruling.KEEP)
    store.boilerplate.put([ruled])
    return ruled


def mark(store: Store, text: str, source: str | None) -> int:
    """Rule that the lines of a text are boilerplate at a source, or at all; how many. Raises InputError."""
    lines = lines_in(store, text)
    if not lines:
        raise InputError("there are no words in the text to mark")
    known = {(line.source, line.hash): line for line in store.boilerplate.lines()}
    nothing = RepeatedLine(0, source, "", 0, None, None, None)
    store.boilerplate.put(
        [
            replace(known.get((source, h), nothing), text=line[:SAMPLE], hash=h, since=0, ruling=Ruling.MARK)
            for h, line in lines
        ]
    )
    return len(lines)
