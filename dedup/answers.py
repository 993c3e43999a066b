"""What an index says of its articles, their matches and groups, without changing anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from dedup.alike import across, alike, ties
from dedup.errors import UnknownArticle
from dedup.explanation import Explanation, explain_stored
from dedup.funnel import marking
from dedup.groups import described, groups, problems
from dedup.index import Store
from dedup.model import Article, Change, Group, Match, Relation, RepeatedLine, Span
from dedup.settings import Settings

JUDGED_BY = "judged_by"
"""What the index calls the settings of the first `add`."""


class Answers:
    """What an index answers; `Index` is one that takes articles, too."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def path(self) -> str:
        """Where the index is kept."""
        return str(self._store.path)

    @property
    def settings(self) -> Settings:
        """The settings it works with."""
        return self._store.settings

    @property
    def is_new(self) -> bool:
        """Whether there was no index before this one was opened."""
        return self._store.is_new

    @property
    def keeps_texts(self) -> bool:
        """Whether it keeps the texts of its articles."""
        return self._store.keeps_texts

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One state of the index for all that is read inside, whatever other processes write meanwhile.

        They do not wait for it, but until it ends the log beside the index (FILE-wal) grows by all that they
        write. Other threads that share this index do wait. To write inside raises RuntimeError. Where nothing
        can be made beside the index, and so nothing keeps a state of it, each call sees one of its own.
        """
        with self._store.reading_long():
            yield

    def info(self) -> dict[str, object]:
        """Counts, sizes, settings and times of the index.

        `last_add` is when the last `add`, or batch of a `filter` that adds, was done; `pending` is when an
        `add` began that is not done (None: none is).
        """
        times = {name: self._store.state.recall(name) for name in ("last_add", "pending")}
        return {**self._store.info(), **times}

    def judged_otherwise(self) -> list[str]:
        """The settings that differ from those of the first `add`: each as "match_weight 6.0, not 16.72".

        What the index holds was judged when it was added, and stays as it was judged then.
        """
        before = self._store.state.recall(JUDGED_BY)
        if not isinstance(before, dict):
            return []
        now = self.settings.of_judging()
        return [
            f"{name} {before[name]}, not {now[name]}"
            for name in now
            if before.get(name, now[name]) != now[name]
        ]

    def verify(self) -> list[str]:
        """What is broken in the file, one line each: nothing, unless a disk or another program harmed it."""
        return self._store.check() or problems(self._store)

    # -- articles ----------------------------------------------------------------------------------------

    def article(self, id: str) -> Article:  # noqa: A002
        """An article of the index; its text is "" where it is not kept and gone. Raises UnknownArticle."""
        return self.articles([id])[0]

    def articles(self, ids: Iterable[str], *, texts: bool = True) -> list[Article]:
        """Several articles of the index, in this order; without their texts if they are not wanted.

        Where an index keeps no texts, each file that has some of them is read once. Raises UnknownArticle,
        and TypeError for one id that stands by itself.
        """
        if isinstance(ids, str):
            raise TypeError("several ids are expected, not one str: put it in a list")
        wanted = list(ids)
        return self._store.read(
            lambda: self._store.articles.get([self._number(each) for each in wanted], texts=texts)
        )

    def count_articles(self) -> int:
        """How many articles there are."""
        return self._store.articles.count()

    def _number(self, id: str) -> int:  # noqa: A002
        number = self._store.articles.number_of(id)
        if number is None:
            raise UnknownArticle(f"{self.path}: no article has the id {id!r}")
        return number

    # -- matches -----------------------------------------------------------------------------------------

    def match(self, a: str, b: str) -> Match | None:
        """The stored match of two articles, with the first as its a. Raises UnknownArticle."""
        return self._store.matches.between(self._number(a), self._number(b))

    def matches_of(self, id: str) -> list[Match]:  # noqa: A002
        """All matches of an article, those that join no group too. Raises UnknownArticle.

        As in groups, the article that came first is the a of a match, whichever was asked for.
        """
        return self._store.matches.of(self._number(id))

    def explain(self, a: str, b: str) -> Explanation:
        """Tell why two articles of the index are or are not a match, with the first as a.

        Raises UnknownArticle, TextGone. How many articles have what they share is counted as of when the
        newer one came, only of keys that 64 articles had before it as of now. What is boilerplate is as of
        now.
        """
        first, second = self._number(a), self._number(b)
        found = explain_stored(self._store, min(first, second), max(first, second))
        return found if first <= second else found.turned()

    def borderline(self, count: int = 30) -> list[Match]:
        """Pairs of the index whose passages are about worth the bar of a match, for a person to judge."""
        from dedup.calibration import borderline

        with self._store.reading():
            return borderline(self._store, count)

    # -- groups ------------------------------------------------------------------------------------------

    def groups(self) -> Iterator[Group]:
        """All groups, the largest first; of one state of the index inside of `reading`."""
        return groups(self._store)

    def count_groups(self) -> tuple[int, int]:
        """How many groups there are, and how many articles are in them."""
        return self._store.groups.counts()

    def group_of(self, id: str) -> Group | None:  # noqa: A002  (the contract's word)
        """The group of an article; None if it has none. Raises UnknownArticle."""
        with self._store.reading():
            number = self._number(id)
            name = self._store.groups.of([number]).get(number)
            return next(iter(described(self._store, [name])), None) if name is not None else None

    def alike(self, relation: Relation | str) -> Iterator[Group]:
        """The articles that matches of a relation tie together, such as `quote`, which joins no group.

        Of such a relation those are left out whose articles are in one group by what else they share. Raises
        ValueError for what is no relation.
        """
        return alike(self._store, Relation(relation))

    def across(self, *, alone: bool = False) -> Iterator[Group]:
        """For each group its articles that are in others too, such as a round-up in each story that it tells.

        They are described as groups, with the articles of the others and the matches with these; if asked
        for, with those of no group that are `alone`.
        """
        return across(self._store, alone=alone)

    def ties(self, ids: Iterable[str]) -> tuple[dict[str, str], list[Match]]:
        """The ids of the groups of some articles, of those that have one; and what ties two of one group.

        Raises UnknownArticle.
        """
        with self._store.reading():
            return ties(self._store, {self._number(each): each for each in ids})

    def changes(self, *, since: datetime | None = None, after: int = 0) -> Iterator[Change]:
        """What happened to groups from this moment on, and after the change of this number.

        A moment without an offset is in UTC.
        """
        return self._store.changes.since(after, since)

    def last_shown(self) -> int:
        """The number of the last change that was shown, as `shown` noted it; 0 at first."""
        number = self._store.state.recall("changes_shown")
        return number if isinstance(number, int) else 0

    # -- boilerplate -------------------------------------------------------------------------------------

    def boilerplate(self) -> list[RepeatedLine]:
        """The lines that sources repeat, and what was ruled of them; the most frequent first."""
        return self._store.boilerplate.lines()

    def boilerplate_in(self, article: Article) -> list[Span]:
        """What of the text of an article is boilerplate by what the index knows now."""
        return self.boilerplate_in_each([article])[0]

    def boilerplate_in_each(self, articles: Sequence[Article]) -> list[list[Span]]:
        """The same for each of these articles, which is faster than one at a time."""
        return marking.boilerplate_spans(self._store, articles)
