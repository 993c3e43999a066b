"""Postings: which articles have a key, and which share enough of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

COMMON = 64
"""The articles that a common key keeps: the earliest. The rest are only counted (design.md, Common keys)."""

LEAST_ARTICLES = 5000
"""The N of ln(N/df) is at least this: the corpus that the bar of the score was measured on had 5,057."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Pairs that share keys, side by side: by query, then best first (of equals, the earlier article).

    `query` is an index into the batch that was asked for (int32), `number` the other article (int64),
    `score` the sum of ln(N/df) over the shared keys (float32), `shared` how many they are and `bands` how
    many of them are bands (int32).
    """

    query: NDArray[np.int32]
    number: NDArray[np.int64]
    score: NDArray[np.float32]
    shared: NDArray[np.int32]
    bands: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.query)


@dataclass(frozen=True, slots=True)
class Lists:
    """The posting lists of distinct keys.

    List s is `numbers[offsets[s] : offsets[s + 1]]`, ascending, at most COMMON long; `totals[s]` counts all
    of its articles, those that the list leaves out too.
    """

    offsets: NDArray[np.int64]
    numbers: NDArray[np.int64]
    totals: NDArray[np.int64]


def chunks(values: Sequence[object], size: int = 500) -> Iterator[Sequence[object]]:
    """Parts of `values` that fit into one IN list."""
    for begin in range(0, len(values), size):
        yield values[begin : begin + size]


def places(values: Sequence[object]) -> str:
    """The question marks of an IN list."""
    return ",".join("?" * len(values))


class Postings:
    """The postings of one index."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def post(self, numbers: NDArray[np.int64], offsets: NDArray[np.int64], keys: NDArray[np.uint64]) -> None:
        """Post article `numbers[i]` under `keys[offsets[i] : offsets[i + 1]]`."""
        each = np.repeat(numbers, np.diff(offsets))
        rows = zip(keys.view(np.int64).tolist(), each.tolist(), strict=True)
        self._db.executemany("INSERT OR IGNORE INTO posting VALUES (?, ?)", sorted(rows))

    def lists(self, keys: NDArray[np.uint64]) -> Lists:
        """The posting lists of distinct, ascending keys."""
        found: dict[int, list[int]] = {key: [] for key in keys.view(np.int64).tolist()}
        for part in chunks(list(found)):
            for key, number in self._db.execute(
                f"SELECT key, number FROM posting WHERE key IN ({places(part)})"  # noqa: S608
                " AND number NOT IN (SELECT number FROM removed) ORDER BY key, number",
                part,
            ):
                found[key].append(number)
        offsets = np.zeros(len(keys) + 1, np.int64)
        np.cumsum([min(len(numbers), COMMON) for numbers in found.values()], out=offsets[1:])
        flat = [number for numbers in found.values() for number in numbers[:COMMON]]
        totals = [len(numbers) for numbers in found.values()]
        return Lists(offsets, np.array(flat, np.int64), np.array(totals, np.int64))

    def remove(self, numbers: NDArray[np.int64]) -> None:
        """Forget the postings of these articles."""
        self._db.executemany("INSERT OR IGNORE INTO removed VALUES (?)", [(n,) for n in numbers.tolist()])

    def compact(self) -> None:
        """Free the space of what was removed."""
        self._db.execute("DELETE FROM posting WHERE number IN (SELECT number FROM removed)")
        self._db.execute("DELETE FROM removed")

    def problems(self) -> list[str]:
        """Broken invariants."""
        orphans = self._db.execute(
            "SELECT count(*) FROM posting WHERE number NOT IN (SELECT number FROM article)"
            " AND number NOT IN (SELECT number FROM removed)"
        ).fetchone()[0]
        return [f"{orphans} postings of articles that are not there"] if orphans else []
