"""Parts of SQL statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
MOST = 500


def chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Parts of `values` that fit into one IN list."""
    for begin in range(0, len(values), MOST):
        yield values[begin : begin + MOST]


def places(values: Sequence[T]) -> str:
    """The question marks of an IN list."""
    return ",".join("?" * len(values))
