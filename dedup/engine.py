"""The stages wired: add, check, groups, compare. The one place that knows all of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count, islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from dedup.alike import across, alike
from dedup.checking.checker import Checker
from dedup.errors import UnknownArticle
from dedup.explanation import Explanation, explain_stored
from dedup.funnel import marking
from dedup.funnel.older import Older
from dedup.groups import described, groups, problems
from dedup.index import Store
from dedup.index.values import ago
from dedup.intake.files import Intake
from dedup.intake.writer import Writer
from dedup.model import (
    Article,
    Change,
    Group,
    Match,
    RecordError,
    Relation,
    RepeatedLine,
    Report,
    Span,
    Verdict,
)
from dedup.read.given import checked, one, readable, refuse_one
from dedup.settings import Settings

__all__ = ["Explanation", "Index", "open"]

_JUDGED_BY = "judged_by"
"""What the index calls the settings of the first `add`."""


def open(  # noqa: A001  (the name of the contract)
    path: str | Path,
    *,
    settings: Settings | None = None,
    create: bool = True,
    lock_timeout: float = 5.0,
    window: timedelta | None = None,
    texts: bool | None = None,
) -> Index:
    """Open an index, making it where there is none (":memory:" for one that is not kept).

    Raises the children of IndexUnusable. `settings` are those of a new index; for an existing one they must
    agree in what gives its keys their meaning, and None takes its own. With a `window`, articles that are
    known to have been published farther apart are not compared; ValueError for one below 0.

    With `texts` False a new index keeps no texts: they are read again from the files that articles came from,
    as long as they are there; an article that is not to be had is compared by its keys. Whether an index
    keeps its texts does not change: of one that is there it must be so, or None.
    """
    if window is not None and window < timedelta():
        raise ValueError(f"a window is not negative: {window}")
    store = Store.open(path, settings, create=create, lock_timeout=lock_timeout, texts=texts)
    return Index(store, window=window)


class Index:
    """Articles, their matches and groups, kept in one SQLite file. Made by `dedup.open`."""

    def __init__(self, store: Store, *, window: timedelta | None = None) -> None:
        self._store = store
        self._older = Older(store, window=window)
        self._writer = Writer(self._older)
        self._checker = Checker(self._older, self._writer)

    @property
    def path(self) -> str:
        """Where the index is kept."""
        return str(self._store.path)

    @property
    def settings(self) -> Settings:
        """The settings it works with."""
        return self._store.settings

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file. To use the index afterwards raises InputError."""
        self._store.close()

    @contextmanager
    def transaction(self, *, steps: bool = True) -> Iterator[None]:
        """All that is put in or taken out inside is kept when this ends; nothing if it ends by an error.

        If a step fails inside, a batch of `add` or another transaction, nothing is left of it, and the others
        are kept if its error is caught. That takes a copy of all that a step overwrites in the index, in a
        temporary file, which `steps` False saves where no error is caught. Raises IndexDamaged where the disk
        failed or is full: nothing is kept.
        """
        with self._store.writing(steps=steps):
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One state of the index for all that is read inside, whatever other processes write meanwhile.

        They do not wait for it, but until it ends the log beside the index (FILE-wal) grows by all that they
        write. Other threads that share this index do wait. To write inside raises InputError. Where nothing
        can be made beside the index, and so nothing keeps a state of it, each call sees one of its own.
        """
        with self._store.reading_long():
            yield

    def judged_otherwise(self) -> list[str]:
        """The settings that differ from those of the first `add`: each as "match_weight 6.0, not 16.72".

        What the index holds was judged when it was added, and stays as it was judged then.
        """
        before = self._store.state.recall(_JUDGED_BY)
        if not isinstance(before, dict):
            return []
        now = self.settings.of_judging()
        return [
            f"{name} {before[name]}, not {now[name]}"
            for name in now
            if before.get(name, now[name]) != now[name]
        ]

    @property
    def keeps_texts(self) -> bool:
        """Whether it keeps the texts of its articles."""
        return self._store.keeps_texts

    def read_by(self, fields: Mapping[str, str], encoding: str | None = None) -> None:
        """Remember how inputs are read, so that texts that are not kept are read again in this manner."""
        if self._store.places is not None:
            self._store.places.read_by(fields, encoding)

    # -- putting in ------------------------------------------------------------------------------------

    def add(
        self,
        articles: Iterable[Article | RecordError | Mapping[str, Any]],
        *,
        progress: Callable[[int], None] | None = None,
        strict: bool = False,
        fields: Mapping[str, str] | None = None,
        encoding: str | None = None,
    ) -> Report:
        """Add articles, find their matches, and bring the groups up to date.

        An article whose id is known is left alone if nothing in it changed, and replaced if something did.
        Each batch is one transaction: after a crash the index is as of the last batch. Records that cannot
        be read are reported and skipped; with `strict` the first raises InputError. An index without texts
        reads them again by these `fields` and this `encoding`, which are as for `read`. Raises TypeError for
        one article that stands by itself.
        """
        refuse_one(articles)
        self.read_by(fields or {}, encoding)
        report = Report()

        def committed(_: int) -> None:
            if progress:
                progress(report.articles)

        self._add(map(checked, articles, count(1)), report, strict=strict, committed=committed)
        return report

    def add_files(
        self,
        inputs: Sequence[str],
        *,
        fields: Mapping[str, str] | None = None,
        encoding: str | None = None,
        fetch: bool = False,
        since: datetime | None = None,
        keep: timedelta | None = None,
        again: bool = False,
        progress: Callable[[int], None] | None = None,
        watch: Callable[[Iterator[Article | RecordError]], Iterator[Article | RecordError]] | None = None,
        strict: bool = False,
        report: Report | None = None,
    ) -> Report:
        """Add what files, folders and patterns hold, without reading again the files that have not changed.

        `since` leaves out files that were last changed before; `again` reads known files too; `keep` removes
        what is older, as `prune` does, and takes nothing that was published earlier. `fields` and `encoding`
        are as for `read`. With `fetch`, inputs may be addresses on the web. `watch` may look at the records
        on their way. A `report` that is given counts what is done, however it ends.
        """
        self.read_by(fields or {}, encoding)
        report = Report() if report is None else report
        self._store.state.record("pending", datetime.now(UTC).isoformat(timespec="seconds"))
        oldest = None if keep is None else ago(keep)
        intake = Intake(
            self._store, report, inputs, fields or {},
            encoding=encoding, fetch=fetch, since=since, published_since=oldest, again=again,
        )  # fmt: skip

        def committed(position: int) -> None:
            intake.commit(position)
            if progress:
                progress(report.articles)

        records = intake.records()
        stream = map(readable, watch(records) if watch else records)
        self._add(stream, report, strict=strict, committed=committed, position=intake.position)
        intake.commit(intake.position())
        intake.forget_gone()
        if keep is not None:
            report.pruned = self.prune(keep)
        self._store.state.record("pending", None)
        return report

    def _add(
        self,
        stream: Iterator[Article | RecordError],
        report: Report,
        *,
        strict: bool,
        committed: Callable[[int], None],
        position: Callable[[], int] = int,
    ) -> None:
        self._note_settings()
        self._writer.add(stream, report, position=position, committed=committed, strict=strict)
        self._note_add()

    def _note_settings(self) -> None:
        """Remember by which settings the first articles are judged; of an older index it is not known."""
        own = self.settings.of_judging()
        if not self._store.articles.count() and self._store.state.recall(_JUDGED_BY) != own:
            self._store.state.record(_JUDGED_BY, own)

    def _note_add(self) -> None:
        """Remember that articles were added just now, if they were not within this second already."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._store.writing():
            if self._store.state.recall("last_add") != now:
                self._store.state.record("last_add", now)

    # -- boilerplate ----------------------------------------------------------------------------------

    def boilerplate(self) -> list[RepeatedLine]:
        """The lines that sources repeat, and what was ruled of them; the most frequent first."""
        return self._store.boilerplate.lines()

    def boilerplate_in(self, article: Article) -> list[Span]:
        """What of the text of an article is boilerplate by what the index knows now."""
        return self.boilerplate_in_each([article])[0]

    def boilerplate_in_each(self, articles: Sequence[Article]) -> list[list[Span]]:
        """The same for each of these articles, which is faster than one at a time."""
        return marking.boilerplate_spans(self._store, articles)

    def keep_line(self, id: int) -> RepeatedLine:  # noqa: A002
        """Rule that a line is no boilerplate in the articles added from now on. Raises InputError."""
        with self._store.writing():
            self._older.forget()
            return marking.keep(self._store, id)

    def mark_lines(self, text: str, source: str | None = None) -> int:
        """Rule that the lines of `text` are boilerplate at a source, or (None) at all of them; how many.

        Matches that rested on them are undone. Raises InputError where the text has no words.
        """
        with self._store.writing():
            self._older.forget()
            marked = marking.mark(self._store, text, source)
            self._writer.judge_again()
        return marked

    # -- grouping --------------------------------------------------------------------------------------

    def groups(self) -> Iterator[Group]:
        """All groups, the largest first; of one state of the index inside of `reading`."""
        return groups(self._store)

    def count_articles(self) -> int:
        """How many articles there are."""
        return self._store.articles.count()

    def count_groups(self) -> tuple[int, int]:
        """How many groups there are, and how many articles are in them."""
        return self._store.groups.counts()

    def alike(self, relation: Relation) -> Iterator[Group]:
        """The articles that matches of a relation tie together, such as `quote`, which joins no group.

        Of such a relation those are left out whose articles are in one group by what else they share.
        """
        return alike(self._store, relation)

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
            numbers = {self._number(each): each for each in ids}
            of = self._store.groups.of(list(numbers))
            named = {numbers[number]: name for number, name in of.items()}
            found = self._store.matches.among(list(numbers))
        return named, [m for m in found if m.relation.joins and m.a in named and named[m.a] == named.get(m.b)]

    def group_of(self, id: str) -> Group | None:  # noqa: A002  (the contract's word)
        """The group of an article; None if it has none. Raises UnknownArticle."""
        with self._store.reading():
            number = self._number(id)
            name = self._store.groups.of([number]).get(number)
            return next(iter(described(self._store, [name])), None) if name is not None else None

    # -- asking ----------------------------------------------------------------------------------------

    def check(self, article: Article | Mapping[str, Any]) -> Verdict:
        """Tell what the index has of an article, without inserting anything.

        Raises InputError where it cannot be read, TypeError where it is none.
        """
        given = one(article)
        return self._store.read(lambda: self._checker.check([given])[0])

    def filter(
        self,
        records: Iterable[Article | RecordError | Mapping[str, Any]],
        *,
        add: bool = False,
        batch: int = 1,
    ) -> Iterator[tuple[Article | RecordError, Verdict | None]]:
        """Check records as they come: each with its verdict, in order; None for what cannot be read.

        With `add`, articles that are no duplicates are added too, and later ones are checked against them.
        Verdicts are given by `batch` records at a time, and are the same whatever its size, but that groups
        are as of when the batch is done. Those on duplicates may lack matches of lower rank, which `check`
        would have. Raises TypeError for one record that stands by itself, ValueError for a `batch` below 1.
        """
        refuse_one(records)
        if batch < 1:
            raise ValueError(f"a batch has at least one record, not {batch}")
        return self._filter(map(checked, records, count(1)), add=add, batch=batch)

    def _filter(
        self, stream: Iterator[Article | RecordError], *, add: bool, batch: int
    ) -> Iterator[tuple[Article | RecordError, Verdict | None]]:
        if add:
            self._note_settings()
        while part := list(islice(stream, batch)):
            articles = [record for record in part if isinstance(record, Article)]
            if add:
                with self._store.writing():
                    verdicts = iter(self._checker.check_and_add(articles))
                    self._note_add()
            else:
                verdicts = iter(self._store.read(partial(self._checker.check, articles, every=False)))
            for record in part:
                yield record, next(verdicts) if isinstance(record, Article) else None

    def match(self, a: str, b: str) -> Match | None:
        """The stored match of two articles. Raises UnknownArticle."""
        first, second = sorted((self._number(a), self._number(b)))
        return self._store.matches.between(first, second)

    def matches_of(self, id: str) -> list[Match]:  # noqa: A002
        """All matches of an article, those that join no group too. Raises UnknownArticle."""
        return self._store.matches.of(self._number(id))

    def explain(self, a: str, b: str) -> Explanation:
        """Tell why two articles of the index are or are not a match. Raises UnknownArticle, TextGone.

        How many articles have what they share is counted as of when the newer one came, only of keys that 64
        articles had before it as of now. What is boilerplate is as of now.
        """
        return explain_stored(self._store, *sorted((self._number(a), self._number(b))))

    def borderline(self, count: int = 30) -> list[Match]:
        """Pairs of the index whose passages are about worth the bar of a match, for a person to judge."""
        from dedup.calibration import borderline

        with self._store.reading():
            return borderline(self._store, count)

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

    def _number(self, id: str) -> int:  # noqa: A002
        number = self._store.articles.number_of(id)
        if number is None:
            raise UnknownArticle(f"{self.path}: no article has the id {id!r}")
        return number

    def info(self) -> dict[str, object]:
        """Counts, sizes, settings and times of the index.

        `last_add` is when the last `add`, or batch of a `filter` that adds, was done; `pending` is when an
        `add` began that is not done (None: none is).
        """
        times = {name: self._store.state.recall(name) for name in ("last_add", "pending")}
        return {**self._store.info(), **times}

    def changes(self, *, since: datetime | None = None, after: int = 0) -> Iterator[Change]:
        """What happened to groups from this moment on, and after the change of this number."""
        return self._store.changes.since(after, since)

    def last_shown(self) -> int:
        """The number of the last change that was shown, as `shown` noted it; 0 at first."""
        number = self._store.state.recall("changes_shown")
        return number if isinstance(number, int) else 0

    def shown(self, change: Change) -> None:
        """Note that the changes up to this one have been shown."""
        self._store.state.record("changes_shown", change.number)

    def backup(self, path: str | Path) -> None:
        """Copy the index to a file, whole and as it is now, while others may go on writing.

        A file that is there is replaced only if it is an index too, which nobody has open, and only when the
        copy is complete and nothing is broken in it. Raises IndexUnusable, and InputError inside a
        transaction.
        """
        self._store.backup(os.fsdecode(path))

    def verify(self) -> list[str]:
        """What is broken in the file, one line each: nothing, unless a disk or another program harmed it."""
        return self._store.check() or problems(self._store)

    def compact(self) -> None:
        """Give the space of what was removed back to the disk. Raises InputError inside a transaction."""
        self._store.compact()

    # -- taking out ------------------------------------------------------------------------------------

    def remove(self, ids: Iterable[str]) -> int:
        """Remove articles with all that hangs on them; how many.

        Raises UnknownArticle, removing none, and TypeError for one id that stands by itself.
        """
        if isinstance(ids, str):
            raise TypeError("several ids are expected, not one str: put it in a list")
        with self._store.writing():
            numbers = sorted({self._number(name) for name in ids})
            # whoever adds the same files again wants the articles again
            found = self._store.articles.get(numbers, texts=False)
            self._store.forget_files({article.path for article in found if article.path})
            self._writer.remove(numbers)
        return len(numbers)

    def prune(self, older_than: timedelta) -> int:
        """Remove the articles published (or, where that is unknown, added) longer ago than this; how many.

        Files that have some of them are read again by an `add_files` that would keep these. Raises ValueError
        for an age below 0.
        """
        with self._store.writing():
            cutoff = ago(older_than)
            numbers = self._store.articles.older_than(cutoff)
            self._store.leave_out(cutoff)
            self._writer.remove(numbers)
            self._store.changes.prune(cutoff)
        return len(numbers)
