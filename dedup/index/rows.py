"""What all rows of an index have in common: each method that reads or writes them is a transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from dedup.errors import ArticleLost
from dedup.index.transactions import Transactions

P = ParamSpec("P")
R = TypeVar("R")
V = TypeVar("V")
T = TypeVar("T", bound="Rows")

MOST = 500
"""Values of one IN list."""


class Selecting:
    """What asks an index, in the transaction at hand."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    @property
    def _db(self) -> sqlite3.Connection:
        return self._transactions.connection

    def _select(self, select: str, values: Sequence[object], *, then: str = "") -> Iterator[Any]:
        """The rows of a SELECT that ends in IN, for any number of values."""
        for part in chunks(values):
            # a list: whoever keeps an error of one who reads them may close the index
            yield from self._db.execute(f"{select} ({','.join('?' * len(part))}){then}", part).fetchall()


class Rows(Selecting):
    """Rows of one kind. Each method is a transaction, or part of the one that the caller has begun."""

    def _counted(self, what: str, select: str) -> list[str]:
        """One line on how many rows break an invariant, as a SELECT counts them; none if none do."""
        count = self._db.execute(select).fetchone()[0]
        return [f"{count} {what}"] if count else []


def chunks(values: Sequence[V]) -> Iterator[Sequence[V]]:
    """Parts of `values` that fit into one IN list."""
    for begin in range(0, len(values), MOST):
        yield values[begin : begin + MOST]


def all_of(numbers: Sequence[int], found: Mapping[int, R]) -> list[R]:
    """What is found of each of these articles, in this order; raises ArticleLost."""
    try:
        return [found[number] for number in numbers]
    except KeyError as error:
        raise ArticleLost(f"the index is damaged (it has no article number {error.args[0]})") from None


def reads(method: Callable[Concatenate[T, P], R]) -> Callable[Concatenate[T, P], R]:
    """A method of a table, inside `reading`."""

    @wraps(method)
    def inside(self: T, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return self._transactions.read(lambda: method(self, *args, **kwargs))

    return inside


def writes(method: Callable[Concatenate[T, P], R]) -> Callable[Concatenate[T, P], R]:
    """A method of a table, inside `writing`."""

    @wraps(method)
    def inside(self: T, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with self._transactions.writing():
            return method(self, *args, **kwargs)

    return inside
