"""The store: one SQLite file that holds articles, postings, matches and groups."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dedup.errors import IndexDamaged, IndexForeign, IndexLocked, IndexUnusable
from dedup.index import integrity, opening, schema
from dedup.index.addresses import Addresses
from dedup.index.articles import Articles
from dedup.index.boilerplate import Boilerplate
from dedup.index.changes import Changes
from dedup.index.faults import faults
from dedup.index.files import Files
from dedup.index.groups import Groups
from dedup.index.matches import Matches
from dedup.index.places import Places
from dedup.index.state import State
from dedup.index.transactions import Transactions
from dedup.index.values import Numbers
from dedup.model import Article
from dedup.settings import Settings

if TYPE_CHECKING:
    from dedup.index.postings import Postings


class Store:
    """An open index: its tables, and what is done to several of them at once.

    Articles are known by number: a rowid, in order of insertion, never given twice. Reads see one state of
    the index, each by itself or all inside one `with store.reading()` or `store.read`; writes happen inside
    `with store.writing()`, and each by itself where there is none. Threads may share a store: they take
    turns, a transaction each. Every method, of the tables too, may raise IndexUnusable, as when the store is
    closed, or one of its children. `is_new` if this opening made the index.
    """

    def __init__(
        self, opened: opening.Opened, settings: Settings, *, is_new: bool, lock_timeout: float
    ) -> None:
        self.path = path = opened.path
        self.is_new = is_new
        self.settings = settings
        self.keeps_texts = texts = schema.keeps_texts(schema.about(opened.connection))

        def again() -> opening.Opened:
            return _opened(path, settings, create=False, lock_timeout=lock_timeout, texts=texts)[0]

        self._transactions = turns = Transactions(opened, again)
        self.reading, self.reading_long, self.read = turns.reading, turns.reading_long, turns.read
        self.writing, self.version = turns.writing, turns.version
        self.state = State(turns)
        self.places = None if texts else Places(turns, self.state)
        self.articles = Articles(turns, self.places)
        self.matches = Matches(turns)
        self.changes = Changes(turns)
        self.groups = Groups(turns, self.changes)
        self.boilerplate = Boilerplate(turns)
        self.files = Files(turns)
        self.addresses = Addresses(turns)

    @cached_property
    def postings(self) -> Postings:
        """Made when it is needed: importing numba takes 0.3 s, which listing groups need not wait for."""
        from dedup.index.postings import Postings

        return Postings(self._transactions, self.articles, self.settings)

    @classmethod
    def open(
        cls,
        path: str | Path,
        settings: Settings | None = None,
        *,
        create: bool = True,
        lock_timeout: float = 5.0,
        texts: bool | None = None,
    ) -> Store:
        """Open the index at `path` (":memory:" for none on disk), making it where it is absent.

        `settings` None takes those that the index was made with. A new one keeps texts unless `texts` is
        False; of one that is there it must be so, or None. Raises IndexForeign (a folder, a text,
        another program's database; absent and not `create`), IndexMismatch (made with other settings or
        tables, or by a newer dedup), IndexLocked (another process writes for longer than `lock_timeout`
        seconds), IndexDamaged.
        """
        name = os.fsdecode(path)
        with faults(name):
            opened, (own, is_new) = _opened(
                name, settings, create=create, lock_timeout=lock_timeout, texts=texts
            )
            return cls(opened, own, is_new=is_new, lock_timeout=lock_timeout)

    @property
    def _db(self) -> sqlite3.Connection:
        return self._transactions.connection

    def close(self) -> None:
        """Close the file; what is not committed is rolled back."""
        self._transactions.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def put_articles(
        self,
        articles: Sequence[Article],
        digests: Sequence[bytes],
        words: Sequence[int] | NDArray[np.int64],
        *,
        same: Sequence[int] | NDArray[np.int64] = (),
        content: Iterable[bytes | memoryview] = (),
    ) -> NDArray[np.int64]:
        """Store articles of distinct ids, with the counts of their words; their numbers, ascending.

        An article whose id is there already is replaced: the old one is removed as `remove` does, the new
        one gets a number of its own and keeps the time at which its first version was added. An index that
        keeps no texts takes in their place `same`, a hash of the words of each, and one that keeps them
        `content`, the packed content words of each, where they are known.
        """
        with self.writing():
            old = [number for number, _ in self.articles.known(article.id for article in articles).values()]
            before = self.articles.came(old)
            self.remove(old)
            return self.articles.put(articles, digests, words, before=before, same=same, content=content)

    def remove(self, numbers: Numbers) -> int:
        """Delete articles with their postings, matches and memberships; how many of them were there."""
        with self.writing():
            there = self.articles.present(numbers)
            if there:
                self.groups.remove(there)
                self.matches.remove(there)
                self.articles.remove(there)
                self.postings.remove(np.array(there, np.int64))
            return len(there)

    def forget_files(self, names: Iterable[str]) -> None:
        """Forget files and addresses by the names that articles know them by, so that they are read again."""
        with self.writing():
            named = list(names)
            self.files.forget_named(named)
            self.addresses.forget(named)

    def leave_out(self, numbers: Numbers) -> None:
        """Note of files and addresses that they have these articles, which are removed for their age."""
        with self.writing():
            left = self.articles.left_out(numbers)
            self.files.leave_out(left)
            self.addresses.leave_out(left)

    def backup(self, path: str) -> None:
        """Copy the index, as it is now, to a file, which is put in place when it is whole and sound.

        Raises IndexDamaged where it is not sound, and RuntimeError inside a transaction.
        """
        with self._transactions.outside("copied"), opening.replacement(self.path, path) as partial:
            with (
                closing(sqlite3.connect(partial, isolation_level=None)) as target,
                self.reading(),
                faults(path),
            ):
                self._db.execute("SELECT count(*) FROM about").fetchone()  # from here on, one state
                self._db.backup(target, pages=4096)
            if problem := _problem(partial):
                raise IndexDamaged(f"{self.path}: fails its check: {problem}; {path} is left as it was")

    def compact(self) -> None:
        """Give the space of what was removed back to the disk. Raises RuntimeError inside a transaction."""
        with self._transactions.outside("compacted"):
            with self.writing():
                self.postings.compact()
            self._db.execute("VACUUM")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def info(self) -> dict[str, object]:
        """Counts, bytes on disk, and what the index was made with."""
        with self.reading():
            groups, grouped = self.groups.counts()
            pages, page, free = (
                self._db.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("page_count", "page_size", "freelist_count")
            )
            facts = schema.about(self._db)
            return {
                "path": self.path,
                "articles": self.articles.count(),
                "matches": self.matches.count(),
                "groups": groups,
                "grouped": grouped,
                "bytes": pages * page,
                "free_bytes": free * page,
                "schema": self._db.execute("PRAGMA user_version").fetchone()[0],
                "files": self.files.count(),
                **facts,
                "texts": self.keeps_texts,
            }

    def check(self) -> list[str]:
        """What is broken, one line each: SQLite's integrity check, all values, and the invariants of our own.

        Raises IndexLocked, and IndexUnusable when the store is closed.
        """
        try:
            with self.reading():
                found = [line for (line,) in self._db.execute("PRAGMA integrity_check")]
                if found != ["ok"]:
                    return found
                return integrity.problems(self._db) or [
                    problem
                    for table in (
                        *(self.articles, self.postings, self.matches, self.groups),
                        *(self.changes, self.boilerplate, self.state),
                    )
                    for problem in self._found(table.problems)
                ]
        except IndexUnusable as error:
            return self._as_problem(error)

    def _found(self, problems: Callable[[], list[str]]) -> list[str]:
        """What is broken in a table, if it can be told."""
        try:
            return problems()
        except IndexUnusable as error:
            return self._as_problem(error)

    def _as_problem(self, error: IndexUnusable) -> list[str]:
        """What an error says is broken; a lock, or a closed file, says nothing of that, and is raised."""
        if isinstance(error, IndexLocked) or self._transactions.is_closed:
            raise error
        return [str(error).removeprefix(f"{self.path}: ")]


def _problem(path: str) -> str | None:
    """The first thing that is wrong with an index, if there is anything."""
    try:
        with Store.open(path, create=False) as store:
            return next(iter(store.check()), None)
    except IndexUnusable as error:
        return str(error).removeprefix(f"{path}: ")


def _opened(
    path: str, settings: Settings | None, *, create: bool, lock_timeout: float, texts: bool | None
) -> tuple[opening.Opened, tuple[Settings, bool]]:
    """The file at `path`, and what `schema.prepare` tells of it; the rest as for `Store.open`."""

    def attempt(*, create: bool, as_it_lies: bool = False) -> tuple[opening.Opened, tuple[Settings, bool]]:
        opened = opening.connect(path, create=create, lock_timeout=lock_timeout, as_it_lies=as_it_lies)
        try:
            return opened, schema.prepare(opened.connection, path, settings, create=create, texts=texts)
        except BaseException:
            opened.connection.close()
            raise

    for pause in (*opening.PATIENCE, None):
        try:
            return attempt(create=create)
        except sqlite3.Error as error:
            if opening.lies_whole(error, path):
                failed = error
                break
            if pause is None or not opening.may_pass(error, path):
                raise
        time.sleep(pause)
    try:
        return attempt(create=False, as_it_lies=True)
    except IndexForeign:
        if not create:
            raise
        raise failed from None  # there is none, for to make it is what failed
