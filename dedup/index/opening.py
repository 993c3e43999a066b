"""The file under an index: opened by SQLite, once it is sure that it is not somebody else's."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dedup.errors import IndexForeign, IndexUnusable
from dedup.index.faults import code_of

PAGE = 8192
CACHE_KIB = 32_768
WAL_PAGES = 4096
MEMORY = ":memory:"
NONE_HERE = "there is no index here; `dedup add` makes one"


def connect(path: str, *, create: bool, lock_timeout: float, as_it_lies: bool = False) -> sqlite3.Connection:
    """Open `path` as SQLite, having made sure that it is not somebody else's file.

    With `as_it_lies` only to read it, with nothing beside it: see `lies_whole`.
    """
    uri = False
    target = path
    if path != MEMORY:
        _recognise(Path(path), create=create)
        if as_it_lies or not _writable(Path(path)):
            # without its write-ahead log, which only a writer makes, a read-only file is all there is
            alone = as_it_lies or not Path(f"{path}-wal").exists()
            target = Path(path).absolute().as_uri() + ("?immutable=1" if alone else "?mode=ro")
            uri = True
    connection = sqlite3.connect(
        target, timeout=lock_timeout, isolation_level=None, uri=uri, check_same_thread=False
    )
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
    connection.execute("PRAGMA secure_delete=OFF")  # freed pages need not be written
    connection.execute(f"PRAGMA wal_autocheckpoint={WAL_PAGES}")
    connection.execute(f"PRAGMA journal_size_limit={2 * WAL_PAGES * PAGE}")
    return connection


def lies_whole(error: sqlite3.Error, path: str) -> bool:
    """Whether an index can be read though SQLite fails to make the files beside it, as on a full disk.

    It can if there is no write-ahead log with something in it.
    """
    failed = code_of(error) in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL)
    log = Path(f"{path}-wal")
    return failed and path != MEMORY and not (log.exists() and log.stat().st_size)


def _recognise(path: Path, *, create: bool) -> None:
    """Refuse what is no SQLite file before SQLite touches it: it takes a short text for an empty database."""
    try:
        if path.is_dir():
            raise IndexForeign(f"{path}: not an index of dedup but a folder")
        if not path.exists():
            if not create:
                raise IndexForeign(f"{path}: {NONE_HERE}")
            if not path.absolute().parent.is_dir():
                raise IndexUnusable(f"{path}: the folder {path.absolute().parent} does not exist")
            return
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        raise IndexUnusable(f"{path}: the index cannot be opened ({error.strerror})") from None
    if head and head != b"SQLite format 3\0":
        raise IndexForeign(f"{path}: not an index of dedup")


@contextmanager
def replacement(index: str, path: str) -> Iterator[str]:
    """The name of a file to write a copy of `index` to, which is put at `path` when it is whole."""
    _check_replaceable(index, path)
    partial = f"{path}.partial-{os.getpid()}"
    try:
        yield partial
        with open(partial, "rb+") as file:  # noqa: PTH123
            os.fsync(file.fileno())
        os.replace(partial, path)  # noqa: PTH105
    except OSError as error:
        raise IndexUnusable(f"{path}: the copy cannot be written ({error.strerror})") from None
    finally:
        Path(partial).unlink(missing_ok=True)


def _check_replaceable(index: str, path: str) -> None:
    """Refuse a place for a copy of `index` where the index itself is, or a file that is none."""
    target = Path(path)
    if target.exists():
        if index != MEMORY and target.samefile(index):
            raise IndexUnusable(f"{path}: this is the index itself")
        _recognise(target, create=False)
    elif not target.absolute().parent.is_dir():
        raise IndexUnusable(f"{path}: the folder {target.absolute().parent} does not exist")


def _writable(path: Path) -> bool:
    return not path.exists() or (os.access(path, os.W_OK) and os.access(path.absolute().parent, os.W_OK))
