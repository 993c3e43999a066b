"""What an index says of articles that it may not hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
        return self._with_groups(self._check(articles, every=every))

    def _check(self, articles: Sequence[Article], *, every: bool, copies: bool = False) -> list[Verdict]:
        """The same without groups; with `copies`, only duplicates are told, and the rest seem to be new."""
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
            for match, older, query in find_matches(
                self._older, fresh, sketches, nobody, every=every, copies=copies
            ):
                found[query].append((older, match))
        for i, own in zip(unknown, found, strict=True):
            verdicts[i] = judge([match for _, match in sorted(own, key=lambda row: row[0])])
        return [verdicts[i] for i in range(len(articles))]

    def _with_groups(self, verdicts: list[Verdict]) -> list[Verdict]:
        """Name the groups of the articles that the verdicts point to; an article alone is its own group."""
        known = self._store.articles.known({v.of for v in verdicts if v.of})
        numbers = {name: number for name, (number, _) in known.items()}
        names = self._store.groups.of(np.array(sorted(numbers.values()), np.int64))
        return [replace(v, group=names.get(numbers[v.of], v.of)) if v.group and v.of else v for v in verdicts]

    def check_and_add(self, articles: Sequence[Article]) -> list[Verdict]:
        """Check articles, each against the index and those of `articles` before it that are no duplicates."""
        return [verdict for part in self._parts(articles) for verdict in self._check_and_add(part)]

    def _parts(self, articles: Sequence[Article]) -> Iterator[list[Article]]:
        """The articles in parts, in which an article with the id of another is alone.

        It replaces the other, unless it is a duplicate of what came before it.
        """
        known = self._store.articles.known([article.id for article in articles])
        part: list[Article] = []
        seen: set[str] = set()
        for article in articles:
            again = article.id in known and known[article.id][1] != digest_of(article)
            if again or article.id in seen:
                if part:
                    yield part
                yield [article]
                part = []
            else:
                part.append(article)
            seen.add(article.id)
        if part:
            yield part

    def _check_and_add(self, articles: Sequence[Article]) -> list[Verdict]:
        """The same for articles of distinct ids, of which the index has none, or for one."""
        replaces = len(articles) == 1 and bool(self._store.articles.known([articles[0].id]))
        verdicts = self._check(articles, every=False, copies=not replaces)
        fresh = [i for i, verdict in enumerate(verdicts) if verdict.verdict != "duplicate"]
        if not fresh:
            return self._with_groups(verdicts)
        new = with_languages(articles[i] for i in fresh)
        sketches = sketch([article.text for article in new], self._store.settings)
        numbers, found = self._writer.put(new, [digest_of(article) for article in new], sketches, few=False)
        if replaces:  # its verdict knows the version that is no longer there
            return self._with_groups(verdicts)
        matches: dict[int, list[tuple[int, Match]]] = {number: [] for number in numbers.tolist()}
        for match, older, number in found:
            matches[number].append((older, match))
        gone: set[int] = set()
        for number, i in zip(matches, fresh, strict=True):
            seen = sorted((row for row in matches[number] if row[0] not in gone), key=lambda row: row[0])
            verdicts[i] = judge([match for _, match in seen])
            if verdicts[i].verdict == "duplicate":
                gone.add(number)
        if gone:
            self._writer.remove(sorted(gone))
        return self._with_groups(verdicts)
