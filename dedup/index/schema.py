"""The tables: created, migrated and checked against the settings."""

from __future__ import annotations

import io
import json
import pkgutil
import sqlite3
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from dedup.errors import IndexDamaged, IndexForeign, IndexMismatch, IndexUnusable, SettingsError
from dedup.index.faults import code_of
from dedup.index.opening import NONE_HERE, PAGE
from dedup.index.values import Decoding, restored
from dedup.index.views import VIEWS_1, VIEWS_2
from dedup.settings import Settings

if TYPE_CHECKING:
    from sqlite_utils.db import Database

APPLICATION = 0x64647570  # "ddup"
SCHEME = "affine32, pairs 2"
"""How signatures and fingerprints are made; pairs in another order post other keys of the same article."""
HASH = "xxh64"
LIBRARIES = ("dedup", "numpy", "numba", "datasketch", "xxhash", "sqlite-utils")


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


def migration_1(db: Database) -> None:
    """Create the tables: articles, postings, matches, groups."""
    for statement in VERSION_1.split(";"):
        db.execute(statement)


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


def migration_2(db: Database) -> None:
    """Create the tables of a regular job: files that were read, changes of groups."""
    for statement in VERSION_2.split(";"):
        db.execute(statement)


def migration_3(db: Database) -> None:
    """Create the views for people: articles, groups, matches, passages."""
    for statement in VIEWS_1.split(";"):
        db.execute(statement)


VERSION_4 = """
ALTER TABLE article ADD COLUMN byline TEXT;
ALTER TABLE article ADD COLUMN language TEXT;
-- what servers said of addresses whose articles are all in the index (dedup/index/addresses.py)
CREATE TABLE address(
    url TEXT PRIMARY KEY, etag TEXT, modified TEXT, manner TEXT NOT NULL, articles INTEGER NOT NULL,
    taken INTEGER NOT NULL) WITHOUT ROWID
"""


def migration_4(db: Database) -> None:
    """Give articles a byline and a language; create the table of addresses that were fetched."""
    for statement in (*VERSION_4.split(";"), *VIEWS_2.split(";")):
        db.execute(statement)


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


def migration_5(db: Database) -> None:
    """Create the tables of the lines that sources repeat."""
    for statement in VERSION_5.split(";"):
        db.execute(statement)


VERSION_6 = """
-- of articles whose texts are not kept: the folder that `path` is relative to (its place among the `folders`
-- in `state`) if that leads to a file, the line of the record, and the hash of the words
ALTER TABLE article ADD COLUMN folder INTEGER;
ALTER TABLE article ADD COLUMN line INTEGER;
ALTER TABLE article ADD COLUMN same INTEGER
"""


def migration_6(db: Database) -> None:
    """Note of articles whose texts are not kept where these can be read again."""
    for statement in VERSION_6.split(";"):
        db.execute(statement)


VERSION_7 = """
-- of lists that are longer than a bucket holds, the later numbers: how far each is from the one before it
CREATE TABLE posting_rest(
    run INTEGER, key INTEGER, numbers BLOB NOT NULL, PRIMARY KEY (run, key)) WITHOUT ROWID
"""


def migration_7(db: Database) -> None:
    """Create the table of the rest of long posting lists."""
    db.execute(VERSION_7)


VERSION_8 = """
-- the content words of articles whose texts are kept (dedup/sketch/content_kernel.py)
CREATE TABLE article_words(number INTEGER PRIMARY KEY, words BLOB NOT NULL)
"""


def migration_8(db: Database) -> None:
    """Create the table of the content words of articles."""
    db.execute(VERSION_8)


VERSION_9 = """
-- what the articles of a file are named by that bring no id
ALTER TABLE file ADD COLUMN id TEXT;
-- of the articles that are not in the index for their age, when the newest was published
ALTER TABLE file ADD COLUMN left_out TEXT;
ALTER TABLE address ADD COLUMN left_out TEXT
"""


def migration_9(db: Database) -> None:
    """Note of files by what id they are known, and of addresses too what was left out of them."""
    for statement in VERSION_9.split(";"):
        db.execute(statement)
    # of a file that is one article, its id; one of several records would have a line after #
    db.conn.executemany(
        "UPDATE file SET id = ? WHERE name = ? AND articles = 1",
        db.execute(
            "SELECT min(id), path FROM article WHERE path IS NOT NULL GROUP BY path"
            " HAVING count(*) = 1 AND typeof(min(id)) = 'text' AND instr(min(id), '#') = 0"
        ),
    )


MIGRATIONS: tuple[Callable[[Database], None], ...] = (
    migration_1,
    migration_2,
    migration_3,
    migration_4,
    migration_5,
    migration_6,
    migration_7,
    migration_8,
    migration_9,
)
"""Append only: an index made by any earlier version gets those that it lacks."""


