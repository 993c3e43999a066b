"""What all rows of an index have in common: each method that reads or writes them is a transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from dedup.index.statements import chunks, places
from dedup.index.transactions import Transactions

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T", bound="Rows")


class Rows:
    """Rows of one kind. Each method is a transaction, or part of the one that the caller has begun."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions
        self._db = transactions.connection

    def _select(self, select: str, values: Sequence[object], *, then: str = "") -> Iterator[Any]:
        """The rows of a SELECT that ends in IN, for any number of values."""
        for part in chunks(values):
            yield from self._db.execute(f"{select} ({places(part)}){then}", part)


def reads(method: Callable[Concatenate[T, P], R]) -> Callable[Concatenate[T, P], R]:
    """A method of a table, inside `reading`."""
    return _inside(Transactions.reading, method)


def writes(method: Callable[Concatenate[T, P], R]) -> Callable[Concatenate[T, P], R]:
    """A method of a table, inside `writing`."""
    return _inside(Transactions.writing, method)


def _inside(
    transaction: Callable[[Transactions], AbstractContextManager[None]],
    method: Callable[Concatenate[T, P], R],
) -> Callable[Concatenate[T, P], R]:
    @wraps(method)
    def inside(self: T, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with transaction(self._transactions):
            return method(self, *args, **kwargs)

    return inside
