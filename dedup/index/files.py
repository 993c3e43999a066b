"""The rows of files: what has been read of each, so that the next run takes only what is new."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from dedup.index.again import file_of
from dedup.index.rows import Rows, reads, writes
from dedup.index.values import restored, storable
from dedup.model import Article
from dedup.read.inputs import SCHEME, is_address


@dataclass(frozen=True, slots=True)
class FileState:
    """A file as it was when all of its records had been taken.

    `size` in bytes; `modified` and `taken` in nanoseconds since 1970, `taken` being when its size and time
    were looked at; `digest` of its bytes; `manner`, how it was read (other fields make other articles of it);
    `id`, what its articles are named by that bring none; `articles`, how many it gave; `left_out`, of those
    that are not in the index for their age, when the newest was published (see `LeftOut`).
    """

    size: int
    modified: int
    taken: int
    digest: bytes
    manner: str
    id: str
    articles: int
    left_out: str | None = None


class LeftOut(NamedTuple):
    """Articles of one path that are no longer in the index for their age.

    `newest` is when the last of them was published, or added if that is not known (ISO 8601).
    """

    path: str
    articles: int
    newest: str


LEAVE_OUT = "UPDATE {} SET articles = max(0, articles - ?), left_out = max(coalesce(left_out, ''), ?) WHERE "


class Files(Rows):
    """The files that one index has read, by absolute path."""

    @reads
    def get(self, path: str) -> FileState | None:
        """What is known of the file at this absolute path."""
        row = self._db.execute(
            "SELECT size, modified, taken, digest, manner, id, articles, left_out FROM file WHERE path = ?",
            (storable(path),),
        ).fetchone()
        return FileState(*row) if row else None

    @reads
    def ids(self, paths: Sequence[str]) -> dict[str, str]:
        """By path, the ids of those of these files that are known."""
        rows = self._select("SELECT path, id FROM file WHERE path IN", [storable(path) for path in paths])
        return {restored(path) or "": name for path, name in rows}

    @writes
    def put(self, rows: Iterable[tuple[str, str, FileState]]) -> None:
        """Remember files: each its absolute path, the name that its articles know it by, and its state."""
        self._db.executemany(
            "INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    storable(path), storable(name),
                    *(own.size, own.modified, own.taken, own.digest, own.manner, own.articles),
                    *(0, own.id, own.left_out),  # 0: the column `errors`, which nothing reads
                )
                for path, name, own in rows
            ],
        )  # fmt: skip

    @reads
    def after(self, path: str, most: int) -> list[str]:
        """The next known paths, in their order, after this one."""
        rows = self._db.execute(
            "SELECT path FROM file WHERE path > ? ORDER BY path LIMIT ?", (storable(path), most)
        )
        return [restored(found) or "" for (found,) in rows]

    @writes
    def forget(self, paths: Sequence[str]) -> None:
        """Forget files, so that they are read again."""
        self._db.executemany("DELETE FROM file WHERE path = ?", [(storable(path),) for path in paths])

    @writes
    def forget_named(self, names: Iterable[str]) -> None:
        """Forget the files that articles know by these names."""
        for name in names:
            self._change("DELETE FROM file WHERE ", (), name)

    @writes
    def leave_out(self, left: Iterable[LeftOut]) -> None:
        """Note what is no longer in the index for its age."""
        for own in left:
            self._change(LEAVE_OUT.format("file"), (own.articles, own.newest), own.path)

    def _change(self, statement: str, values: tuple[object, ...], name: str) -> None:
        """Change the file that articles know by this name, or the archive that it is a member of."""
        while name:
            row = (*values, storable(name), storable(os.path.abspath(name)))  # noqa: PTH100
            if self._db.execute(f"{statement} name = ? OR path = ?", row).rowcount:
                break
            name = name.rpartition("/")[0]

    @writes
    def found_at(self, found: Mapping[int, Article]) -> None:
        """Note by which files articles are known now, of which the one that they were read from is gone.

        `found` are articles of the index, by number, as they have just been read again.
        """
        leads = cache(lambda path: file_of("", path) is not None)
        numbers = [number for number, article in found.items() if article.path and leads(article.path)]
        rows = self._select("SELECT number, path FROM article WHERE number IN", numbers)
        moved = [
            (storable(found[number].path), number)
            for number, before in rows
            if (path := restored(before)) != found[number].path
            and (path is None or not (path.startswith(SCHEME) or is_address(path) or leads(path)))
        ]
        self._db.executemany("UPDATE article SET path = ? WHERE number = ?", moved)

    @reads
    def count(self) -> int:
        """How many files are known."""
        found: int = self._db.execute("SELECT count(*) FROM file").fetchone()[0]
        return found
