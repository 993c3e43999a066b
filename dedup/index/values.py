"""Values as SQLite takes them, and as it gives them back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

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
    """The text that `storable` was given."""
    return value.decode("utf-8", "surrogatepass") if isinstance(value, bytes) else value


def iso(moment: datetime) -> str:
    """A moment as ISO 8601 in UTC: as text it sorts by time."""
    return (moment if moment.tzinfo is UTC else moment.astimezone(UTC)).isoformat()
