"""Groups and articles -> what the page is made of: a block of data for each group, and the timeline.

All offsets in a block count UTF-16 code units, as JavaScript does; the model's count code points.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain, pairwise
from typing import Any

from dedup.comparison.parts import parts
from dedup.model import Article, Group, Match, Relation, Span
from dedup.patterns import pattern
from dedup.report.html import marks
from dedup.report.html.safe import address, label, language, link, running
from dedup.report.html.strands import Segment, Spans, Strands, strands

LONGEST = 200_000
"""Code points of a text that are shown; a longer one is cut, and the page says so."""
ALL_MATCHES = 60
"""Articles up to which all matches of a group are kept; in a larger one each article keeps its closest."""
CLOSEST = 4
LEAD = 180
"""Characters of the beginning of a story that stand under its headline."""
_ASTRAL = pattern("[\U00010000-\U0010ffff]")

RELATIONS = [relation.value for relation in Relation]


class Sources:
    """The names of sources, numbered in order of appearance."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._numbers: dict[str, int] = {}

    def number(self, name: str | None) -> int:
        """The number of a source; -1 where it is not known."""
        if not name:
            return -1
        shown = label(name, 120)
        if shown not in self._numbers:
            self._numbers[shown] = len(self.names)
            self.names.append(shown)
        return self._numbers[shown]


def seconds(time: datetime | None) -> int | None:
    """Seconds since 1970, UTC."""
    return None if time is None else int(time.timestamp())


class _Units:
    """What turns a place in code points into one in UTF-16 code units, never beyond the `cut`."""

    def __init__(self, text: str, cut: int) -> None:
        self._cut = cut
        self._astral = [] if text.isascii() else [found.start() for found in _ASTRAL.finditer(text)]

    def __call__(self, place: int) -> int:
        place = min(place, self._cut)
        return place + bisect_left(self._astral, place) if self._astral else place


def headline(article: Article) -> tuple[str, bool]:
    """What heads an article, and whether it is a headline: its title or first line, or else its beginning."""
    if article.title and article.title.strip():
        return label(article.title, 240), True
    head = article.text[:5000]
    parts = [head[begin:end] for begin, end in marks.paragraphs(head)]
    if len(parts) > 1 and marks.is_heading(parts[0]):
        return label(parts[0]), True
    chosen = next((part for part in parts if len(part) >= 80), parts[0] if parts else "")
    return _beginning(chosen) or label(article.id, 110), False


def lead(article: Article) -> str:
    """How the text begins under its headline."""
    head = article.text[:5000]
    title = label(article.title or "", 240)
    for begin, end in marks.paragraphs(head):
        part = head[begin:end]
        if not marks.is_heading(part) and label(part, 240) != title:
            return _beginning(head[begin:], LEAD)
    return ""


def _beginning(text: str, length: int = 110) -> str:
    """About the first `length` characters, cut between words where there are spaces."""
    shown = label(text, length)
    cut = shown.rstrip("…").rfind(" ")
    return shown[:cut].rstrip(",;:-–— ") + "…" if shown.endswith("…") and cut > length // 2 else shown


