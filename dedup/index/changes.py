"""What happens to groups, as a journal: created, grown, merged, split, shrunk, dissolved."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

from dedup.index.articles import iso
from dedup.model import Change


def changes_of(
    before: Mapping[str, str | None], after: Mapping[str, str], size: Mapping[str, int]
) -> Iterator[tuple[str, str, dict[str, object]]]:
    """The changes between two states of some articles' groups, as (kind, group, details); one a group.

    `before` and `after` map the ids of all articles that may have moved to their group; `size` tells how many
    members each group named by either has afterwards. A group exists while it has two members or more.
    A group that took in all of others is "merged", one of which a part became a new group is "split".
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
                kind = "merged"
            elif set(targets) - was:
                kind = "split"
            else:
                kind = "grown" if come else "shrunk"
        elif name in there:
            kind = "created"
        elif name in was and not targets:
            kind = "dissolved"
        else:  # it went into another group, and is told of there
            continue
        details = {
            "size": size.get(name, 0),
            "added": come,
            "removed": gone,
            "from": sources,
            "into": targets,
        }
        yield kind, name, details


class Changes:
    """The journal of one index, and the articles that the transaction at hand has moved."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        self._before: dict[str, str | None] = {}

    def touch(self, ids: Iterable[str], groups: Mapping[str, str]) -> None:
        """Note the groups of articles that are about to move; the first note of a transaction counts."""
        for name in ids:
            self._before.setdefault(name, groups.get(name))

    @property
    def touched(self) -> list[str]:
        """The ids of the articles that may have moved."""
        return list(self._before)

    def groups(self, after: Mapping[str, str]) -> set[str]:
        """The groups that the touched articles were in, or are."""
        return {group for group in (*self._before.values(), *after.values()) if group is not None}

    def settle(self, after: Mapping[str, str], size: Mapping[str, int]) -> None:
        """Write down what the transaction did; the arguments as for `changes_of`."""
        now = iso(datetime.now(UTC).replace(microsecond=0))
        self._db.executemany(
            "INSERT INTO change(at, kind, grouped, details) VALUES (?, ?, ?, ?)",
            [
                (now, kind, json.dumps(name), json.dumps(details))
                for kind, name, details in changes_of(self._before, after, size)
            ],
        )
        self._before.clear()

    def forget(self) -> None:
        """The transaction is rolled back."""
        self._before.clear()

    def last(self) -> int:
        """The number of the last change; 0 where there was none."""
        found: int = self._db.execute("SELECT coalesce(max(number), 0) FROM change").fetchone()[0]
        return found

    def since(self, number: int, moment: datetime | None) -> Iterator[Change]:
        """The changes after this number and from this moment on, in their order."""
        rows = self._db.execute(
            "SELECT number, at, kind, grouped, details FROM change"
            " WHERE number > ? AND at >= ? ORDER BY number",
            (number, iso(moment) if moment else ""),
        )
        for found, at, kind, group, details in rows:
            told = json.loads(details)
            yield Change(
                number=found,
                at=datetime.fromisoformat(at),
                change=kind,
                group=json.loads(group),
                size=told["size"],
                added=tuple(told["added"]),
                removed=tuple(told["removed"]),
                origins=tuple(told["from"]),
                into=tuple(told["into"]),
            )

    def prune(self, cutoff: datetime) -> None:
        """Forget what happened before `cutoff`."""
        self._db.execute("DELETE FROM change WHERE at < ?", (iso(cutoff),))