def prepare(
    connection: sqlite3.Connection,
    path: str,
    settings: Settings | None,
    *,
    create: bool = True,
    texts: bool | None = None,
) -> Settings:
    """Create, migrate or check the index; the settings to use, of which those of the keys are the index's.

    A file in which nothing has been made yet, by one that died at it, is no index unless it may be created.

    `texts` says whether the index keeps its texts: a new one does unless told, of others it must be so.
    """
    if _is_empty(connection, path):
        if not create:
            raise IndexForeign(f"{path}: {NONE_HERE}")
        connection.execute(f"PRAGMA page_size={PAGE}")
        connection.execute("PRAGMA journal_mode=WAL")
        _write_schema(connection, path, settings or Settings(), texts=texts is not False)
    stored = connection.execute("PRAGMA user_version").fetchone()[0]
    if stored > len(MIGRATIONS):
        raise IndexMismatch(
            f"{path}: made by a newer dedup (schema {stored}, this one knows {len(MIGRATIONS)}); update dedup"
        )
    facts = about(connection)
    if texts is not None and texts is not keeps_texts(facts):
        made = "with --no-text, so it keeps no texts" if texts else "without --no-text, so it keeps its texts"
        raise IndexMismatch(f"{path}: made {made}; this stays so: build a new index with another --index")
    own = _checked(facts, path, settings)
    if stored < len(MIGRATIONS):  # only now: one that is refused stays as the dedup that made it knows it
        _migrate(connection, path, stored)
    return own


def keeps_texts(facts: Mapping[str, object]) -> bool:
    """Whether an index of which this is known keeps the texts of its articles, as all did at first."""
    return facts.get("texts", True) is not False


def _is_empty(connection: sqlite3.Connection, path: str) -> bool:
    """Whether nothing has been created yet; IndexForeign where another program has."""
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    if application == APPLICATION:
        return False
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if application or tables or connection.execute("PRAGMA user_version").fetchone()[0]:
        raise IndexForeign(f"{path}: not an index of dedup but another program's SQLite database")
    return True


def _migrate(connection: sqlite3.Connection, path: str, stored: int) -> None:
    """Bring an index of an older schema up to date; IndexUnusable where it may not be written."""
    try:
        _write_schema(connection, path, None)
    except sqlite3.Error as error:
        if code_of(error) != sqlite3.SQLITE_READONLY:
            raise
        raise IndexUnusable(
            f"{path}: made by an older dedup (schema {stored}, here {len(MIGRATIONS)}) and cannot be brought"
            f" up to date ({error}); open it once as somebody who may write to it"
        ) from None


def _write_schema(
    connection: sqlite3.Connection, path: str, settings: Settings | None, *, texts: bool = True
) -> None:
    """Run the migrations that are missing and, in a new index, note the settings: all in one transaction."""
    from sqlite_utils import Database, Migrations

    migrations = Migrations("dedup")
    for number, function in enumerate(MIGRATIONS, 1):
        migrations(name=f"{number}")(function)
    connection.execute("BEGIN IMMEDIATE")
    try:
        # another process may have been faster while this one waited for the lock
        if settings is None or _is_empty(connection, path):
            migrations.apply(Database(connection, recursive_triggers=False, execute_plugins=False))
            connection.execute(f"PRAGMA user_version={len(MIGRATIONS)}")
            connection.execute(f"PRAGMA application_id={APPLICATION}")
            if settings is not None:
                facts = {
                    "settings": settings.of_keys(),
                    "texts": texts,
                    "tables": tables_version(),
                    "scheme": SCHEME,
                    "hash": HASH,
                    "libraries": {name: _version(name) for name in LIBRARIES},
                    "created": datetime.now(UTC).isoformat(timespec="seconds"),
                }
                rows = [(name, json.dumps(value)) for name, value in facts.items()]
                connection.executemany("INSERT INTO about VALUES (?, ?)", rows)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def about(connection: sqlite3.Connection) -> dict[str, object]:
    """What the index was made with: settings, texts, tables, scheme, hash, libraries, created.

    Raises IndexDamaged.
    """
    rows = connection.execute("SELECT name, value FROM about").fetchall()
    with Decoding("what it was made with"):
        return {restored(name) or "": json.loads(value) for name, value in rows}


def _checked(facts: dict[str, object], path: str, settings: Settings | None) -> Settings:
    """The settings given, or those stored, if the index's keys mean the same to us; else IndexMismatch."""
    rebuild = "or build a new index from the articles with another --index"
    stored = facts.get("settings")
    if not isinstance(stored, dict):
        raise IndexDamaged(f"{path}: the index has lost its settings; rebuild it from the articles")
    try:
        made_with = Settings.from_mapping(stored)
    except SettingsError:
        raise IndexMismatch(
            f"{path}: made by another dedup, with other settings; use that one, {rebuild}"
        ) from None
    for name, ours in (("tables", tables_version()), ("scheme", SCHEME), ("hash", HASH)):
        if facts.get(name) != ours:
            raise IndexMismatch(
                f"{path}: made by another dedup ({name} {facts.get(name)}, here {ours});"
                f" use that one, {rebuild}"
            )
    if settings is None:
        return made_with
    theirs, ours_now = made_with.of_keys(), settings.of_keys()
    differing = [
        f"{name} {theirs[name]}, not {ours_now[name]}" for name in theirs if theirs[name] != ours_now[name]
    ]
    if differing:
        raise IndexMismatch(
            f"{path}: made with {'; '.join(differing)}; open it with its own settings, {rebuild}"
        )
    return settings


def tables_version() -> int:
    """`dedup.sketch.tables().version`, without loading tables and kernels, which takes half a second."""
    import numpy as np

    with np.load(io.BytesIO(pkgutil.get_data("dedup", "sketch/tables.npz") or b"")) as stored:
        return int(stored["version"][0])


def _version(library: str) -> str | None:
    try:
        return version(library)
    except PackageNotFoundError:
        return None
