"""How what is printed asks for the articles of an index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from dedup.model import Article


class Find(Protocol):
    """Gives articles by their ids, in this order; without their texts if these are not to be shown."""

    def __call__(self, ids: Sequence[str], *, texts: bool = True) -> Sequence[Article]:
        """As `Index.articles`."""
