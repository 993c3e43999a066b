"""What the overview tells of each story, and of the sets that lie beside the stories."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from typing import Any

from dedup.alike import ACROSS
from dedup.model import Article, Group
from dedup.report.html.data import Sources, headline, lead, seconds
from dedup.report.html.safe import address, label, language

NAMED = 40
"""Titles and ids of a group that the search knows."""
ALSO = 12
"""Sets of articles alike that a story names, and stories that such a set names."""


class Stories:
    """The rows of the overview, each as its group is added: first the stories, then the sets."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        self.sources = Sources()
        self._story_of: dict[str, int] = {}
        self._began: list[list[int | None]] = []

    def add(self, group: Group, articles: Sequence[Article]) -> None:
        """Add a story; `articles` are those of `group.articles`, in order."""
        self._story_of.update(dict.fromkeys(group.articles, len(self.rows)))
        self.rows.append(row(group, articles, self.sources))
        began: dict[int, int | None] = {}
        for article in articles:
            began.setdefault(self.sources.number(article.source), seconds(article.published))
        began.pop(-1, None)
        self._began.append(list(began.values()))

    def add_set(self, group: Group, articles: Sequence[Article], named: Mapping[str, str]) -> None:
        """Add a set, and note at each story that it touches that there is one.

        `named` tells the ids of the groups that its articles are in.
        """
        number, story_of = len(self.rows), self._story_of
        if group.id.startswith(ACROSS):
            head = group.articles.index(group.id.removeprefix(ACROSS))
            self.rows.append({**row(group, articles, self.sources, head), "i": head, "x": True})
            own = named.get(articles[head].id)
            parts = {article.id for article in articles if own and named.get(article.id) == own}
            self._note_parts(group, articles, parts or {articles[head].id})
        else:  # under the headline of what is in no story, but set against the story
            told = [article.id in named for article in articles]
            head = told.index(False) if False in told else 0
            ref = told.index(True) if True in told else 0
            self.rows.append({**row(group, articles, self.sources, head), "i": ref})
        for story in sorted({story_of[each] for each in group.articles if each in story_of}):
            for one, other in ((story, number), (number, story)):
                also = self.rows[one].setdefault("o", [])
                if len(also) < ALSO:
                    also.append(self.rows[other]["k"])

    def _note_parts(self, group: Group, articles: Sequence[Article], parts: Container[str]) -> None:
        """Note at the stories of others which sources have parts of them in these articles.

        Each as its number, and how many of the sources of the story had that before.
        """
        known = {article.id: article for article in articles}
        for match in group.matches:
            part, whole = (match.a, match.b) if match.a in parts else (match.b, match.a)
            source = self.sources.number(known[part].source)
            if whole not in self._story_of or source < 0:
                continue
            story = self._story_of[whole]
            noted = self.rows[story].setdefault("p", [])
            if source in self.rows[story]["s"] or any(source == each for each, _ in noted):
                continue
            noted.append((source, _before(self._began[story], seconds(known[part].published))))


def _before(began: Sequence[int | None], time: int | None) -> int:
    """How many of these beginnings, in order, were before a time; all if it is not known."""
    if time is None:
        return len(began)
    return next((k for k, each in enumerate(began) if each is None or each > time), len(began))


def closest(group: Group) -> list[tuple[int, int]]:
    """How many of the later articles of a group stand in each relation: to an earlier one, the closest.

    Pairs of a relation's number and a count, from the closest relation on.
    """
    place = {name: i for i, name in enumerate(group.articles)}
    best: dict[str, int] = {}
    for match in group.matches:
        later = match.b if place[match.a] < place[match.b] else match.a
        relation = match.relation.rank
        best[later] = min(best.get(later, relation), relation)
    return sorted(Counter(best.values()).items())


def row(group: Group, articles: Sequence[Article], sources: Sources, head: int = 0) -> dict[str, Any]:
    """A group's row in the overview, under the headline of its article number `head`."""
    first, told = articles[0], articles[head]
    times = [x for x in (seconds(article.published) for article in articles) if x is not None]
    counted = Counter(sources.number(article.source) for article in articles)
    counted.pop(-1, None)
    named = [name for article in articles[:NAMED] for name in (article.title, article.id) if name]
    title, real = headline(told)
    shown: dict[str, Any] = {
        "k": address(group.id),
        "h": title,
        "n": len(articles),
        "r": group.relation.rank,
        "w": round(group.weakest, 3),
        "s": list(counted),
        "c": list(counted.values()),
        "m": closest(group),
        "f": "\n".join(dict.fromkeys(label(name, 160) for name in named)),
    }
    if times:
        shown |= {"t": [min(times), max(times)], "e": group.earliest == first.id}
    if tongue := language(told.language):
        shown["la"] = tongue
    if not real:
        shown["untitled"] = True
    elif begins := lead(told):
        shown["l"] = begins
    return shown
