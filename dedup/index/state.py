"""The rows of state: small facts that an index remembers."""

from __future__ import annotations

import json

from dedup.index.rows import Rows, reads, writes


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
        return json.loads(row[0]) if row else None
