"""Values as SQLite takes them, and as it gives them back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from dedup.errors import IndexDamaged, damaged
from dedup.read.dates import FIRST, in_utc

T = TypeVar("T")

Numbers = Iterable[int] | NDArray[np.int64]


def plain(numbers: Numbers) -> list[int]:
    """Numbers as Python's."""
    found: list[int] = np.fromiter(numbers, np.int64).tolist()
    return found


def storable(text: str | None) -> str | bytes | None:
    """Text as it is; bytes where it holds lone surrogates, which UTF-8 has no place for."""
    if text is None:
        return None
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
    return text


def restored(value: str | bytes | None) -> str | None:
    """The text that `storable` was given. Raises IndexDamaged."""
    if value is None or isinstance(value, str):
        return value
    text = decoded(value)
    if storable(text) != value:  # nobody would find it by its text
        raise damaged("a text")
    return text


def decoded(value: bytes) -> str:
    """The text of an article, as its bytes are stored. Raises IndexDamaged."""
    try:
        return str(value, "utf-8", "surrogatepass")
    except (ValueError, TypeError) as error:
        raise damaged("a text") from error


def iso(moment: datetime) -> str:
    """A moment as ISO 8601 in UTC, or the first or last of all that it has: as text it sorts by time."""
    return in_utc(moment).isoformat()


def ago(age: timedelta) -> datetime:
    """The moment that is so long ago, or the first of all. Raises ValueError for an age below 0."""
    if age < timedelta():
        raise ValueError(f"an age is not negative: {age}")
    try:
        return datetime.now(UTC) - age
    except OverflowError:
        return FIRST


def moment(text: str) -> datetime:
    """The moment that `iso` was given. Raises IndexDamaged."""
    try:
        found = datetime.fromisoformat(text)
    except (ValueError, TypeError) as error:
        raise damaged("a time") from error
    if found.tzinfo is None:
        raise damaged("a time")
    return found


class Decoding:
    """Raises IndexDamaged where a stored value is no such part of an index.

    Only for what decodes stored values: mistakes of other code would be taken for damage.
    """

    __slots__ = ("_part",)

    def __init__(self, part: str) -> None:
        self._part = part

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, (ValueError, TypeError, LookupError)):
            raise damaged(self._part) from error


def unreadable(what: str, decode: Callable[[T], object], rows: Iterable[T]) -> list[str]:
    """One line on how many of these rows do not decode; none if all do."""
    wrong = 0
    for row in rows:
        try:
            decode(row)
        except IndexDamaged:
            wrong += 1
    return [f"{wrong} {what}"] if wrong else []
