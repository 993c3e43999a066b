"""The tables, by the steps that made them: append only, each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dedup.index.views import VIEWS_1, VIEWS_2

if TYPE_CHECKING:
    from sqlite_utils.db import Database


def _run(statements: str) -> Callable[[Database], None]:
    """The step that these statements are."""

    def step(db: Database) -> None:
        for statement in statements.split(";"):
            db.execute(statement)

    return step


VERSION_1 = """
CREATE TABLE about(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE state(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
-- the number of articles, and the highest number ever given
CREATE TABLE tally(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO tally VALUES ('articles', 0), ('last', 0);
CREATE TABLE article(
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source TEXT, published TEXT, title TEXT, url TEXT,
    path TEXT, digest BLOB NOT NULL, words INTEGER NOT NULL, keys INTEGER NOT NULL, first INTEGER NOT NULL,
    added TEXT NOT NULL);
-- apart from the rest, so that the rest lies close together
CREATE TABLE article_text(number INTEGER PRIMARY KEY, text BLOB NOT NULL);
-- each holds the postings of the articles numbered first to last (dedup/index/runs)
CREATE TABLE posting_run(
    run INTEGER PRIMARY KEY, bits INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
    articles INTEGER NOT NULL, keys INTEGER NOT NULL, postings INTEGER NOT NULL, bytes INTEGER NOT NULL);
-- place is run << 32 | bucket
CREATE TABLE posting_bucket(place INTEGER PRIMARY KEY, postings BLOB NOT NULL);
-- numbers that runs may still hold
CREATE TABLE removed(number INTEGER PRIMARY KEY);
CREATE TABLE match(
    a INTEGER, b INTEGER, relation INTEGER NOT NULL, resemblance REAL NOT NULL, containment_a REAL NOT NULL,
    containment_b REAL NOT NULL, weight REAL NOT NULL, passages TEXT NOT NULL, PRIMARY KEY (a, b)
    ) WITHOUT ROWID;
CREATE INDEX match_b ON match(b);
CREATE TABLE grouped(number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, size INTEGER NOT NULL);
CREATE INDEX grouped_size ON grouped(size);
CREATE TABLE membership(number INTEGER PRIMARY KEY, grouped INTEGER NOT NULL);
CREATE INDEX membership_grouped ON membership(grouped)
"""


VERSION_2 = """
-- files that were read to their end, by absolute path, times in nanoseconds (dedup/index/files.py)
CREATE TABLE file(
    path TEXT PRIMARY KEY, name TEXT NOT NULL, size INTEGER NOT NULL, modified INTEGER NOT NULL,
    taken INTEGER NOT NULL, digest BLOB NOT NULL, manner TEXT NOT NULL, articles INTEGER NOT NULL,
    errors INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX file_name ON file(name);
-- what happened to groups: the id of the group and the details are JSON (dedup/index/changes.py)
CREATE TABLE change(
    number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, kind TEXT NOT NULL, grouped TEXT NOT NULL,
    details TEXT NOT NULL);
CREATE INDEX change_at ON change(at)
"""


VERSION_4 = """
ALTER TABLE article ADD COLUMN byline TEXT;
ALTER TABLE article ADD COLUMN language TEXT;
-- what servers said of addresses whose articles are all in the index (dedup/index/addresses.py)
CREATE TABLE address(
    url TEXT PRIMARY KEY, etag TEXT, modified TEXT, manner TEXT NOT NULL, articles INTEGER NOT NULL,
    taken INTEGER NOT NULL) WITHOUT ROWID
"""


VERSION_5 = """
-- what is remembered of the lines of each source (dedup/boilerplate/recurrence.py)
CREATE TABLE line_source(number INTEGER PRIMARY KEY, source TEXT NOT NULL UNIQUE, state BLOB NOT NULL);
-- lines that recur at a source, or ('') that a person marked for all: boilerplate in the articles from number
-- `since` on, unless `ruling` is 'keep'
CREATE TABLE boilerplate(
    id INTEGER PRIMARY KEY, source TEXT NOT NULL, hash INTEGER NOT NULL, text TEXT NOT NULL,
    articles INTEGER NOT NULL, first TEXT, last TEXT, since INTEGER NOT NULL, ruling TEXT,
    UNIQUE (source, hash))
"""


VERSION_6 = """
-- of articles whose texts are not kept: the folder that `path` is relative to (its place among the `folders`
-- in `state`) if that leads to a file, the line of the record, and the hash of the words
ALTER TABLE article ADD COLUMN folder INTEGER;
ALTER TABLE article ADD COLUMN line INTEGER;
ALTER TABLE article ADD COLUMN same INTEGER
"""


VERSION_7 = """
-- of lists that are longer than a bucket holds, the later numbers: how far each is from the one before it
CREATE TABLE posting_rest(
    run INTEGER, key INTEGER, numbers BLOB NOT NULL, PRIMARY KEY (run, key)) WITHOUT ROWID
"""


VERSION_8 = """
-- the content words of articles whose texts are kept (dedup/sketch/content_kernel.py)
CREATE TABLE article_words(number INTEGER PRIMARY KEY, words BLOB NOT NULL)
"""


VERSION_9 = """
-- what the articles of a file are named by that bring no id
ALTER TABLE file ADD COLUMN id TEXT;
-- of the articles that are not in the index for their age, when the newest was published
ALTER TABLE file ADD COLUMN left_out TEXT;
ALTER TABLE address ADD COLUMN left_out TEXT
"""


def migration_9(db: Database) -> None:
    """Note of files by what id they are known, and of addresses too what was left out of them."""
    _run(VERSION_9)(db)
    # of a file that is one article, its id; one of several records would have a line after #
    db.conn.executemany(
        "UPDATE file SET id = ? WHERE name = ? AND articles = 1",
        db.execute(
            "SELECT min(id), path FROM article WHERE path IS NOT NULL GROUP BY path"
            " HAVING count(*) = 1 AND typeof(min(id)) = 'text' AND instr(min(id), '#') = 0"
        ),
    )


MIGRATIONS: tuple[Callable[[Database], None], ...] = (
    _run(VERSION_1),
    _run(VERSION_2),
    _run(VIEWS_1),
    _run(f"{VERSION_4};{VIEWS_2}"),
    _run(VERSION_5),
    _run(VERSION_6),
    _run(VERSION_7),
    _run(VERSION_8),
    migration_9,
)
"""Append only: an index made by any earlier version gets those that it lacks. The third made the views."""
