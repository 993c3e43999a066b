"""The file under an index: opened by SQLite, once it is sure that it is not somebody else's."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from dedup.errors import IndexForeign, IndexLocked, IndexUnusable
from dedup.index.faults import code_of, translated
from dedup.read.signatures import SQLITE
from dedup.whole_file import put_whole

APPLICATION = 0x64647570  # "ddup"
APPLICATION_AT = slice(68, 72)
"""Where a SQLite file has the number of the program that made it (its database file format)."""
PAGE = 8192
CACHE_KIB = 32_768
WAL_PAGES = 4096
MEMORY = ":memory:"
ANOTHERS = "not an index of dedup but another program's SQLite database"
NONE_HERE = "there is no index here; `dedup add` makes one"
PASSING = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
"""What SQLite may say to one who may not write, while another process makes or removes the files beside."""
PATIENCE = (0.01, 0.05, 0.2)
"""Seconds until it is opened again then."""
BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite has beside a file that is open, or whose last writer was killed; it goes by the name alone."""
CLOSED_WITHIN = 1.0
"""Seconds in which whoever has the index open that is to be replaced may close it."""

Stamp = tuple[int, int, int] | None
"""Of a file that may have changed: which one it is, its size, its time."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A connection to the index at `path`.

    Who may not make the files beside an index can read it without locks, as long as nobody writes to it;
    `stamps`, of the file and of its log, are what they were like before, and else None.
    """

    connection: sqlite3.Connection
    path: str
    stamps: tuple[Stamp, Stamp] | None = None

    def is_outdated(self) -> bool:
        """Whether somebody may have written to what is read without locks: it is to be opened again."""
        return self.stamps is not None and _stamps(self.path) != self.stamps

    def is_disturbed(self) -> bool:
        """Whether the file that is read without locks has changed: what was read last may be of any state."""
        return self.stamps is not None and _stamp(self.path) != self.stamps[0]


def connect(path: str, *, create: bool, lock_timeout: float, as_it_lies: bool = False) -> Opened:
    """Open `path` as SQLite, having made sure that it is not somebody else's file.

    With `as_it_lies` only to read it, with nothing beside it: see `lies_whole`.
    """
    stamps, uri = None, False
    target = path
    if path != MEMORY:
        target = str(Path(path).absolute())  # so that no name is taken for a URI
        _recognise(Path(path), create=create)
        if as_it_lies or not _writable(Path(path)):
            # without its write-ahead log, which only a writer makes, a read-only file is all there is; what
            # SQLite makes in its place, where it can, would be this user's, and keep the writer out
            before = _stamps(path)
            alone = as_it_lies or before[1] is None or not (before[1][1] or Path(f"{path}-shm").exists())
            target, uri = Path(path).absolute().as_uri() + ("?immutable=1" if alone else "?mode=ro"), True
            stamps = before if alone else None
    connection = sqlite3.connect(
        target, timeout=lock_timeout, isolation_level=None, uri=uri, check_same_thread=False
    )
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
    connection.execute("PRAGMA secure_delete=OFF")  # freed pages need not be written
    connection.execute(f"PRAGMA wal_autocheckpoint={WAL_PAGES}")
    connection.execute(f"PRAGMA journal_size_limit={2 * WAL_PAGES * PAGE}")
    return Opened(connection, path, stamps)


def may_pass(error: sqlite3.Error, path: str) -> bool:
    """Whether an index that may not be written may be found in order in a moment."""
    return code_of(error) in PASSING and path != MEMORY and not _writable(Path(path))


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
            head = file.read(len(SQLITE))
    except OSError as error:
        raise IndexUnusable(f"{path}: the index cannot be opened ({error.strerror})") from None
    if head and head != SQLITE:
        raise IndexForeign(f"{path}: not an index of dedup")


@contextmanager
def replacement(index: str, path: str) -> Iterator[str]:
    """The name of a file to write a copy of `index` to, which is put at `path` when it is whole."""
    try:
        _check_replaceable(index, path)
        with put_whole(Path(path)) as part:
            try:
                yield str(part)
            finally:  # a journal stays where the disk was full
                for end in BESIDE:
                    part.with_name(f"{part.name}{end}").unlink(missing_ok=True)
            _clear_beside(path)
    except OSError as error:
        raise IndexUnusable(f"{path}: the copy cannot be written ({error.strerror})") from None


def _check_replaceable(index: str, path: str) -> None:
    """Refuse a place for a copy of `index` where the index itself is, or a file that is none."""
    target = Path(path)
    if target.exists() and index != MEMORY and target.samefile(index):
        raise IndexUnusable(f"{path}: this is the index itself")
    _recognise(target, create=True)
    if target.exists():
        _clear_beside(path)  # now too, as what is refused need not be copied
        with target.open("rb") as file:
            head = file.read(APPLICATION_AT.stop)
        if head and int.from_bytes(head[APPLICATION_AT]) != APPLICATION:
            raise IndexForeign(f"{path}: {ANOTHERS}")


def _clear_beside(path: str) -> None:
    """Take what lies beside an index into it, or away, so that the next one at its place is not read with it.

    Until then the old one stays whole. Raises IndexLocked where another process has it open.
    """
    target = Path(os.path.realpath(path))
    beside = [target.with_name(f"{target.name}{end}") for end in BESIDE]
    if not any(file.exists() for file in beside):
        return
    if target.exists():
        try:
            with closing(sqlite3.connect(target, timeout=CLOSED_WITHIN, isolation_level=None)) as old:
                old.execute("PRAGMA locking_mode=EXCLUSIVE")
                old.execute("BEGIN EXCLUSIVE")  # only one who has it alone may
                old.execute("COMMIT")
                old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as error:
            if code_of(error) == sqlite3.SQLITE_BUSY:
                raise IndexLocked(f"{path}: another process has the index open; it is not replaced") from None
            if code_of(error) not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
                raise translated(error, path) from error
    for file in beside:
        file.unlink(missing_ok=True)
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Let what was done to the names in a folder reach the disk before what comes next."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def file_at(path: str) -> tuple[int, int] | None:
    """Which file a path leads to; None where there is none, and in memory."""
    state = _state(path)
    return None if state is None else (state.st_dev, state.st_ino)


def _state(path: str) -> os.stat_result | None:
    try:
        return Path(path).stat()
    except OSError:
        return None


def _stamps(path: str) -> tuple[Stamp, Stamp]:
    return _stamp(path), _stamp(f"{path}-wal")


def _stamp(path: str) -> Stamp:
    state = _state(path)
    return None if state is None else (state.st_ino, state.st_size, state.st_mtime_ns)


def _writable(path: Path) -> bool:
    return not path.exists() or (os.access(path, os.W_OK) and os.access(path.absolute().parent, os.W_OK))
