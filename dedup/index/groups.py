"""The rows of groups: which group each article is a member of."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from dedup.index.articles import restored, storable
from dedup.index.statements import chunks, places

RESIZE = "UPDATE grouped SET size = (SELECT count(*) FROM membership WHERE grouped = grouped.number)"

SELECT = "SELECT membership.number, id FROM membership JOIN grouped ON grouped.number = grouped"


class Groups:
    """The groups of one index. A group's id is text, and it exists as long as it has members."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def put(self, changes: Mapping[int, str | None]) -> None:
        """Make article numbers members of groups by id, of no other, or (None) of none."""
        touched = self._of(list(changes))
        ids = sorted({name for name in changes.values() if name is not None})
        self._db.executemany(
            "INSERT OR IGNORE INTO grouped(id, size) VALUES (?, 0)", [(storable(name),) for name in ids]
        )
        group: dict[str, int] = {}
        for part in chunks([storable(name) for name in ids]):
            for number, name in self._db.execute(
                f"SELECT number, id FROM grouped WHERE id IN ({places(part)})",  # noqa: S608
                part,
            ):
                group[restored(name) or ""] = number
        leaving = [(number,) for number, name in changes.items() if name is None]
        self._db.executemany("DELETE FROM membership WHERE number = ?", leaving)
        joining = [(number, group[name]) for number, name in changes.items() if name is not None]
        self._db.executemany("INSERT OR REPLACE INTO membership VALUES (?, ?)", joining)
        self._resize(touched | set(group.values()))

    def remove(self, numbers: Sequence[int]) -> None:
        """Delete the membership of these articles."""
        touched = self._of(numbers)
        self._db.executemany("DELETE FROM membership WHERE number = ?", [(number,) for number in numbers])
        self._resize(touched)

    def _of(self, numbers: Sequence[int]) -> set[int]:
        return {
            group
            for part in chunks(numbers)
            for (group,) in self._db.execute(
                f"SELECT DISTINCT grouped FROM membership WHERE number IN ({places(part)})",  # noqa: S608
                part,
            )
        }

    def _resize(self, groups: set[int]) -> None:
        rows = [(group,) for group in sorted(groups)]
        self._db.executemany(f"{RESIZE} WHERE number = ?", rows)
        self._db.executemany("DELETE FROM grouped WHERE number = ? AND size = 0", rows)

    def all(self, min_size: int) -> Iterator[tuple[str, NDArray[np.int64]]]:
        """The id and the ascending member numbers of each group, largest first, then by id."""
        groups = self._db.execute(
            "SELECT number, id, size FROM grouped WHERE size >= ? ORDER BY size DESC, id", (min_size,)
        ).fetchall()
        for number, name, _ in groups:
            yield restored(name) or "", self._members(number)

    def names(self) -> list[str]:
        """The ids of the groups of at least two articles, largest first, then by id."""
        rows = self._db.execute("SELECT id FROM grouped WHERE size >= 2 ORDER BY size DESC, id")
        return [restored(name) or "" for (name,) in rows]

    def members_of(self, names: Sequence[str]) -> dict[str, list[int]]:
        """The ascending member numbers of those of these groups that there are."""
        found: dict[str, list[int]] = {}
        for part in chunks([storable(name) for name in names]):
            for number, name in self._db.execute(
                f"{SELECT} WHERE id IN ({places(part)}) ORDER BY membership.number", part
            ):
                found.setdefault(restored(name) or "", []).append(number)
        return found

    def _members(self, group: int) -> NDArray[np.int64]:
        rows = self._db.execute("SELECT number FROM membership WHERE grouped = ? ORDER BY number", (group,))
        return np.fromiter((number for (number,) in rows), np.int64)

    def of(self, numbers: Sequence[int]) -> dict[int, str]:
        """The group ids of those of these articles that are members of one."""
        return {
            number: restored(name) or ""
            for part in chunks(numbers)
            for number, name in self._db.execute(
                f"{SELECT} WHERE membership.number IN ({places(part)})",
                part,
            )
        }

    def members(self, name: str) -> NDArray[np.int64]:
        """The ascending member numbers of a group; none where there is no such group."""
        row = self._db.execute("SELECT number FROM grouped WHERE id = ?", (storable(name),)).fetchone()
        return self._members(row[0]) if row else np.zeros(0, np.int64)

    def sizes(self, names: Iterable[str]) -> dict[str, int]:
        """How many members those of these groups have that exist."""
        return {
            restored(name) or "": size
            for part in chunks([storable(name) for name in sorted(names)])
            for name, size in self._db.execute(
                f"SELECT id, size FROM grouped WHERE id IN ({places(part)})",  # noqa: S608
                part,
            )
        }

    def counts(self) -> tuple[int, int]:
        """How many groups of at least two articles there are, and how many articles are in them."""
        groups, articles = self._db.execute(
            "SELECT count(*), coalesce(sum(size), 0) FROM grouped WHERE size >= 2"
        ).fetchone()
        return groups, articles

    def problems(self) -> list[str]:
        """Broken invariants."""
        problems = []
        wrong = self._db.execute(
            "SELECT count(*) FROM grouped WHERE size = 0"
            " OR size != (SELECT count(*) FROM membership WHERE grouped = grouped.number)"
        ).fetchone()[0]
        if wrong:
            problems.append(f"{wrong} groups of another size than they say")
        orphans = self._db.execute(
            "SELECT count(*) FROM membership WHERE number NOT IN (SELECT number FROM article)"
            " OR grouped NOT IN (SELECT number FROM grouped)"
        ).fetchone()[0]
        if orphans:
            problems.append(f"{orphans} memberships without their article or group")
        return problems
