"""What SQLite reports -> the exceptions of dedup, each one clear line."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dedup.errors import IndexDamaged, IndexForeign, IndexLocked, IndexUnusable, damaged
from dedup.index.holder import holder_of

LEAST_ROOM = 1 << 16
"""Bytes; the shared memory beside an index takes 32 KiB."""
UNDECODABLE = "Could not decode to UTF-8"
"""How Python begins to say it of a text; it has no code, and goes on with the text."""
AS_BEFORE = "the index is as of the last commit"


def code_of(error: sqlite3.Error) -> int:
    """The primary result code of SQLite, which is the low byte; 0 where it has none."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF


def translated(error: sqlite3.Error, path: str) -> IndexUnusable:
    """The exception of dedup that says what `error` means for the index at `path`."""
    code = code_of(error)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return locked(path)
    if code == sqlite3.SQLITE_FULL:
        return IndexDamaged(f"{path}: the disk is full; {AS_BEFORE}")
    if code == sqlite3.SQLITE_IOERR:
        return IndexDamaged(f"{path}: the disk failed or is full ({error}); {AS_BEFORE}")
    if code == sqlite3.SQLITE_READONLY and _is_full(path):
        return IndexDamaged(f"{path}: the disk is full; {AS_BEFORE}")
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return IndexUnusable(f"{path}: the index cannot be written to ({error})")
    if code == sqlite3.SQLITE_CANTOPEN:
        return IndexUnusable(f"{path}: the index cannot be opened ({error})")
    if code == sqlite3.SQLITE_NOTADB:
        return IndexForeign(f"{path}: not an index of dedup")
    if code == sqlite3.SQLITE_CORRUPT:
        return IndexDamaged(f"{path}: {damaged(str(error))}")
    if str(error).startswith(UNDECODABLE):
        return IndexDamaged(f"{path}: {damaged('a text')}")
    return IndexDamaged(f"{path}: the index cannot be used ({error}); {AS_BEFORE}")


def locked(path: str) -> IndexLocked:
    """The exception that says who writes to the index at `path`."""
    writer = holder_of(path) or "another process"
    return IndexLocked(f"{path}: {writer} is writing to the index; try again when it is done")


def _is_full(path: str) -> bool:
    """Whether the disk has no room for what SQLite needs to write at all."""
    try:
        return shutil.disk_usage(Path(path).absolute().parent).free < LEAST_ROOM
    except OSError:
        return False


@contextmanager
def faults(path: str) -> Iterator[None]:
    """Raise what SQLite raises inside as exceptions of dedup."""
    try:
        yield
    except sqlite3.Error as error:
        raise translated(error, path) from error
    except IndexDamaged as error:  # of a part that does not know whose it is
        if str(error).startswith(path):
            raise
        raise type(error)(f"{path}: {error}") from error
