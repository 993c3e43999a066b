"""An index: created, brought up to date and checked against the settings."""

from __future__ import annotations

import io
import json
import pkgutil
import shlex
import sqlite3
import time
from collections.abc import Mapping
from datetime import UTC, datetime

import numpy as np

from dedup.errors import IndexDamaged, IndexForeign, IndexMismatch, IndexUnusable, SettingsError
from dedup.index.faults import code_of
from dedup.index.migrations import FIRST, MIGRATIONS, make
from dedup.index.opening import ANOTHERS, APPLICATION, NONE_HERE, PAGE
from dedup.index.values import Decoding, restored
from dedup.settings import DEFAULTS, Settings

SCHEME = "affine32, pairs 2"
"""How signatures and fingerprints are made; pairs in another order post other keys of the same article."""
HASH = "xxh64"
PAUSE = 0.01
"""Seconds until it is tried again what SQLite does not wait for."""
LIBRARIES = ("dedup", "numpy", "numba", "datasketch", "xxhash", "sqlite-utils")


def prepare(
    connection: sqlite3.Connection,
    path: str,
    settings: Settings | None,
    *,
    create: bool = True,
    texts: bool | None = None,
) -> tuple[Settings, bool]:
    """Create, migrate or check the index: the settings to use, those of the keys its own; and if it was made.

    A file in which nothing has been made yet, by one that died at it, is no index unless it may be created.

    `texts` says whether the index keeps its texts: a new one does unless told, of others it must be so.
    """
    is_new = _is_empty(connection, path)
    if is_new:
        if not create:
            raise IndexForeign(f"{path}: {NONE_HERE}")
        connection.execute(f"PRAGMA page_size={PAGE}")
        _keep_log(connection)
        is_new = _write_schema(connection, path, settings or DEFAULTS, texts=texts is not False)
    stored = connection.execute("PRAGMA user_version").fetchone()[0]
    if stored > newest():
        raise IndexMismatch(
            f"{path}: made by a newer dedup (schema {stored}, this one knows {newest()}); update dedup"
        )
    facts = about(connection)
    if texts is not None and texts is not keeps_texts(facts):
        made = "with --no-text, so it keeps no texts" if texts else "without --no-text, so it keeps its texts"
        raise IndexMismatch(f"{path}: made {made}; this stays so: build a new index with another --index")
    own = _checked(facts, path, settings)
    if stored < newest():  # only now: one that is refused stays as the dedup that made it knows it
        _migrate(connection, path, stored)
    return own, is_new


def newest() -> int:
    """The number of the schema that an index has when it is up to date, its `user_version`."""
    return FIRST + len(MIGRATIONS)


def _keep_log(connection: sqlite3.Connection) -> None:
    """Keep a write-ahead log from now on; where others do so just now, wait, which SQLite itself does not."""
    last = time.monotonic() + connection.execute("PRAGMA busy_timeout").fetchone()[0] / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if code_of(error) != sqlite3.SQLITE_BUSY or time.monotonic() > last:
                raise
            time.sleep(PAUSE)
        else:
            return


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
        raise IndexForeign(f"{path}: {ANOTHERS}")
    return True


def _migrate(connection: sqlite3.Connection, path: str, stored: int) -> None:
    """Bring an index of an older schema up to date; IndexUnusable where it may not be written."""
    try:
        _write_schema(connection, path, None)
    except sqlite3.Error as error:
        if code_of(error) != sqlite3.SQLITE_READONLY:
            raise
        raise IndexUnusable(
            f"{path}: made by an older dedup (schema {stored}, here {newest()}) and cannot be brought"
            f" up to date ({error}); open it once as somebody who may write to it"
        ) from None


def _write_schema(
    connection: sqlite3.Connection, path: str, settings: Settings | None, *, texts: bool = True
) -> bool:
    """Run the migrations that are missing and, in a new index, note the settings: all in one transaction.

    Whether there was anything to do: another process may have been faster while this one waited for the lock.
    """
    from sqlite_utils import Database, Migrations

    migrations = Migrations("dedup")
    for number, function in enumerate((make, *MIGRATIONS), FIRST):
        migrations(name=f"{number}")(function)
    connection.execute("BEGIN IMMEDIATE")
    try:
        missing = settings is None or _is_empty(connection, path)
        if missing:
            migrations.apply(Database(connection, recursive_triggers=False, execute_plugins=False))
            connection.execute(f"PRAGMA user_version={newest()}")
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
    return missing


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
        raise IndexDamaged(f"{path}: the index has lost its settings; restore a backup, or rebuild it")
    try:
        made_with = Settings.from_mapping(stored)
    except SettingsError:
        raise IndexMismatch(
            f"{path}: made by another dedup, with other settings; use that one, {rebuild}"
        ) from None
    if facts.get("texts", True) and "?" not in path:
        anew = f"or build a new index: dedup add {shlex.quote(f'sqlite:{path}')} --index NEW"
    else:
        anew = rebuild
    for name, ours in (("tables", tables_version()), ("scheme", SCHEME), ("hash", HASH)):
        if facts.get(name) != ours:
            raise IndexMismatch(
                f"{path}: made by another dedup ({name} {facts.get(name)}, here {ours}); use that one, {anew}"
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
    with np.load(io.BytesIO(pkgutil.get_data("dedup", "sketch/tables.npz") or b"")) as stored:
        return int(stored["version"][0])


def _version(library: str) -> str | None:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(library)
    except PackageNotFoundError:
        return None
