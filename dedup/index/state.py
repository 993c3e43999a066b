"""The rows of state: small facts that an index remembers."""

from __future__ import annotations

import json

from dedup.index.rows import Rows, reads, writes
from dedup.index.values import Decoding, unreadable


class State(Rows):
    """What one index remembers, by name."""

    @writes
    def record(self, name: str, value: object) -> None:
        """Remember a JSON value under a name."""
        self._db.execute("INSERT OR REPLACE INTO state VALUES (?, ?)", (name, json.dumps(value)))

    @reads
    def recall(self, name: str) -> object:
        """The value under this name, or None."""
        row = self._db.execute("SELECT value FROM state WHERE name = ?", (name,)).fetchone()
        return _fact(row[0]) if row else None

    @reads
    def problems(self) -> list[str]:
        """Broken invariants."""
        values = (value for (value,) in self._db.execute("SELECT value FROM state"))
        return unreadable("facts cannot be read", _fact, values)


def _fact(value: str) -> object:
    with Decoding("what it remembers"):
        return json.loads(value)
