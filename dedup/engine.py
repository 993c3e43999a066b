"""The stages wired: what changes an index, and checks against it. What only asks it is in `answers`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count, islice
from pathlib import Path
from typing import Any, Self

from dedup.answers import JUDGED_BY, Answers
from dedup.checking.checker import Checker
from dedup.funnel import marking
from dedup.funnel.older import Older
from dedup.index import Store
from dedup.index.values import Numbers, ago
from dedup.intake.files import Intake
from dedup.intake.report import Report
from dedup.intake.writer import Writer
from dedup.model import Article, Change, RecordError, RepeatedLine, Verdict
from dedup.read.encodings import known
from dedup.read.given import checked, one, readable, refuse_one
from dedup.read.inputs import StrPath, several
from dedup.read.record import Fields
from dedup.settings import Settings

__all__ = ["Index", "open"]


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


class Index(Answers):
    """Articles, their matches and groups, kept in one SQLite file. Made by `dedup.open`."""

    def __init__(self, store: Store, *, window: timedelta | None = None) -> None:
        super().__init__(store)
        self._older = Older(store, window=window)
        self._writer = Writer(self._older)
        self._checker = Checker(self._older, self._writer)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file. To use the index afterwards raises IndexUnusable."""
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

    def read_by(self, fields: Mapping[str, str], encoding: str | None = None) -> None:
        """Remember how inputs are read, so that texts that are not kept are read again in this manner.

        `fields` and `encoding` are as for `read`. It is for whoever adds what `read` gave: `add_files` and
        `add` remember theirs. An index that keeps its texts has no use for it. Raises SettingsError as `read`
        does.
        """
        Fields(fields)
        if encoding is not None:
            known(encoding)
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
    ) -> Report:
        """Add articles, find their matches, and bring the groups up to date.

        An article whose id is known is left alone if nothing in it changed, and replaced if something did.
        Each batch is one transaction: after a crash the index is as of the last batch. Records that cannot
        be read are reported and skipped; with `strict` the first raises InputError. `fields` names the fields
        of those that are mappings, as for `read`; an Article is taken as it is, and an index without texts
        reads it again by them (see `read_by`). Raises TypeError for one article that stands by itself, and
        SettingsError for `fields` of parts that an article does not have.
        """
        refuse_one(articles)
        names = Fields(fields) if fields else None
        self.read_by(fields or {})
        report = Report()

        def committed(_: int) -> None:
            if progress:
                progress(report.articles)

        stream = map(partial(checked, fields=names), articles, count(1))
        self._add(stream, report, strict=strict, committed=committed)
        return report

    def add_files(
        self,
        inputs: StrPath | Iterable[StrPath],
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

        `inputs` are strings or paths, one or several: what `read` takes. Raises TypeError for others.
        `since` leaves out files that were last changed before; without an offset it is in UTC. `again` reads
        known files too; `keep` removes what is older, as `prune` does, and takes nothing that was published
        earlier. `fields` and `encoding` are as for `read`. With `fetch`, inputs may be addresses on the web.
        `watch` may look at the records on their way. A `report` that is given counts what is done, however it
        ends.
        """
        named = several(inputs)
        oldest = None if keep is None else ago(keep)
        self.read_by(fields or {}, encoding)
        report = Report() if report is None else report
        self._store.state.record("pending", datetime.now(UTC).isoformat(timespec="seconds"))
        intake = Intake(
            self._store, report, named, fields or {},
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
        """Remember by which settings the first articles are judged, and by which window the last.

        Of an older index it is not known.
        """
        window = None if self._older.window is None else self._older.window.total_seconds()
        if self._store.state.recall("window") != window:
            self._store.state.record("window", window)
        own = self.settings.of_judging()
        if not self._store.articles.count() and self._store.state.recall(JUDGED_BY) != own:
            self._store.state.record(JUDGED_BY, own)

    def _note_add(self) -> None:
        """Remember that articles were added just now, if they were not within this second already."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._store.writing():
            if self._store.state.recall("last_add") != now:
                self._store.state.record("last_add", now)

    # -- boilerplate ----------------------------------------------------------------------------------

    def keep_line(self, id: int) -> RepeatedLine:  # noqa: A002
        """Rule that a line is no boilerplate in the articles added from now on.

        `id` is that of a RepeatedLine; raises InputError where the index has none of this.
        """
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

    def shown(self, change: Change) -> None:
        """Note that the changes up to this one have been shown."""
        self._store.state.record("changes_shown", change.number)

    def backup(self, path: str | Path) -> None:
        """Copy the index to a file, whole and as it is now, while others may go on writing.

        A file that is there is replaced only if it is an index too, which nobody has open, and only when the
        copy is complete and nothing is broken in it. Raises IndexUnusable, and RuntimeError inside a
        transaction.
        """
        self._store.backup(os.fsdecode(path))

    def compact(self) -> None:
        """Give the space of what was removed back to the disk. Raises RuntimeError inside a transaction."""
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
            self._take_out(numbers)
        return len(numbers)

    def prune(self, older_than: timedelta) -> int:
        """Remove the articles published (or, where that is unknown, added) longer ago than this; how many.

        Files that have some of them are read again by an `add_files` that would keep these. Raises ValueError
        for an age below 0.
        """
        with self._store.writing():
            cutoff = ago(older_than)
            numbers = self._store.articles.older_than(cutoff)
            self._store.leave_out(numbers)
            self._take_out(numbers)
            self._store.changes.prune(cutoff)
        return len(numbers)

    def _take_out(self, numbers: Numbers) -> None:
        """Remove articles; what is compared again for it is so within the window of the last add."""
        given, last = self._older.window, self._store.state.recall("window")
        if given is None and isinstance(last, float):
            self._older.window = timedelta(seconds=last)
        try:
            self._writer.remove(numbers)
        finally:
            self._older.window = given
