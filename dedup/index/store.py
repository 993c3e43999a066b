"""The store: one SQLite file that holds articles, postings, matches and groups."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from dedup.errors import IndexUnusable
from dedup.index import opening, schema
from dedup.index.addresses import Addresses, AddressState
from dedup.index.again import Again, Manner
from dedup.index.articles import Articles
from dedup.index.boilerplate import Boilerplate
from dedup.index.candidates import EVERY, Candidates, Common
from dedup.index.changes import Changes
from dedup.index.faults import faults
from dedup.index.files import Files, FileState
from dedup.index.groups import Groups
from dedup.index.matches import Links, Matches
from dedup.model import Article, Change, Match, Relation, RepeatedLine
from dedup.settings import Settings

if TYPE_CHECKING:
    from dedup.boilerplate.recurrence import Source
    from dedup.index.postings import Postings

Numbers = Iterable[int] | NDArray[np.int64]


def _plain(numbers: Numbers) -> list[int]:
    """Numbers as Python's, which SQLite takes."""
    found: list[int] = np.fromiter(numbers, np.int64).tolist()
    return found


class Store:
    """An open index. Articles are known by number: a rowid, in order of insertion, never given twice.

    Reads see one state of the index, each by itself or all inside one `with store.reading()`; writes happen
    inside `with store.writing()`, and each by itself where there is none. Threads may share a store: they
    take turns, a transaction each.
    Every method may raise IndexUnusable, or one of its children.
    """

    def __init__(self, connection: sqlite3.Connection, path: str, settings: Settings) -> None:
        self.path = path
        self.settings = settings
        self.keeps_texts = schema.keeps_texts(schema.about(connection))
        self._db = connection
        self._articles = Articles(connection)
        self._matches = Matches(connection)
        self._groups = Groups(connection)
        self._changes = Changes(connection)
        self._files = Files(connection)
        self._addresses = Addresses(connection)
        self._boilerplate = Boilerplate(connection)
        self._turn = threading.RLock()
        self._rolled_back = 0

    @cached_property
    def _postings(self) -> Postings:
        """Made when it is needed: importing numba takes 0.3 s, which listing groups need not wait for."""
        from dedup.index.postings import Postings

        return Postings(self._db)

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
        name = str(path)
        with faults(name):
            try:
                return cls._opened(name, settings, create=create, lock_timeout=lock_timeout, texts=texts)
            except sqlite3.Error as error:
                if not opening.lies_whole(error, name):
                    raise
            return cls._opened(
                name, settings, create=False, lock_timeout=lock_timeout, texts=texts, as_it_lies=True
            )

    @classmethod
    def _opened(
        cls,
        name: str,
        settings: Settings | None,
        *,
        create: bool,
        lock_timeout: float,
        texts: bool | None,
        as_it_lies: bool = False,
    ) -> Store:
        connection = opening.connect(name, create=create, lock_timeout=lock_timeout, as_it_lies=as_it_lies)
        try:
            return cls(
                connection, name, schema.prepare(connection, name, settings, create=create, texts=texts)
            )
        except BaseException:
            connection.close()
            raise

    def version(self) -> tuple[int, int]:
        """Changes when another process has written, and when something written here is rolled back."""
        with self.reading():
            return self._db.execute("PRAGMA data_version").fetchone()[0], self._rolled_back

    def close(self) -> None:
        """Close the file; what is not committed is rolled back."""
        self._db.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction: all of what is written inside, or nothing. Inside another it is part of that."""
        with self._turn, faults(self.path):
            if self._db.in_transaction:
                yield
                return
            self._db.execute("BEGIN IMMEDIATE")
            yield from self._until_end()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One state of the index for all that is read inside, whatever others write meanwhile."""
        with self._turn, faults(self.path):
            if self._db.in_transaction:
                yield
                return
            self._db.execute("BEGIN")
            yield from self._until_end()

    def _until_end(self) -> Iterator[None]:
        try:
            yield
            self._settle()
            self._db.execute("COMMIT")
        except BaseException:
            self._rolled_back += 1
            self._changes.forget()
            # a full disk makes SQLite roll back by itself
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    def _touch(self, numbers: Sequence[int]) -> None:
        """Note the groups of articles that are about to be moved or removed."""
        groups = self._groups.of(numbers)
        names = self._articles.names(numbers)
        self._changes.touch(names.values(), {name: groups[n] for n, name in names.items() if n in groups})

    def _settle(self) -> None:
        """Write down what the transaction did to groups."""
        if touched := self._changes.touched:
            numbers = {name: number for name, (number, _) in self._articles.known(touched).items()}
            groups = self._groups.of(list(numbers.values()))
            after = {name: groups[number] for name, number in numbers.items() if number in groups}
            self._changes.settle(after, self._groups.sizes(self._changes.groups(after)))

    # articles

    def known(self, ids: Iterable[str]) -> dict[str, tuple[int, bytes]]:
        """The number and the digest of each of these ids that the index holds."""
        with self.reading():
            return self._articles.known(ids)

    def put_articles(
        self,
        articles: Sequence[Article],
        digests: Sequence[bytes],
        words: Sequence[int] | NDArray[np.int64],
        keys: Sequence[int] | NDArray[np.int64],
        same: Sequence[int] | NDArray[np.int64] = (),
    ) -> NDArray[np.int64]:
        """Store articles of distinct ids, with the counts of their words and keys; their numbers, ascending.

        An article whose id is there already is replaced: the old one is removed as `remove` does, the new
        one gets a number of its own and keeps the time and the number (`first`) of its first version. An
        index that keeps no texts takes in their place `same`, a hash of the words of each.
        """
        with self.writing():
            old = [number for number, _ in self._articles.known(article.id for article in articles).values()]
            firsts = self._articles.firsts(old)
            self.remove(old)
            kept = None if self.keeps_texts else [int(each) for each in same]
            return self._articles.put(articles, digests, list(words), list(keys), firsts, same=kept)

    def articles(self, numbers: Numbers, *, texts: bool = True) -> list[Article]:
        """The articles of these numbers, in this order, as told without texts; raises UnknownArticle.

        A text that the index does not keep is read again from where it came from, and "" if it is gone.
        """
        with self.reading():
            plain = _plain(numbers)
            found = self._articles.get(plain, texts=texts and self.keeps_texts)
            if texts and not self.keeps_texts:
                again = self._again.texts(self._articles.places(plain))
                found = [replace(one, text=text) for one, text in zip(found, again, strict=True)]
            return found

    @cached_property
    def _again(self) -> Again:
        manners = self.recall("manners")
        return Again(Manner(*each) for each in (manners if isinstance(manners, list) else ()))

    def read_by(self, fields: Mapping[str, str], encoding: str | None) -> None:
        """Remember how inputs are read, for texts that are not kept to be read again in the same manner."""
        if self.keeps_texts:
            return
        manner, known = [dict(fields), encoding], self.recall("manners")
        manners = known if isinstance(known, list) else []
        if manner not in manners:
            self.record("manners", [*manners, manner])
            self.__dict__.pop("_again", None)

    def ids(self, numbers: Numbers) -> list[str]:
        """The ids of these numbers, in this order; raises UnknownArticle."""
        with self.reading():
            return self._articles.ids(_plain(numbers))

    def digests(self, numbers: Numbers) -> list[bytes]:
        """The digests of these numbers, in this order; raises UnknownArticle."""
        with self.reading():
            return self._articles.digests(_plain(numbers))

    def words(self, numbers: Numbers) -> NDArray[np.int64]:
        """How many words each of these articles has; raises UnknownArticle."""
        with self.reading():
            return self._articles.counts("words", _plain(numbers))

    def keys(self, numbers: Numbers) -> NDArray[np.int64]:
        """How many keys each of these articles has; raises UnknownArticle."""
        with self.reading():
            return self._articles.counts("keys", _plain(numbers))

    def firsts(self, numbers: Numbers) -> NDArray[np.int64]:
        """The number that each of these articles had before any update; raises UnknownArticle."""
        with self.reading():
            return self._articles.counts("first", _plain(numbers))

    def published(self, numbers: Numbers) -> NDArray[np.float64]:
        """When these articles were published, in seconds since 1970, or NaN; raises UnknownArticle."""
        with self.reading():
            return self._articles.published(_plain(numbers))

    def same(self, numbers: Numbers) -> NDArray[np.int64]:
        """The hashes of the words of these articles, whose texts are not kept; raises UnknownArticle."""
        with self.reading():
            return self._articles.counts("same", _plain(numbers))

    def number_of(self, name: str) -> int | None:
        """The number of the article with this id, or None."""
        with self.reading():
            return self._articles.number_of(name)

    def count(self) -> int:
        """How many articles the index holds."""
        with self.reading():
            return self._articles.count()

    def newest(self) -> int:
        """The highest number that was ever given; 0 where there is none."""
        with self.reading():
            return self._articles.last()

    def numbers(self) -> NDArray[np.int64]:
        """The numbers of all articles, ascending."""
        with self.reading():
            return self._articles.numbers()

    def older_than(self, cutoff: datetime) -> NDArray[np.int64]:
        """The numbers of the articles published (where that is not known, added) before `cutoff`."""
        with self.reading():
            return self._articles.older_than(cutoff)

    def remove(self, numbers: Numbers) -> int:
        """Delete articles with their postings, matches and memberships; how many of them were there."""
        with self.writing():
            there = self._articles.present(_plain(numbers))
            if there:
                self._touch(there)
                self._groups.remove(there)
                self._matches.remove(there)
                self._articles.remove(there)
                self._postings.remove(np.array(there, np.int64))
            return len(there)

    # postings

    def post(self, numbers: NDArray[np.int64], offsets: NDArray[np.int64], keys: NDArray[np.uint64]) -> None:
        """Post a batch: article `numbers[i]` under the distinct keys `keys[offsets[i] : offsets[i + 1]]`.

        Numbers ascend, from batch to batch too. Keys are spread evenly over 64 bits; the odd ones are bands.
        """
        with self.writing():
            self._postings.post(numbers, offsets, keys)

    def candidates(
        self,
        numbers: NDArray[np.int64],
        offsets: NDArray[np.int64],
        keys: NDArray[np.uint64],
        *,
        before: bool,
        min_score: float = 0.0,
        min_shared: int = 1,
        limit: int = 0,
        common: Common = EVERY,
        settings: Settings | None = None,
        issues: NDArray[np.int64] | None = None,
    ) -> Candidates:
        """The articles that share keys with those of a batch, each pair at most once.

        A number of -1 is an article that the index does not hold. With `before`, the numbers ascend, and only
        articles with smaller numbers are found: asked for after posting, a batch finds its pairs with older
        articles and with its own, each once, with the scores that its articles would get if they were added
        one by one. A score is the sum of ln(NOMINAL/df) over the shared keys; df counts the article itself.

        Kept are the pairs that share a band, and those that share at least `min_shared` keys with a score of
        at least `score_bar(min_score, articles)`; of each article's, the best `limit`, by score and then the
        earlier (0: all). `common` leaves out more. With the `issues` of the batch (see dedup.index.spread),
        forms that recur at a source and wire stories are told by `settings`, or by the store's own.
        """
        with self.reading():
            return self._postings.candidates(
                numbers,
                offsets,
                keys,
                before=before,
                articles=self._articles.count(),
                last=self._articles.last(),
                min_score=float(min_score),
                min_shared=int(min_shared),
                limit=int(limit),
                common=common,
                settings=settings or self.settings,
                issues=issues,
                issues_of=lambda others: self._articles.issues(others.tolist()),
            )

    def posted(self, keys: NDArray[np.uint64], numbers: Numbers) -> dict[int, NDArray[np.uint64]]:
        """Which of these keys each of these articles is posted under; of common keys, as far as is kept."""
        with self.reading():
            return self._postings.posted(keys, np.array(_plain(numbers), np.int64))

    # matches

    def put_matches(self, numbers: NDArray[np.int64], matches: Sequence[Match]) -> None:
        """Store matches, in place of older ones of the same pairs; `numbers` (m, 2) has their a and b."""
        with self.writing():
            self._matches.put(np.asarray(numbers, np.int64).reshape(-1, 2), matches)

    def matches_of(self, number: int, *, joining_only: bool = False) -> list[Match]:
        """The matches of an article; the earlier article of each is its a."""
        with self.reading():
            return self._matches.of([int(number)], joining_only=joining_only)

    def matches_among(self, numbers: Numbers) -> list[Match]:
        """The matches with both articles among these; the earlier article of each is its a."""
        with self.reading():
            return self._matches.among(_plain(numbers))

    def match(self, a: int, b: int) -> Match | None:
        """The match of two articles, with the first as a."""
        with self.reading():
            return self._matches.one(int(a), int(b))

    def pairs(self, relation: Relation) -> NDArray[np.int64]:
        """The article numbers (a, b) of all matches of one relation, a row each."""
        with self.reading():
            return self._matches.pairs(relation)

    def links(self) -> Links:
        """All matches that join, as arrays."""
        with self.reading():
            return self._matches.links(None)

    def links_around(self, numbers: Numbers) -> Links:
        """The matches that join and that lead, over any number of steps, to these articles."""
        with self.reading():
            return self._matches.links(_plain(numbers))

    def having(self, keys: NDArray[np.uint64]) -> NDArray[np.int64]:
        """The articles that have some of these keys, ascending; of common keys the earliest."""
        with self.reading():
            return self._postings.having(keys)

    def pairs_around(self, number: int, others: Numbers) -> NDArray[np.int64]:
        """The joining matches among an article, some others, and what leads to these: (m, 2) numbers.

        All are earlier ones of its source.
        """
        with self.reading():
            return self._matches.pairs_around(number, _plain(others))

    def drop_matches(self, pairs: NDArray[np.int64]) -> None:
        """Delete the matches of these pairs (m, 2) of numbers, the smaller first."""
        with self.writing():
            self._matches.drop(pairs)

    # groups

    def put_groups(self, changes: Mapping[int, str | None]) -> None:
        """Make articles (by number) members of groups (by id), each of one at most; None takes out."""
        with self.writing():
            plain = {int(number): name for number, name in changes.items()}
            self._touch(list(plain))
            self._groups.put(plain)

    def groups(self, *, min_size: int = 2) -> Iterator[tuple[str, NDArray[np.int64]]]:
        """The id and ascending member numbers of each group, largest first, then by id.

        Read one by one: a change while iterating shows in the groups that are still to come.
        """
        groups = self._groups.all(min_size)
        while True:
            with self.reading():
                found = next(groups, None)
            if found is None:
                return
            yield found

    def group_counts(self) -> tuple[int, int]:
        """How many groups of at least two articles there are, and how many articles are in them."""
        with self.reading():
            return self._groups.counts()

    def group_names(self) -> list[str]:
        """The ids of the groups of at least two articles, largest first, then by id."""
        with self.reading():
            return self._groups.names()

    def members_of(self, names: Sequence[str]) -> dict[str, list[int]]:
        """The ascending member numbers of those of these groups that there are."""
        with self.reading():
            return self._groups.members_of(names)

    def membership(self, numbers: Numbers) -> dict[int, str]:
        """The group ids of those of these articles that are members of one."""
        with self.reading():
            return self._groups.of(_plain(numbers))

    def members(self, name: str) -> NDArray[np.int64]:
        """The ascending member numbers of a group; none where there is no such group."""
        with self.reading():
            return self._groups.members(name)

    # boilerplate

    def boilerplate(self, sources: Iterable[str] | None = None) -> list[RepeatedLine]:
        """The lines that these sources repeat and those marked for all, or those of all sources."""
        with self.reading():
            return self._boilerplate.lines(sources)

    def repeated_line(self, number: int) -> RepeatedLine | None:
        """The line of this number."""
        with self.reading():
            return self._boilerplate.get(number)

    def put_boilerplate(self, lines: Sequence[RepeatedLine]) -> None:
        """Add or change lines, each known by its source and hash."""
        with self.writing():
            self._boilerplate.put(lines)

    def line_sources(self, names: Iterable[str]) -> dict[str, Source]:
        """What is remembered of the lines of these sources."""
        with self.reading():
            return self._boilerplate.sources(names)

    def put_line_sources(self, sources: Mapping[str, Source]) -> None:
        """Remember the lines of these sources as they are now."""
        with self.writing():
            self._boilerplate.put_sources(sources)

    # what a regular job remembers

    def file(self, path: str) -> FileState | None:
        """What is known of the file at this absolute path."""
        with self.reading():
            return self._files.get(path)

    def put_files(self, rows: Iterable[tuple[str, str, FileState]]) -> None:
        """Remember files: each its absolute path, the name that its articles know it by, and its state."""
        with self.writing():
            self._files.put(rows)

    def files_after(self, path: str, most: int) -> list[str]:
        """The next known paths, in their order, after this one."""
        with self.reading():
            return self._files.after(path, most)

    def forget_files(self, *, paths: Sequence[str] = (), names: Iterable[str] = ()) -> None:
        """Forget files, by path or by the name that articles know them by, so that they are read again."""
        with self.writing():
            named = list(names)
            self._files.forget(paths)
            self._files.forget_named(named)
            self._addresses.forget(named)

    def address(self, url: str) -> AddressState | None:
        """What is known of the address on the web."""
        with self.reading():
            return self._addresses.get(url)

    def put_addresses(self, rows: Iterable[tuple[str, AddressState]]) -> None:
        """Remember addresses."""
        with self.writing():
            self._addresses.put(rows)

    def forget_addresses(self, before: int) -> None:
        """Forget the addresses that were last read before this second."""
        with self.writing():
            self._addresses.forget(before=before)

    def changes(self, after: int = 0, since: datetime | None = None) -> Iterator[Change]:
        """What happened to groups after the change of this number, and since this moment."""
        found = self._changes.since(after, since)
        with faults(self.path):
            yield from found

    def prune_changes(self, cutoff: datetime) -> None:
        """Forget what happened to groups before `cutoff`."""
        with self.writing():
            self._changes.prune(cutoff)

    # the index as a whole

    def backup(self, path: str) -> None:
        """Copy the index, as it is now, to a file, which is put in place when it is whole."""
        opening.replaceable(self.path, path)
        partial = f"{path}.partial-{os.getpid()}"
        try:
            with self.reading(), faults(path):
                self._db.execute("SELECT count(*) FROM about").fetchone()  # from here on, one state
                target = sqlite3.connect(partial, isolation_level=None)
                try:
                    self._db.backup(target, pages=4096)
                finally:
                    target.close()
            with open(partial, "rb+") as file:  # noqa: PTH123
                os.fsync(file.fileno())
            os.replace(partial, path)  # noqa: PTH105
        except OSError as error:
            raise IndexUnusable(f"{path}: the copy cannot be written ({error.strerror})") from None
        finally:
            Path(partial).unlink(missing_ok=True)

    def record(self, key: str, value: object) -> None:
        """Remember a JSON value under a name."""
        with self.writing():
            self._db.execute("INSERT OR REPLACE INTO state VALUES (?, ?)", (key, json.dumps(value)))

    def recall(self, key: str) -> object:
        """The value under this name, or None."""
        with self.reading():
            row = self._db.execute("SELECT value FROM state WHERE name = ?", (key,)).fetchone()
            return json.loads(row[0]) if row else None

    def compact(self) -> None:
        """Give the space of what was removed back to the disk. Not inside a transaction."""
        with self.writing():
            self._postings.compact()
        with faults(self.path):
            self._db.execute("VACUUM")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def info(self) -> dict[str, object]:
        """Counts, bytes on disk, and what the index was made with."""
        with self.reading():
            groups, grouped = self._groups.counts()
            pages, page, free = (
                self._db.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("page_count", "page_size", "freelist_count")
            )
            facts = schema.about(self._db)
            return {
                "path": self.path,
                "articles": self._articles.count(),
                "matches": self._matches.count(),
                "groups": groups,
                "grouped": grouped,
                "bytes": pages * page,
                "free_bytes": free * page,
                "schema": self._db.execute("PRAGMA user_version").fetchone()[0],
                "files": self._files.count(),
                **facts,
                "texts": self.keeps_texts,
            }

    def check(self) -> list[str]:
        """What is broken, one line each: SQLite's integrity check, and the invariants of our own."""
        try:
            with self.reading():
                found = [line for (line,) in self._db.execute("PRAGMA integrity_check")]
                if found != ["ok"]:
                    return found
                return [
                    *self._articles.problems(),
                    *self._postings.problems(self._articles.numbers()),
                    *self._matches.problems(),
                    *self._groups.problems(),
                ]
        except IndexUnusable as error:
            return [str(error).removeprefix(f"{self.path}: ")]
        except ValueError as error:  # a value that does not decode
            return [str(error)]
