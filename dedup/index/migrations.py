"""The tables, and what changed them after indexes had been made: append only, a transaction each."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dedup.index.views import VIEWS

if TYPE_CHECKING:
    from sqlite_utils.db import Database

FIRST = 9
"""The number of the schema that indexes begin with: what had an earlier one is refused, for its keys."""

TABLES = """
CREATE TABLE about(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE state(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
-- the number of articles, and the highest number ever given
CREATE TABLE tally(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO tally VALUES ('articles', 0), ('last', 0);
-- of articles whose texts are not kept, `folder` is what `path` is relative to (its place among the `folders`
-- in `state`) if that leads to a file, `line` that of the record, and `same` the hash of the words
CREATE TABLE article(
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, source TEXT, published TEXT, title TEXT, url TEXT,
    path TEXT, digest BLOB NOT NULL, words INTEGER NOT NULL, keys INTEGER NOT NULL, first INTEGER NOT NULL,
    added TEXT NOT NULL, byline TEXT, language TEXT, folder INTEGER, line INTEGER, same INTEGER);
-- apart from the rest, so that the rest lies close together
CREATE TABLE article_text(number INTEGER PRIMARY KEY, text BLOB NOT NULL);
-- the content words of articles whose texts are kept (dedup/sketch/content_kernel.py)
CREATE TABLE article_words(number INTEGER PRIMARY KEY, words BLOB NOT NULL);
-- each holds the postings of the articles numbered first to last (dedup/index/runs)
CREATE TABLE posting_run(
    run INTEGER PRIMARY KEY, bits INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
    articles INTEGER NOT NULL, keys INTEGER NOT NULL, postings INTEGER NOT NULL, bytes INTEGER NOT NULL);
-- place is run << 32 | bucket
CREATE TABLE posting_bucket(place INTEGER PRIMARY KEY, postings BLOB NOT NULL);
-- of lists that are longer than a bucket holds, the later numbers: how far each is from the one before it
CREATE TABLE posting_rest(
    run INTEGER, key INTEGER, numbers BLOB NOT NULL, PRIMARY KEY (run, key)) WITHOUT ROWID;
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
CREATE INDEX membership_grouped ON membership(grouped);
-- files that were read to their end, by absolute path, times in nanoseconds (dedup/index/files.py)
CREATE TABLE file(
    path TEXT PRIMARY KEY, name TEXT NOT NULL, size INTEGER NOT NULL, modified INTEGER NOT NULL,
    taken INTEGER NOT NULL, digest BLOB NOT NULL, manner TEXT NOT NULL, articles INTEGER NOT NULL,
    errors INTEGER NOT NULL, id TEXT, left_out TEXT) WITHOUT ROWID;
CREATE INDEX file_name ON file(name);
-- what servers said of addresses whose articles are all in the index (dedup/index/addresses.py)
CREATE TABLE address(
    url TEXT PRIMARY KEY, etag TEXT, modified TEXT, manner TEXT NOT NULL, articles INTEGER NOT NULL,
    taken INTEGER NOT NULL, left_out TEXT) WITHOUT ROWID;
-- what happened to groups: the id of the group and the details are JSON (dedup/index/changes.py)
CREATE TABLE change(
    number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, kind TEXT NOT NULL, grouped TEXT NOT NULL,
    details TEXT NOT NULL);
CREATE INDEX change_at ON change(at);
-- what is remembered of the lines of each source (dedup/boilerplate/recurrence.py)
CREATE TABLE line_source(number INTEGER PRIMARY KEY, source TEXT NOT NULL UNIQUE, state BLOB NOT NULL);
-- lines that recur at a source, or ('') that a person marked for all: boilerplate in the articles from number
-- `since` on, unless `ruling` is 'keep'
CREATE TABLE boilerplate(
    id INTEGER PRIMARY KEY, source TEXT NOT NULL, hash INTEGER NOT NULL, text TEXT NOT NULL,
    articles INTEGER NOT NULL, first TEXT, last TEXT, since INTEGER NOT NULL, ruling TEXT,
    UNIQUE (source, hash))
"""
"""Frozen: a later migration changes them."""


def make(db: Database) -> None:
    """Make the tables of a new index."""
    for statement in f"{TABLES};{VIEWS}".split(";"):  # not as a script, which would commit what was begun
        db.execute(statement)


MIGRATIONS: tuple[Callable[[Database], None], ...] = ()
"""What brings an index to the schemas after FIRST, each to the next: append only."""
