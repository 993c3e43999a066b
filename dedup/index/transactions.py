"""Transactions over the one connection of an index, which threads share."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TypeVar

from dedup.errors import DedupError, IndexDamaged, IndexLocked, IndexUnusable
from dedup.index.faults import AS_BEFORE, faults, locked
from dedup.index.opening import Opened, file_at

R = TypeVar("R")


def _nothing() -> None:
    pass


class Transactions:
    """The connection of an index. Threads take turns, a transaction each.

    `before_commit` is called at the end of each transaction, `after_rollback` when one came to nothing.
    `again` opens the index anew, before a transaction that would not see what others have written.
    """

    def __init__(self, opened: Opened, again: Callable[[], Opened]) -> None:
        self.path = opened.path
        self._opened = opened
        self._again = again
        self.before_commit: Callable[[], None] = _nothing
        self.after_rollback: Callable[[], None] = _nothing
        self._turn = threading.RLock()
        self._file = file_at(opened.path)
        self._losses = 0
        self._closed = False
        self._begun = False
        self._reads = False  # whether what has begun only reads
        self._steps = False  # whether what is written now is a step of what has begun
        self._taken = 0  # steps so far

    @property
    def connection(self) -> sqlite3.Connection:
        """What the transaction at hand speaks to. Raises IndexUnusable when the index is closed."""
        if self._closed:
            raise IndexUnusable(f"{self.path}: the index is closed")
        return self._opened.connection

    @property
    def is_closed(self) -> bool:
        """Whether nothing can be said to it any more."""
        return self._closed

    def close(self) -> None:
        """Close the file; what is not committed is rolled back."""
        self._closed = True
        self._opened.connection.close()

    def writing(self, *, steps: bool = False) -> AbstractContextManager[None]:
        """One transaction: all of what is written inside, or nothing. Inside another it is part of that.

        With `steps`, each `writing` inside is a step: nothing is left of one that fails, though this goes on.
        A step takes a copy of all that it overwrites, which may be most of the index when runs are merged.
        """
        return self._transaction("BEGIN IMMEDIATE", steps=steps)

    def reading(self) -> AbstractContextManager[None]:
        """One state of the index for all that is read inside, whatever others write meanwhile.

        To write inside raises RuntimeError.
        """
        return self._transaction("BEGIN")

    def reading_long(self) -> AbstractContextManager[None]:
        """The same for what may take long; nothing where no locks keep a state: each read has its own."""
        return self.reading() if self._opened.stamps is None else nullcontext()

    def read(self, work: Callable[[], R]) -> R:
        """What `work` returns inside `reading`; it is done again if others wrote to what has no locks."""
        with self._turn:
            try:
                with self.reading():
                    return work()
            except IndexLocked:
                if self.connection.in_transaction or not self._opened.is_disturbed():
                    raise
            with self.reading():
                return work()

    @contextmanager
    def outside(self, done: str) -> Iterator[None]:
        """A turn in no transaction, for what cannot be `done` inside one. Raises RuntimeError there."""
        with self._turn, faults(self.path):
            if self._begun or self.connection.in_transaction:
                raise RuntimeError(f"{self.path}: an index is {done} when its transaction has ended")
            yield

    def version(self) -> tuple[int, int]:
        """Changes when another process has written, and when something written here is rolled back."""
        with self.reading():
            return self.connection.execute("PRAGMA data_version").fetchone()[0], self._losses

    @contextmanager
    def _transaction(self, begin: str, *, steps: bool | None = None) -> Iterator[None]:
        """A transaction that begins so; `steps` is None if it only reads."""
        with self._turn:
            if self._begun or self.connection.in_transaction:
                if self._reads and steps is not None:
                    raise RuntimeError(f"{self.path}: nothing is written to an index inside of a reading")
                with self._undisturbed():
                    self._make_sure()
                    if self._steps and steps is not None:
                        yield from self._step(steps=steps)
                    else:
                        yield
                return
            self._catch_up()
            with self._undisturbed():
                yield from self._until_end(begin, steps=steps)
            if self._opened.is_disturbed():
                raise locked(self.path)

    def _catch_up(self) -> None:
        """Open the index anew if what is open would not show what others have written."""
        if self._opened.is_outdated():
            with faults(self.path):
                opened = self._again()
            self.connection.close()
            self._opened, self._file = opened, file_at(self.path)
            self._losses += 1

    @contextmanager
    def _undisturbed(self) -> Iterator[None]:
        """Whatever is wrong inside is the writing of another process, where it writes to what is read."""
        try:
            with faults(self.path):
                yield
        except DedupError as error:
            if self._opened.is_disturbed():
                raise locked(self.path) from error
            raise

    def _make_sure(self) -> None:
        """Refuse to go on where SQLite has rolled back by itself, as on a full disk."""
        if not self.connection.in_transaction:
            raise IndexDamaged(f"{self.path}: the transaction has come to nothing; {AS_BEFORE}")

    def _until_end(self, begin: str, *, steps: bool | None) -> Iterator[None]:
        try:
            self._begun, self._reads, self._steps = True, steps is None, bool(steps)
            # inside, as Ctrl-C in the wait for the lock is raised when the transaction has begun
            self.connection.execute(begin)
            yield
            self._make_sure()
            self.before_commit()
            if steps is not None and file_at(self.path) != self._file:
                raise IndexUnusable(f"{self.path}: the index was removed or replaced while it was in use")
            self.connection.execute("COMMIT")
        except BaseException:
            self._losses += 1
            try:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
            finally:
                self.after_rollback()
            raise
        finally:
            self._begun = self._reads = False

    def _step(self, *, steps: bool) -> Iterator[None]:
        self._taken += 1
        name = f"step_{self._taken}"
        try:
            self._steps = steps
            self.connection.execute(f"SAVEPOINT {name}")
            yield
            self._make_sure()
        except BaseException:
            self._losses += 1
            if self.connection.in_transaction:
                self.connection.execute(f"ROLLBACK TO {name}")
                self.connection.execute(f"RELEASE {name}")
            raise
        finally:
            self._steps = True
        self.connection.execute(f"RELEASE {name}")
