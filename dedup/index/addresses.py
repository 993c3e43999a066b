"""The rows of addresses on the web: what was seen of each, so that it is read again only if it changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dedup.index.files import LEAVE_OUT, LeftOut
from dedup.index.rows import Rows, reads, writes
from dedup.index.values import storable


@dataclass(frozen=True, slots=True)
class AddressState:
    """An address as it was when all of its records had been taken.

    `etag` and `modified` are the server's words; `manner` is how it was read, `articles` how many it gave,
    `taken` when, in seconds since 1970, `left_out` as for a file.
    """

    etag: str | None
    modified: str | None
    manner: str
    articles: int
    taken: int
    left_out: str | None = None


class Addresses(Rows):
    """The addresses that one index has read."""

    @reads
    def get(self, url: str) -> AddressState | None:
        """What is known of an address."""
        row = self._db.execute(
            "SELECT etag, modified, manner, articles, taken, left_out FROM address WHERE url = ?",
            (storable(url),),
        ).fetchone()
        return AddressState(*row) if row else None

    @writes
    def put(self, rows: Iterable[tuple[str, AddressState]]) -> None:
        """Remember addresses."""
        self._db.executemany(
            "INSERT OR REPLACE INTO address VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    *(storable(url), own.etag, own.modified, own.manner, own.articles, own.taken),
                    own.left_out,
                )
                for url, own in rows
            ],
        )

    @writes
    def forget(self, urls: Iterable[str]) -> None:
        """Forget addresses, so that they are read again."""
        self._db.executemany("DELETE FROM address WHERE url = ?", [(storable(url),) for url in urls])

    @writes
    def leave_out(self, left: Iterable[LeftOut]) -> None:
        """Note what is no longer in the index for its age."""
        update = LEAVE_OUT.format("address") + "url = ?"
        self._db.executemany(update, [(own.articles, own.newest, storable(own.path)) for own in left])

    @writes
    def forget_before(self, second: int) -> None:
        """Forget the addresses that were last read before this second."""
        self._db.execute("DELETE FROM address WHERE taken < ?", (second,))
