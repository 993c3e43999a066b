"""The rows of groups: which group each article is a member of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from dedup.index.changes import Changes
from dedup.index.rows import Rows, reads, writes
from dedup.index.transactions import Transactions
from dedup.index.values import Numbers, plain, restored, storable

RESIZE = "UPDATE grouped SET size = (SELECT count(*) FROM membership WHERE grouped = grouped.number)"

SIZES = "SELECT id, size FROM grouped WHERE id IN"
SELECT = "SELECT membership.number, id FROM membership JOIN grouped ON grouped.number = grouped"


class Groups(Rows):
    """The groups of one index. A group's id is text, and it exists as long as it has members."""

    def __init__(self, transactions: Transactions, changes: Changes) -> None:
        super().__init__(transactions)
        self._changes = changes

    @writes
    def put(self, changes: Mapping[int, str | None]) -> None:
        """Make articles (by number) members of groups (by id), each of one at most; None takes out."""
        self._changes.touch(list(changes))
        touched = self._of(list(changes))
        ids = sorted({name for name in changes.values() if name is not None})
        self._db.executemany(
            "INSERT OR IGNORE INTO grouped(id, size) VALUES (?, 0)", [(storable(name),) for name in ids]
        )
        rows = self._select("SELECT number, id FROM grouped WHERE id IN", [storable(name) for name in ids])
        group = {restored(name) or "": number for number, name in rows}
        leaving = [(number,) for number, name in changes.items() if name is None]
        self._db.executemany("DELETE FROM membership WHERE number = ?", leaving)
        joining = [(number, group[name]) for number, name in changes.items() if name is not None]
        self._db.executemany("INSERT OR REPLACE INTO membership VALUES (?, ?)", joining)
        self._resize(touched | set(group.values()))

    @writes
    def remove(self, numbers: Sequence[int]) -> None:
        """Delete the membership of these articles, which are still there."""
        self._changes.touch(numbers)
        touched = self._of(numbers)
        self._db.executemany("DELETE FROM membership WHERE number = ?", [(number,) for number in numbers])
        self._resize(touched)

    def _of(self, numbers: Sequence[int]) -> set[int]:
        rows = self._select("SELECT DISTINCT grouped FROM membership WHERE number IN", numbers)
        return {group for (group,) in rows}

    def _resize(self, groups: set[int]) -> None:
        rows = [(group,) for group in sorted(groups)]
        self._db.executemany(f"{RESIZE} WHERE number = ?", rows)
        self._db.executemany("DELETE FROM grouped WHERE number = ? AND size = 0", rows)

    @reads
    def names(self) -> list[str]:
        """The ids of the groups of at least two articles, largest first, then by id."""
        rows = self._db.execute("SELECT id FROM grouped WHERE size >= 2 ORDER BY size DESC, id")
        return [restored(name) or "" for (name,) in rows]

    @reads
    def members_of(self, names: Sequence[str]) -> dict[str, list[int]]:
        """The ascending member numbers of those of these groups that there are."""
        found: dict[str, list[int]] = {}
        stored = [storable(name) for name in names]
        for number, name in self._select(f"{SELECT} WHERE id IN", stored, then=" ORDER BY membership.number"):
            found.setdefault(restored(name) or "", []).append(number)
        return found

    @reads
    def sizes(self, names: Sequence[str]) -> dict[str, int]:
        """How many members those of these groups have that there are."""
        stored = [storable(name) for name in names]
        return {restored(name) or "": n for name, n in self._select(SIZES, stored)}

    @reads
    def of(self, numbers: Numbers) -> dict[int, str]:
        """The group ids of those of these articles that are members of one."""
        rows = self._select(f"{SELECT} WHERE membership.number IN", plain(numbers))
        return {number: restored(name) or "" for number, name in rows}

    @reads
    def memberships(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The numbers of all members, ascending, and for each the number of its group."""
        rows = self._db.execute("SELECT number, grouped FROM membership ORDER BY number").fetchall()
        numbers, groups = np.array(rows, np.int64).reshape(-1, 2).T
        return numbers.copy(), groups.copy()

    @reads
    def counts(self) -> tuple[int, int]:
        """How many groups of at least two articles there are, and how many articles are in them."""
        groups, articles = self._db.execute(
            "SELECT count(*), coalesce(sum(size), 0) FROM grouped WHERE size >= 2"
        ).fetchone()
        return groups, articles

    @reads
    def problems(self) -> list[str]:
        """Broken invariants."""
        wrong = self._counted(
            "groups of another size than they say",
            "SELECT count(*) FROM grouped WHERE size = 0"
            " OR size != (SELECT count(*) FROM membership WHERE grouped = grouped.number)",
        )
        return wrong + self._counted(
            "memberships without their article or group",
            "SELECT count(*) FROM membership WHERE number NOT IN (SELECT number FROM article)"
            " OR grouped NOT IN (SELECT number FROM grouped)",
        )
