"""Transactions over the one connection of an index, which threads share."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from dedup.index.faults import faults


def _nothing() -> None:
    pass


class Transactions:
    """The connection of the index at `path`. Threads take turns, a transaction each.

    `before_commit` is called at the end of each transaction, `after_rollback` when one came to nothing.
    """

    def __init__(self, connection: sqlite3.Connection, path: str) -> None:
        self.connection = connection
        self.path = path
        self.before_commit: Callable[[], None] = _nothing
        self.after_rollback: Callable[[], None] = _nothing
        self._turn = threading.RLock()
        self._rolled_back = 0

    def writing(self) -> AbstractContextManager[None]:
        """One transaction: all of what is written inside, or nothing. Inside another it is part of that."""
        return self._transaction("BEGIN IMMEDIATE")

    def reading(self) -> AbstractContextManager[None]:
        """One state of the index for all that is read inside, whatever others write meanwhile."""
        return self._transaction("BEGIN")

    def version(self) -> tuple[int, int]:
        """Changes when another process has written, and when something written here is rolled back."""
        with self.reading():
            return self.connection.execute("PRAGMA data_version").fetchone()[0], self._rolled_back

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        with self._turn, faults(self.path):
            if self.connection.in_transaction:
                yield
            else:
                yield from self._until_end(begin)

    def _until_end(self, begin: str) -> Iterator[None]:
        try:
            # inside, as Ctrl-C in the wait for the lock is raised when the transaction has begun
            self.connection.execute(begin)
            yield
            self.before_commit()
            self.connection.execute("COMMIT")
        except BaseException:
            self._rolled_back += 1
            try:
                # a full disk makes SQLite roll back by itself
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
            finally:
                self.after_rollback()
            raise
