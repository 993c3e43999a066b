"""What an index says of articles that it may not hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from dedup.digest import digest_of
from dedup.funnel import find_matches
from dedup.model import Article, Match, Relation, Verdict
from dedup.older import Older
from dedup.read.language import with_languages
from dedup.sketch import sketch
from dedup.verdict import judge
from dedup.writer import Writer


class Checker:
    """Checks articles against a store, and adds those that are new. The caller holds the transaction."""

    def __init__(self, older: Older, writer: Writer) -> None:
        self._older = older
        self._store = older.store
        self._writer = writer

    def check(self, articles: Sequence[Article], *, every: bool = True) -> list[Verdict]:
        """The verdict on each of the articles, as far as the index goes; with `every`, all their matches.

        Without it, duplicates may lack matches that rank behind the one that makes them so.
        """
        known = self._store.articles.known([article.id for article in articles])
        verdicts: dict[int, Verdict] = {}
        unknown: list[int] = []
        for i, article in enumerate(articles):
            if article.id in known and known[article.id][1] == digest_of(article):
                reason = f"this very article is in the index as {article.id}"
                verdicts[i] = Verdict("duplicate", Relation.IDENTICAL, article.id, article.id, 1.0, reason)
            else:
                unknown.append(i)
        found: list[list[tuple[int, Match]]] = [[] for _ in unknown]
        if unknown:
            fresh = [articles[i] for i in unknown]
            sketches = sketch([article.text for article in fresh], self._store.settings)
            nobody = np.full(len(fresh), -1, np.int64)
            for match, older, query in find_matches(self._older, fresh, sketches, nobody, every=every):
                found[query].append((older, match))
        for i, own in zip(unknown, found, strict=True):
            verdicts[i] = judge([match for _, match in sorted(own, key=lambda row: row[0])])
        return self._with_groups([verdicts[i] for i in range(len(articles))])

    def _with_groups(self, verdicts: list[Verdict]) -> list[Verdict]:
        """Name the groups of the articles that the verdicts point to; an article alone is its own group."""
        known = self._store.articles.known({v.of for v in verdicts if v.of})
        numbers = {name: number for name, (number, _) in known.items()}
        names = self._store.groups.of(np.array(sorted(numbers.values()), np.int64))
        return [replace(v, group=names.get(numbers[v.of], v.of)) if v.group and v.of else v for v in verdicts]

    def check_and_add(self, articles: Sequence[Article]) -> list[Verdict]:
        """Check articles, each against the index and those of `articles` before it that are no duplicates."""
        verdicts = self.check(articles, every=False)
        fresh = [i for i, verdict in enumerate(verdicts) if verdict.verdict != "duplicate"]
        repeated = len({articles[i].id for i in fresh}) < len(fresh)
        if repeated:  # a new version of an article of the same batch has to see it in the index
            return [verdict for article in articles for verdict in self.check_and_add([article])]
        if not fresh:
            return verdicts
        new = with_languages(articles[i] for i in fresh)
        sketches = sketch([article.text for article in new], self._store.settings)
        numbers, found = self._writer.put(new, [digest_of(article) for article in new], sketches, few=False)
        place = dict(zip(numbers.tolist(), fresh, strict=True))
        within: dict[int, list[tuple[int, Match]]] = {}
        for match, older, number in found:
            if older in place:
                within.setdefault(number, []).append((older, match))
        gone: list[int] = []
        for number in sorted(within):
            seen = [match for older, match in sorted(within[number], key=lambda r: r[0]) if older not in gone]
            verdicts[place[number]] = judge([*verdicts[place[number]].matches, *seen])
            if verdicts[place[number]].verdict == "duplicate":
                gone.append(number)
        if gone:
            self._writer.remove(gone)
        return self._with_groups(verdicts)
