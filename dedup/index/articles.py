"""The rows of articles."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import islice, repeat
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from dedup.errors import UnknownArticle
from dedup.index.again import Place, file_of
from dedup.index.spread import issues
from dedup.index.statements import chunks, places
from dedup.model import Article

T = TypeVar("T")
SELECT = (
    "SELECT number, id, source, published, title, url, path, byline, language, text"
    " FROM article LEFT JOIN article_text USING (number)"
)
SELECT_BARE = "SELECT number, id, source, published, title, url, path, byline, language, NULL FROM article"


def storable(text: str | None) -> str | bytes | None:
    """Text as SQLite takes it; bytes where it holds lone surrogates, which UTF-8 has no place for."""
    if text is None:
        return None
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
    return text


def restored(value: str | bytes | None) -> str | None:
    """The text that `storable` was given."""
    return value.decode("utf-8", "surrogatepass") if isinstance(value, bytes) else value


def iso(moment: datetime) -> str:
    """A moment as ISO 8601 in UTC: as text it sorts by time."""
    return (moment if moment.tzinfo is UTC else moment.astimezone(UTC)).isoformat()


class Articles:
    """The articles of one index; `number` is a rowid, in order of insertion and never given twice."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def known(self, ids: Iterable[str]) -> dict[str, tuple[int, bytes]]:
        """The number and the digest of each id that is there."""
        found: dict[str, tuple[int, bytes]] = {}
        for part in chunks([storable(name) for name in ids]):
            for number, name, digest in self._db.execute(
                f"SELECT number, id, digest FROM article WHERE id IN ({places(part)})",  # noqa: S608
                part,
            ):
                found[restored(name) or ""] = (number, digest)
        return found

    def put(
        self,
        articles: Sequence[Article],
        digests: Sequence[bytes],
        words: Sequence[int],
        keys: Sequence[int],
        firsts: dict[str, tuple[int, str]],
        *,
        same: Sequence[int] | None,
    ) -> NDArray[np.int64]:
        """Make new rows; their numbers. `firsts`: number and time of the first versions of some.

        `same` are hashes of their words, for articles whose texts are not kept.
        """
        last = self.last()
        numbers = range(last + 1, last + 1 + len(articles))
        now = iso(datetime.now(UTC).replace(microsecond=0))
        rows = []
        kept: Iterable[tuple[int | None, ...]] = repeat((None, None, None))
        if same is not None:
            folders = self._folders(articles)
            kept = zip(folders, (article.line for article in articles), same, strict=True)
        for number, article, digest, word_count, key_count, place in zip(
            numbers, articles, digests, words, keys, islice(kept, len(articles)), strict=True
        ):
            first, added = firsts.get(article.id, (number, now))
            published = iso(article.published) if article.published else None
            names = map(storable, (article.title, article.url, article.path))
            more = map(storable, (article.byline, article.language))
            rows.append(
                (
                    *(number, storable(article.id), storable(article.source), published, *names),
                    *(digest, int(word_count), int(key_count), first, added, *more, *place),
                )
            )
        self._db.executemany(f"INSERT INTO article VALUES ({','.join('?' * 17)})", rows)  # noqa: S608
        if same is None:
            stored = (
                (n, a.text.encode("utf-8", "surrogatepass")) for n, a in zip(numbers, articles, strict=True)
            )
            self._db.executemany("INSERT INTO article_text VALUES (?, ?)", stored)
        self._db.execute("UPDATE tally SET value = ? WHERE name = 'last'", (last + len(articles),))
        self._count(len(articles))
        return np.arange(last + 1, last + 1 + len(articles), dtype=np.int64)

    def _folders(self, articles: Sequence[Article]) -> list[int | None]:
        """The number of the folder that the path of each article is relative to; None if it names no file."""
        here, known = os.getcwd(), self._known_folders()  # noqa: PTH109
        if here not in known:
            known.append(here)
            row = ("folders", json.dumps(known))
            self._db.execute("INSERT OR REPLACE INTO state VALUES (?, ?)", row)
        number = known.index(here)
        paths = {article.path for article in articles if article.path}
        files = {path for path in paths if file_of(here, path) is not None}
        return [number if article.path in files else None for article in articles]

    def _known_folders(self) -> list[str]:
        row = self._db.execute("SELECT value FROM state WHERE name = 'folders'").fetchone()
        found: list[str] = json.loads(row[0]) if row else []
        return found

    def places(self, numbers: Sequence[int]) -> list[Place]:
        """Where the texts of these numbers may be read again, in this order."""
        folders, found = self._known_folders(), {}
        for part in chunks(numbers):
            for number, folder, path, line, digest in self._db.execute(
                f"SELECT number, folder, path, line, digest FROM article WHERE number IN ({places(part)})",  # noqa: S608
                part,
            ):
                name = restored(path)
                file = file_of(folders[folder], name) if folder is not None and name else None
                found[number] = Place(file, line, digest)
        return self._all_of(numbers, found)

    def firsts(self, numbers: Sequence[int]) -> dict[str, tuple[int, str]]:
        """For ids: the number that the article had first, and when it was added."""
        found: dict[str, tuple[int, str]] = {}
        for part in chunks(numbers):
            for name, first, added in self._db.execute(
                f"SELECT id, first, added FROM article WHERE number IN ({places(part)})",  # noqa: S608
                part,
            ):
                found[restored(name) or ""] = (first, added)
        return found

    def get(self, numbers: Sequence[int], *, texts: bool) -> list[Article]:
        """The articles of these numbers, in this order; "" where the text is not kept, or not wanted."""
        select = SELECT if texts else SELECT_BARE
        found: dict[int, Article] = {}
        for part in chunks(numbers):
            for number, name, source, published, title, url, path, byline, language, text in self._db.execute(
                f"{select} WHERE number IN ({places(part)})",
                part,
            ):
                found[number] = Article(
                    id=restored(name) or "",
                    text=restored(text) or "",
                    source=restored(source),
                    published=datetime.fromisoformat(published) if published else None,
                    title=restored(title),
                    url=restored(url),
                    path=restored(path),
                    byline=restored(byline),
                    language=restored(language),
                )
        return self._all_of(numbers, found)

    def ids(self, numbers: Sequence[int]) -> list[str]:
        """The ids of these numbers, in this order."""
        names: list[str | bytes] = self._column("id", numbers)
        return [restored(name) or "" for name in names]

    def names(self, numbers: Sequence[int]) -> dict[int, str]:
        """The ids of those of these numbers that are there."""
        return {
            number: restored(name) or ""
            for part in chunks(numbers)
            for number, name in self._db.execute(
                f"SELECT number, id FROM article WHERE number IN ({places(part)})",  # noqa: S608
                part,
            )
        }

    def digests(self, numbers: Sequence[int]) -> list[bytes]:
        """The digests of these numbers, in this order."""
        return self._column("digest", numbers)

    def published(self, numbers: Sequence[int]) -> NDArray[np.float64]:
        """When these numbers were published, in seconds since 1970; NaN where that is not known."""
        times: list[str | None] = self._column("published", numbers)
        return np.array(
            [np.nan if time is None else datetime.fromisoformat(time).timestamp() for time in times],
            np.float64,
        )

    def issues(self, numbers: Sequence[int]) -> NDArray[np.int64]:
        """The issues of these numbers, in this order; see dedup.index.spread."""
        found = {
            number: (restored(source), published)
            for part in chunks(numbers)
            for number, source, published in self._db.execute(
                f"SELECT number, source, published FROM article WHERE number IN ({places(part)})",  # noqa: S608
                part,
            )
        }
        return issues(self._all_of(numbers, found))

    def counts(self, name: str, numbers: Sequence[int]) -> NDArray[np.int64]:
        """A column of whole numbers: words, keys, first or same."""
        return np.array(self._column(name, numbers), np.int64)

    def _column(self, name: str, numbers: Sequence[int]) -> list[T]:
        found: dict[int, T] = {}
        for part in chunks(numbers):
            found.update(
                self._db.execute(
                    f"SELECT number, {name} FROM article WHERE number IN ({places(part)})",  # noqa: S608
                    part,
                )
            )
        return self._all_of(numbers, found)

    @staticmethod
    def _all_of(numbers: Sequence[int], found: dict[int, T]) -> list[T]:
        try:
            return [found[number] for number in numbers]
        except KeyError as error:
            raise UnknownArticle(f"the index holds no article number {error.args[0]}") from None

    def number_of(self, name: str) -> int | None:
        """The number of an id."""
        row = self._db.execute("SELECT number FROM article WHERE id = ?", (storable(name),)).fetchone()
        return row[0] if row else None

    def present(self, numbers: Iterable[int]) -> list[int]:
        """Those of these numbers that are there, ascending."""
        found: list[int] = []
        for part in chunks(sorted(set(numbers))):
            found.extend(
                n
                for (n,) in self._db.execute(
                    f"SELECT number FROM article WHERE number IN ({places(part)}) ORDER BY number",  # noqa: S608
                    part,
                )
            )
        return found

    def remove(self, numbers: Sequence[int]) -> None:
        """Delete the rows of these numbers, all of which are there."""
        rows = [(number,) for number in numbers]
        self._db.executemany("DELETE FROM article WHERE number = ?", rows)
        self._db.executemany("DELETE FROM article_text WHERE number = ?", rows)
        self._count(-len(rows))

    def older_than(self, cutoff: datetime) -> NDArray[np.int64]:
        """The numbers of the articles published (where that is not known, added) before `cutoff`."""
        rows = self._db.execute(
            "SELECT number FROM article WHERE coalesce(published, added) < ? ORDER BY number", (iso(cutoff),)
        )
        return np.fromiter((number for (number,) in rows), np.int64)

    def numbers(self) -> NDArray[np.int64]:
        """All numbers, ascending."""
        return np.fromiter(
            (n for (n,) in self._db.execute("SELECT number FROM article ORDER BY number")), np.int64
        )

    def count(self) -> int:
        """How many articles there are."""
        return self._tally("articles")

    def last(self) -> int:
        """The highest number ever given; 0 at first."""
        return self._tally("last")

    def _tally(self, name: str) -> int:
        found: int = self._db.execute("SELECT value FROM tally WHERE name = ?", (name,)).fetchone()[0]
        return found

    def _count(self, more: int) -> None:
        self._db.execute("UPDATE tally SET value = value + ? WHERE name = 'articles'", (more,))

    def problems(self) -> list[str]:
        """Broken invariants."""
        problems = []
        rows, last = self._db.execute("SELECT count(*), coalesce(max(number), 0) FROM article").fetchone()
        if rows != self.count():
            problems.append(f"{rows} articles, but {self.count()} counted")
        if last > self.last():
            problems.append(f"article number {last}, but only {self.last()} were given")
        orphans = self._db.execute(
            "SELECT count(*) FROM article_text WHERE number NOT IN (SELECT number FROM article)"
        ).fetchone()[0]
        if orphans:
            problems.append(f"{orphans} texts without an article")
        return problems
