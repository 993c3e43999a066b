"""The rows of files: what has been read of each, so that the next run takes only what is new."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dedup.index.articles import restored, storable


@dataclass(frozen=True, slots=True)
class FileState:
    """A file as it was when all of its records had been taken.

    `size` in bytes; `modified` and `taken` in nanoseconds since 1970, `taken` being when its size and time
    were looked at; `digest` of its bytes; `manner`, how it was read (other fields make other articles of it);
    `articles` and `errors`, how many records it gave.
    """

    size: int
    modified: int
    taken: int
    digest: bytes
    manner: str
    articles: int
    errors: int


class Files:
    """The files that one index has read, by absolute path."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def get(self, path: str) -> FileState | None:
        """What is known of a file."""
        row = self._db.execute(
            "SELECT size, modified, taken, digest, manner, articles, errors FROM file WHERE path = ?",
            (storable(path),),
        ).fetchone()
        return FileState(*row) if row else None

    def put(self, rows: Iterable[tuple[str, str, FileState]]) -> None:
        """Remember files: each its path, the name that its articles know it by, and its state."""
        self._db.executemany(
            "INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    storable(path), storable(name),
                    *(own.size, own.modified, own.taken, own.digest, own.manner, own.articles, own.errors),
                )
                for path, name, own in rows
            ],
        )  # fmt: skip

    def after(self, path: str, most: int) -> list[str]:
        """The next paths, in their order, after this one."""
        rows = self._db.execute(
            "SELECT path FROM file WHERE path > ? ORDER BY path LIMIT ?", (storable(path), most)
        )
        return [restored(found) or "" for (found,) in rows]

    def forget(self, paths: Sequence[str]) -> None:
        """Forget files, so that they are read again."""
        self._db.executemany("DELETE FROM file WHERE path = ?", [(storable(path),) for path in paths])

    def forget_named(self, names: Iterable[str]) -> None:
        """Forget the files that articles know by these names."""
        self._db.executemany("DELETE FROM file WHERE name = ?", [(storable(name),) for name in names])

    def count(self) -> int:
        """How many files are known."""
        found: int = self._db.execute("SELECT count(*) FROM file").fetchone()[0]
        return found