def block(
    group: Group,
    articles: Sequence[Article],
    sources: Sources,
    boilerplate: Sequence[Sequence[Span]],
    named: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """All that the page shows of one group; `articles` are those of `group.articles`, in order.

    `boilerplate` tells for each of them what of its text does not count. `named` are, in a set across groups,
    the ids of the groups that its articles are in.
    """
    place = {article.id: i for i, article in enumerate(articles)}
    number: dict[tuple[str, str], int] = {}
    # those whose texts are gone are not the same text
    of = [number.setdefault((a.text, "" if a.text else a.id), len(number)) for a in articles]
    texts = [text for text, _ in number]
    kept = [
        _readable(match, articles[place[match.a]].text, articles[place[match.b]].text)
        for match in _chosen(group.matches, place)
    ]
    links = [
        (of[place[m.a]], of[place[m.b]], m) for m in kept if of[place[m.a]] != of[place[m.b]]
    ]  # fmt: skip
    paragraphs = [marks.paragraphs(text) for text in texts]
    woven = strands(texts, paragraphs, links)
    converters = [_Units(text, LONGEST) for text in texts]
    lines: dict[str, int] = {}
    return {
        "articles": [
            _article(article, of[i], sources)
            | _repeated(boilerplate[i], converters[of[i]])
            | ({"y": address(named[article.id])} if named and article.id in named else {})
            for i, article in enumerate(articles)
        ],
        "texts": [
            {
                # Versions of one story have most of their lines in common.
                "l": [lines.setdefault(line, len(lines)) for line in text[:LONGEST].split("\n")],
                **_text(text, i, paragraphs[i], woven, converters[i]),
            }
            for i, text in enumerate(texts)
        ],
        "lines": [running(line) for line in lines],
        "matches": [_match(m, place, converters[of[place[m.a]]], converters[of[place[m.b]]]) for m in kept],
        "partial": len(kept) < len(group.matches),
        "strands": len(woven.origin),
    }


def _readable(match: Match, a: str, b: str) -> Match:
    """A match with the parts of its passages, which are in texts that may be gone."""
    told = (parts(passage, a, b) for passage in match.passages if a and b)
    return replace(match, passages=tuple(chain.from_iterable(told)))


def _chosen(matches: Sequence[Match], place: Mapping[str, int]) -> list[Match]:
    """The matches to keep: all, or in a large group for each article the closest with earlier articles."""
    if len(place) <= ALL_MATCHES:
        return list(matches)
    own: dict[int, list[Match]] = {}
    for match in matches:
        own.setdefault(max(place[match.a], place[match.b]), []).append(match)
    kept = []
    for later in sorted(own):
        found = own[later]
        first = min(found, key=lambda m: min(place[m.a], place[m.b]))
        found.sort(key=lambda m: (-m.containment, min(place[m.a], place[m.b])))
        kept += found[:CLOSEST] + ([] if first in found[:CLOSEST] else [first])
    return kept


def _article(article: Article, text: int, sources: Sources) -> dict[str, Any]:
    title, real = headline(article)
    shown: dict[str, Any] = {
        "k": address(article.id),
        "id": label(article.id, 200),
        "h": title,
        "s": sources.number(article.source),
        "t": seconds(article.published),
        "x": text,
    }
    if not real:
        shown["untitled"] = True
    if tongue := language(article.language):
        shown["la"] = tongue
    if article.url:
        shown["u"] = link(article.url)
        if shown["u"] is None:
            shown["ul"] = label(article.url, 200)
    return shown


def _repeated(spans: Sequence[Span], at: _Units) -> dict[str, Any]:
    """What of an article its source repeats."""
    found = [at(x) for span in spans if span.start < LONGEST for x in (span.start, span.end)]
    return {"b": found} if found else {}


def _text(text: str, i: int, paragraphs: Spans, woven: Strands, at: _Units) -> dict[str, Any]:
    spans = [span for span in paragraphs if span[0] < LONGEST]
    shown = {
        "p": [at(x) for span in spans for x in span],
        "q": [at(x) for span in marks.quotations(text, spans) for x in span],
        "c": [[at(a), at(b), label(name, 80)] for a, b, name in marks.attributions(text[:LONGEST])],
        "g": [x for segment in woven.segments[i] if segment.start < LONGEST for x in _segment(segment, at)],
        "w": woven.words[i],
        "same": woven.same[i],
    }
    if len(text) > LONGEST:
        shown["cut"] = len(text)
    return shown


def _segment(segment: Segment, at: _Units) -> tuple[int, int, int, int]:
    return at(segment.start), at(segment.end), segment.strand, segment.wording


def _match(match: Match, place: Mapping[str, int], a: _Units, b: _Units) -> dict[str, Any]:
    retold = {"o": True} if match.retold else {}
    return {
        **retold,
        "a": place[match.a],
        "b": place[match.b],
        "r": match.relation.rank,
        "m": [round(x, 4) for x in (match.resemblance, match.containment_a, match.containment_b)],
        "p": [
            [
                a(p.a.start),
                a(p.a.end),
                b(p.b.start),
                b(p.b.end),
                p.words,
                round(p.similarity, 3),
                int(p.quoted),
            ]
            for p in match.passages
            if p.a.start < LONGEST and p.b.start < LONGEST
        ],
    }


STEPS = [("hour", 3600), ("day", 86400), ("week", 604800), ("month", 0), ("year", 0)]
BARS = 80


def timeline(times: Iterable[int]) -> dict[str, Any] | None:
    """How many articles were published in each hour, day, week, month or year; None without times.

    The unit is the finest that needs at most BARS bars. `at` holds the beginning of each bar in seconds, and
    the end of the last.
    """
    known = sorted(times)
    if not known:
        return None
    for unit, length in STEPS:
        edges = _edges(known[0], known[-1], unit, length)
        if len(edges) <= BARS + 1 or unit == "year":
            break
    counts = [bisect_left(known, b) - bisect_left(known, a) for a, b in pairwise(edges)]
    return {"unit": unit, "at": edges, "n": counts}


def _edges(first: int, last: int, unit: str, length: int) -> list[int]:
    """The beginnings of all units from `first` to beyond `last`; too many of them are cut short."""
    if length:
        offset = 4 * 86400 if unit == "week" else 0  # 1970 began on a Thursday; weeks begin on Monday
        begin = (first - offset) // length * length + offset
        count = (last - begin) // length + 2
        return [begin + i * length for i in range(min(count, BARS + 2))]
    moment = datetime.fromtimestamp(first, UTC)
    year, month = moment.year, moment.month if unit == "month" else 1
    edges = [_second(year, month)]
    while edges[-1] <= last and (len(edges) < BARS + 2 or unit == "year"):
        month += 1 if unit == "month" else 12
        year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
        edges.append(_second(year, month))
    return edges


def _second(year: int, month: int) -> int:
    if year > 9999:
        return 253402300800
    return int(datetime(year, month, 1, tzinfo=UTC).timestamp())
