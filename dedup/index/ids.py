"""The ids of articles, by which those of two sources are told apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from dedup.index.rows import Rows, reads
from dedup.index.values import Numbers, plain, restored, storable
from dedup.model import Article, of_another


class Came(NamedTuple):
    """When the first version of an article was added, and whether its id was made of its source."""

    added: str
    made: bool


class Ids(Rows):
    """The ids of the articles of one index: what is known of them, and which new articles are given."""

    @reads
    def known(self, ids: Iterable[str]) -> dict[str, tuple[int, bytes]]:
        """The number and the digest of each of these ids that the index holds."""
        return {name: (number, digest) for name, (number, digest, _) in self._known(ids).items()}

    @reads
    def told_apart(self, articles: Sequence[Article]) -> tuple[list[Article], dict[str, tuple[int, bytes]]]:
        """The articles, and what is `known` of their ids, by which those of two sources are told apart.

        The id of one whose own is that of an article of another source, in the index or before it, is its
        source, a slash, and that; so it stays when the other one is gone.
        """
        known = self._known(article.id for article in articles)
        known |= (made := self._made([a for a in articles if a.source and a.id not in known]))
        owners = {name: source for name, (_, _, source) in known.items()}
        asked = {article.id for article in articles}
        named = []
        for article in articles:
            own = article
            if made and article.id not in known:
                other = of_another(article)
                own = other if other.id in made and made[other.id][2] == other.source else article
            while own.source and (owners.get(own.id) or own.source) != own.source:
                own = of_another(own)
                if own.id not in asked:
                    asked.add(own.id)
                    known |= (found := self._known([own.id]))
                    owners |= {name: source for name, (_, _, source) in found.items() if name not in owners}
            owners.setdefault(own.id, own.source)
            named.append(own)
        return named, {name: (number, digest) for name, (number, digest, _) in known.items()}

    def _made(self, articles: Sequence[Article]) -> dict[str, tuple[int, bytes, str | None]]:
        """What is known of the ids that were made of the sources of articles, as others had theirs."""
        if not articles or self._db.execute("SELECT 1 FROM tally WHERE name = 'made'").fetchone() is None:
            return {}
        return self._known([of_another(article).id for article in articles], then=" AND first")

    def _now_made(self, articles: Sequence[Article]) -> set[str]:
        """Which of the ids of articles were made of their sources, as others before them have theirs."""
        rest = [a.id.removeprefix(f"{a.source}/") if a.source else a.id for a in articles]
        given = [own for own, article in zip(rest, articles, strict=True) if own != article.id]
        owners = {name: source for name, (_, _, source) in self._known(given).items()}
        made = set()
        for own, article in zip(rest, articles, strict=True):
            if own != article.id and (owners.get(own) or article.source) != article.source:
                made.add(article.id)
            owners.setdefault(article.id, article.source)
        return made

    def _known(self, ids: Iterable[str], *, then: str = "") -> dict[str, tuple[int, bytes, str | None]]:
        select = "SELECT number, id, digest, source FROM article WHERE id IN"
        rows = self._select(select, [storable(name) for name in ids], then=then)
        return {
            restored(name) or "": (number, digest, restored(source)) for number, name, digest, source in rows
        }

    @reads
    def came(self, numbers: Numbers) -> dict[str, Came]:
        """By the ids of these numbers: how each came, before any update."""
        rows = self._select("SELECT id, added, first FROM article WHERE number IN", plain(numbers))
        return {restored(name) or "": Came(added, bool(made)) for name, added, made in rows}
