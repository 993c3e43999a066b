"""Where the articles of an index that keeps no texts were read, and their texts, read again from there."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from dedup.index.again import Again, Manner, Place, file_of
from dedup.index.rows import Rows, all_of, reads, writes
from dedup.index.state import State
from dedup.index.transactions import Transactions
from dedup.index.values import Decoding, Numbers, plain, restored
from dedup.model import Article


class Places(Rows):
    """The places of the articles of one index."""

    def __init__(self, transactions: Transactions, state: State) -> None:
        super().__init__(transactions)
        self._state = state

    @writes
    def folders(self, articles: Sequence[Article]) -> list[int | None]:
        """The number of the folder that the path of each article is relative to; None if it names no file."""
        here, known = os.getcwd(), self._known_folders()  # noqa: PTH109
        if here not in known:
            known.append(here)
            self._state.record("folders", known)
        number = known.index(here)
        paths = {article.path for article in articles if article.path}
        files = {path for path in paths if file_of(here, path) is not None}
        return [number if article.path in files else None for article in articles]

    def _known_folders(self) -> list[str]:
        folders = self._state.recall("folders")
        return folders if isinstance(folders, list) else []

    @writes
    def found_at(self, numbers: Sequence[int], articles: Sequence[Article]) -> None:
        """Note where articles have just been read, if they are not seen to be where they were."""
        paths, lines = ([getattr(a, name) for a in articles] for name in ("path", "line"))
        now = dict(zip(numbers, zip(self.folders(articles), paths, lines, strict=True), strict=True))
        rows = self._select("SELECT number, folder, path, line FROM article WHERE number IN", numbers)
        other = [n for n, *before in rows if now[n][0] is not None and tuple(before) != now[n]]
        seen = self._again.seen(self.of(other))
        moved = [(*now[n], n) for n, there in zip(other, seen, strict=True) if not there]
        self._db.executemany("UPDATE article SET folder = ?, path = ?, line = ? WHERE number = ?", moved)

    @reads
    def of(self, numbers: Numbers) -> list[Place]:
        """Where the texts of these numbers may be read again, in this order; raises UnknownArticle."""
        numbers = plain(numbers)
        folders, found = self._known_folders(), {}
        select = "SELECT number, folder, path, line, digest FROM article WHERE number IN"
        for number, folder, path, line, digest in self._select(select, numbers):
            name = restored(path)
            with Decoding("the folder of an article"):
                known = folders[folder] if folder is not None else None
            found[number] = Place(file_of(known, name) if known and name else None, line, digest)
        return all_of(numbers, found)

    @reads
    def texts(self, numbers: Numbers) -> list[str]:
        """The texts of these numbers, in this order, "" of what is gone; raises UnknownArticle."""
        return self._again.texts(self.of(numbers))

    def read_by(self, fields: Mapping[str, str], encoding: str | None) -> None:
        """Remember how inputs are read, for texts to be read again in the same manner."""
        manner, known = [dict(fields), encoding], self._manners()
        if manner not in known:
            self._state.record("manners", [*known, manner])
            self.__dict__.pop("_again", None)

    def _manners(self) -> list[Any]:
        manners = self._state.recall("manners")
        return manners if isinstance(manners, list) else []

    @cached_property
    def _again(self) -> Again:
        with Decoding("how inputs were read"):
            return Again(Manner(*each) for each in self._manners())
