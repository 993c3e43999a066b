"""The rows of articles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedup.digest import digest_of
from dedup.index.files import LeftOut
from dedup.index.ids import Came, Ids
from dedup.index.places import Places
from dedup.index.rows import all_of, reads, writes
from dedup.index.spread import issues
from dedup.index.transactions import Transactions
from dedup.index.values import Decoding, Numbers, decoded, iso, moment, plain, restored, storable, unreadable
from dedup.model import Article

SELECT = (
    "SELECT number, id, source, published, title, url, path, byline, language, text"
    " FROM article LEFT JOIN article_text USING (number)"
)
SELECT_BARE = "SELECT number, id, source, published, title, url, path, byline, language, NULL FROM article"
SELECT_CHECKED = SELECT.replace("number", "digest", 1).replace("LEFT JOIN", "JOIN")
UNUSED = 0
"""The column `keys`, which nothing reads; `first` is 1 if an id was made of the source of its article."""


class Articles(Ids):
    """The articles of one index; `number` is a rowid, in order of insertion and never given twice.

    The index holds their texts, unless it has `places` where these can be read again.
    """

    def __init__(self, transactions: Transactions, places: Places | None) -> None:
        super().__init__(transactions)
        self._places = places

    @reads
    def holder(self, name: str) -> str | None:
        """The path of an article whose id is this name, or this and a number after #; "" if it has none."""
        own = storable(name)
        row = self._db.execute(
            "SELECT path FROM article WHERE id = ? OR (id >= ? || '#' AND id < ? || '$') LIMIT 1",
            (own, own, own),
        ).fetchone()
        return None if row is None else restored(row[0]) or ""

    @writes
    def put(
        self,
        articles: Sequence[Article],
        digests: Sequence[bytes],
        words: Sequence[int] | NDArray[np.int64],
        *,
        before: Mapping[str, Came],
        same: Sequence[int] | NDArray[np.int64],
        content: Iterable[bytes | memoryview],
    ) -> NDArray[np.int64]:
        """Make new rows; their numbers, ascending. The rest as for `Store.put_articles`.

        `before`, by id, is how those came that have had another version.
        """
        made = self._now_made(articles)
        last = self.newest()
        numbers = range(last + 1, last + 1 + len(articles))
        now = iso(datetime.now(UTC).replace(microsecond=0))
        rows = []
        again: Iterable[tuple[int | None, ...]] = repeat((None, None, None), len(articles))
        if self._places is not None:
            lines = (article.line for article in articles)
            again = zip(self._places.folders(articles), lines, map(int, same), strict=True)
        for number, article, digest, word_count, place in zip(
            numbers, articles, digests, words, again, strict=True
        ):
            published = iso(article.published) if article.published else None
            came = before.get(article.id) or Came(now, made=article.id in made)
            names = map(storable, (article.title, article.url, article.path))
            more = map(storable, (article.byline, article.language))
            rows.append(
                (
                    *(number, storable(article.id), storable(article.source), published, *names),
                    *(digest, int(word_count), UNUSED, int(came.made), came.added, *more, *place),
                )
            )
        self._db.executemany(
            "INSERT INTO article VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows
        )
        if self._places is None:
            stored = (
                (n, a.text.encode("utf-8", "surrogatepass")) for n, a in zip(numbers, articles, strict=True)
            )
            self._db.executemany("INSERT INTO article_text VALUES (?, ?)", stored)
            self._db.executemany(
                "INSERT INTO article_words VALUES (?, ?)", zip(numbers, content, strict=False)
            )
        self._db.execute("UPDATE tally SET value = ? WHERE name = 'last'", (last + len(articles),))
        self._count(len(articles))
        if made:
            self._db.execute("INSERT OR REPLACE INTO tally VALUES ('made', 1)")
        return np.arange(last + 1, last + 1 + len(articles), dtype=np.int64)

    @reads
    def get(self, numbers: Numbers, *, texts: bool = True) -> list[Article]:
        """The articles of these numbers, in this order, as told without texts; raises UnknownArticle.

        A text that the index does not keep is read again from where it came from, and "" if it is gone.
        """
        numbers = plain(numbers)
        select = SELECT if texts and self._places is None else SELECT_BARE
        rows = self._select(f"{select} WHERE number IN", numbers)
        by_number = {number: _article(row) for number, *row in rows}
        found = all_of(numbers, by_number)
        if texts and self._places is not None:
            again = self._places.texts(numbers)
            found = [replace(one, text=text) for one, text in zip(found, again, strict=True)]
        return found

    @reads
    def content(self, numbers: Numbers) -> dict[int, bytes]:
        """The packed content words of those of these numbers of which the index has them."""
        return dict(self._select("SELECT number, words FROM article_words WHERE number IN", plain(numbers)))

    @reads
    def ids(self, numbers: Numbers) -> list[str]:
        """The ids of these numbers, in this order; raises UnknownArticle."""
        return [restored(name) or "" for name in self._column("id", numbers)]

    @reads
    def words(self, numbers: Numbers) -> NDArray[np.int64]:
        """How many words each of these articles has; raises UnknownArticle."""
        return self._integers("words", numbers)

    @reads
    def same(self, numbers: Numbers) -> NDArray[np.int64]:
        """The hashes of the words of these articles, whose texts are not kept; raises UnknownArticle."""
        return self._integers("same", numbers)

    @reads
    def published(self, numbers: Numbers) -> NDArray[np.float64]:
        """When these articles were published, in seconds since 1970, or NaN; raises UnknownArticle."""
        times = self._column("published", numbers)
        return np.array([np.nan if time is None else moment(time).timestamp() for time in times], np.float64)

    @reads
    def issues(self, numbers: Numbers) -> NDArray[np.int64]:
        """The issues of these numbers, in this order; see dedup.index.spread. Raises UnknownArticle."""
        numbers = plain(numbers)
        rows = self._select("SELECT number, source, published FROM article WHERE number IN", numbers)
        found = {number: (restored(source), published) for number, source, published in rows}
        known = all_of(numbers, found)
        with Decoding("a time"):
            return issues(known)

    def _integers(self, name: str, numbers: Numbers) -> NDArray[np.int64]:
        found = self._column(name, numbers)
        with Decoding("a number"):
            return np.array(found, np.int64)

    def _column(self, name: str, numbers: Numbers) -> list[Any]:
        numbers = plain(numbers)
        rows = self._select(f"SELECT number, {name} FROM article WHERE number IN", numbers)  # noqa: S608
        return all_of(numbers, dict(rows))

    @reads
    def number_of(self, name: str) -> int | None:
        """The number of the article with this id, or None."""
        row = self._db.execute("SELECT number FROM article WHERE id = ?", (storable(name),)).fetchone()
        return row[0] if row else None

    @reads
    def present(self, numbers: Numbers) -> list[int]:
        """Those of these numbers that are there, ascending."""
        rows = self._select("SELECT number FROM article WHERE number IN", sorted(set(plain(numbers))))
        return sorted(number for (number,) in rows)

    @writes
    def remove(self, numbers: Sequence[int]) -> None:
        """Delete the rows of these numbers, all of which are there."""
        rows = [(number,) for number in numbers]
        self._db.executemany("DELETE FROM article WHERE number = ?", rows)
        self._db.executemany("DELETE FROM article_text WHERE number = ?", rows)
        self._db.executemany("DELETE FROM article_words WHERE number = ?", rows)
        self._count(-len(rows))

    @reads
    def older_than(self, cutoff: datetime) -> NDArray[np.int64]:
        """The numbers of the articles published (where that is not known, added) before `cutoff`."""
        rows = self._db.execute(
            "SELECT number FROM article WHERE coalesce(published, added) < ? ORDER BY number", (iso(cutoff),)
        )
        return np.fromiter((number for (number,) in rows), np.int64)

    @reads
    def left_out(self, numbers: Numbers) -> list[LeftOut]:
        """What files and addresses are told of these articles, of one path several times if need be."""
        select = (
            "SELECT path, count(*), max(coalesce(published, added)) FROM article"
            " WHERE path IS NOT NULL AND number IN"
        )
        rows = self._select(select, plain(numbers), then=" GROUP BY path")
        return [LeftOut(restored(path) or "", *more) for path, *more in rows]

    @reads
    def numbers(self) -> NDArray[np.int64]:
        """The numbers of all articles, ascending."""
        return np.fromiter(
            (n for (n,) in self._db.execute("SELECT number FROM article ORDER BY number")), np.int64
        )

    @reads
    def count(self) -> int:
        """How many articles the index holds."""
        return self._tally("articles")

    @reads
    def newest(self) -> int:
        """The highest number that was ever given; 0 where there is none."""
        return self._tally("last")

    def _tally(self, name: str) -> int:
        row = self._db.execute("SELECT value FROM tally WHERE name = ?", (name,)).fetchone()
        with Decoding("a count"):
            return int(row[0])

    def _count(self, more: int) -> None:
        self._db.execute("UPDATE tally SET value = value + ? WHERE name = 'articles'", (more,))

    @reads
    def problems(self) -> list[str]:
        """Broken invariants."""
        problems = []
        rows, last = self._db.execute("SELECT count(*), coalesce(max(number), 0) FROM article").fetchone()
        if rows != self.count():
            problems.append(f"{rows} articles, but {self.count()} counted")
        if last > self.newest():
            problems.append(f"article number {last}, but only {self.newest()} were given")
        for table, of in (("article_text", "texts"), ("article_words", "words")):
            problems += self._counted(
                f"{of} without an article",
                f"SELECT count(*) FROM {table} WHERE number NOT IN (SELECT number FROM article)",  # noqa: S608
            )
        times = self._db.execute("SELECT coalesce(published, added), added FROM article")
        problems += unreadable("articles with a time that is none", lambda row: [*map(moment, row)], times)
        texts = self._db.execute("SELECT text FROM article_text")
        problems += unreadable("texts cannot be read", lambda row: decoded(*row), texts)
        problems += self._problems_of_content()
        if problems:
            return problems
        wrong = sum(digest_of(_article(row)) != digest for digest, *row in self._db.execute(SELECT_CHECKED))
        return [f"{wrong} articles that are not what they were when they came"] if wrong else []

    def _problems_of_content(self) -> list[str]:
        from dedup.sketch.content import unpacked  # with numba, which nothing else here needs

        wrong = 0
        rows = self._db.execute(
            "SELECT article.words, article_words.words FROM article_words JOIN article USING (number)"
        )
        while part := rows.fetchmany(1000):
            words, packed = zip(*part, strict=True)
            wrong += int(np.count_nonzero(unpacked(packed).words != np.array(words)))
        return [f"{wrong} articles whose words are those of another"] if wrong else []


def _article(row: Sequence[Any]) -> Article:
    """The article of a row, as SELECT has it after the number. Raises IndexDamaged."""
    name, source, published, title, url, path, byline, language, text = row
    return Article(
        id=restored(name) or "",
        text="" if text is None else decoded(text),
        source=restored(source),
        published=moment(published) if published else None,
        title=restored(title),
        url=restored(url),
        path=restored(path),
        byline=restored(byline),
        language=restored(language),
    )
