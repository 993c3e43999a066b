"""What happens to groups, as a journal: created, grown, merged, split, shrunk, dissolved."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from dedup.index.rows import Rows, reads, writes
from dedup.index.transactions import Transactions
from dedup.index.values import Decoding, iso, moment, restored, storable, unreadable
from dedup.model import Change, ChangeKind

AT_ONCE = 1_000
"""So many changes are read at a time."""

SELECT = "SELECT number, at, kind, grouped, details FROM change"
GROUP_OF = (
    "SELECT article.id, grouped.id FROM article LEFT JOIN membership USING (number)"
    " LEFT JOIN grouped ON grouped.number = membership.grouped"
)


def changes_of(
    before: Mapping[str, str | None], after: Mapping[str, str | None], size: Mapping[str, int]
) -> Iterator[tuple[ChangeKind, str, dict[str, object]]]:
    """The changes between two states of some articles' groups, as (kind, group, details); one a group.

    `before` and `after` map the ids of all articles that may have moved to their group; `size` tells how many
    members each group named by either has afterwards. A group exists while it has two members or more.
    A group that took in all of others is "merged", one of which a part became a new group is "split". Of one
    that went into others as a whole, these alone tell.
    """
    moves: dict[str, tuple[list[str], list[str]]] = {}
    for article in sorted({*before, *after}):
        old, new = before.get(article), after.get(article)
        if old == new:
            continue
        if new is not None:
            moves.setdefault(new, ([], []))[0].append(article)
        if old is not None:
            moves.setdefault(old, ([], []))[1].append(article)
    there = {name for name in moves if size.get(name, 0) >= 2}
    was = {n for n, (come, gone) in moves.items() if size.get(n, 0) - len(come) + len(gone) >= 2}
    for name, (come, gone) in sorted(moves.items()):
        sources = sorted({group for article in come if (group := before.get(article)) in was})
        targets = sorted({group for article in gone if (group := after.get(article)) in there})
        if name in there and name in was:
            if set(sources) - there:
                kind = ChangeKind.MERGED
            elif set(targets) - was:
                kind = ChangeKind.SPLIT
            else:
                kind = ChangeKind.GROWN if come else ChangeKind.SHRUNK
        elif name in there:
            kind = ChangeKind.CREATED
        elif name in was and any(after.get(article) not in there for article in gone):
            kind = ChangeKind.DISSOLVED
        else:  # all of it went into other groups, and is told of there
            continue
        details = {
            "size": size.get(name, 0),
            "added": come,
            "removed": gone,
            "from": sources,
            "into": targets,
        }
        yield kind, name, details


class Changes(Rows):
    """The journal of one index, and the articles that the transaction at hand has moved."""

    def __init__(self, transactions: Transactions) -> None:
        super().__init__(transactions)
        self._before: dict[str, str | None] = {}
        transactions.before_commit = self._settle
        transactions.after_rollback = self._before.clear

    @writes
    def touch(self, numbers: Sequence[int]) -> None:
        """Note the groups of articles that are about to be moved or removed; the first note counts."""
        for name, group in self._groups_of("number", numbers).items():
            self._before.setdefault(name, group)

    def _groups_of(self, column: str, values: Sequence[object]) -> dict[str, str | None]:
        """The ids of articles, and of the groups that they are members of."""
        rows = self._select(f"{GROUP_OF} WHERE article.{column} IN", values)
        return {restored(name) or "": restored(group) for name, group in rows}

    def _settle(self) -> None:
        """Write down what the transaction did to groups."""
        if not self._before:
            return
        after = self._groups_of("id", [storable(name) for name in self._before])
        groups = {group for group in (*self._before.values(), *after.values()) if group is not None}
        named = [storable(group) for group in sorted(groups)]
        sizes = self._select("SELECT id, size FROM grouped WHERE id IN", named)
        size = {restored(name) or "": size for name, size in sizes}
        now = iso(datetime.now(UTC).replace(microsecond=0))
        self._db.executemany(
            "INSERT INTO change(at, kind, grouped, details) VALUES (?, ?, ?, ?)",
            [
                (now, kind.value, json.dumps(name), json.dumps(details))
                for kind, name, details in changes_of(self._before, after, size)
            ],
        )
        self._before.clear()

    def since(self, number: int, begin: datetime | None) -> Iterator[Change]:
        """What happened to groups after the change of this number and from this moment on, in order.

        Up to the last that there is when the first is asked for, and in parts: others may write in between.
        """
        last = self._last()
        while part := self._part(number, last, begin):
            yield from part
            number = part[-1].number

    @reads
    def _last(self) -> int:
        found: int = self._db.execute("SELECT coalesce(max(number), 0) FROM change").fetchone()[0]
        return found

    @reads
    def _part(self, number: int, last: int, begin: datetime | None) -> list[Change]:
        rows = self._db.execute(
            f"{SELECT} WHERE number > ? AND number <= ? AND at >= ? ORDER BY number LIMIT ?",
            (number, last, iso(begin) if begin else "", AT_ONCE),
        )
        return [_change(row) for row in rows.fetchall()]

    @writes
    def prune(self, cutoff: datetime) -> None:
        """Forget what happened to groups before `cutoff`."""
        self._db.execute("DELETE FROM change WHERE at < ?", (iso(cutoff),))

    @reads
    def problems(self) -> list[str]:
        """Broken invariants."""
        return unreadable("changes cannot be read", _change, self._db.execute(SELECT))


def _change(row: tuple[int, str, str, str, str]) -> Change:
    number, at, kind, group, details = row
    with Decoding("a change of a group"):
        told = json.loads(details)
        return Change(
            number=number,
            at=moment(at),
            change=ChangeKind(kind),
            group=_names([json.loads(group)])[0],
            size=int(told["size"]),
            added=_names(told["added"]),
            removed=_names(told["removed"]),
            origins=_names(told["from"]),
            into=_names(told["into"]),
        )


def _names(told: object) -> tuple[str, ...]:
    if not isinstance(told, list) or not all(isinstance(name, str) for name in told):
        raise TypeError(told)
    return tuple(told)
