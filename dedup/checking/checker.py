"""What an index says of articles that it may not hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from operator import itemgetter

import numpy as np

from dedup.checking.verdict import judge
from dedup.digest import digest_of, is_outdated, page_of
from dedup.funnel.closest import Before
from dedup.funnel.matching import find_matches
from dedup.funnel.older import Older
from dedup.intake.fresh import of_sketched
from dedup.intake.run import Run
from dedup.intake.writer import Writer
from dedup.model import Article, Match, Relation, Verdict, VerdictKind
from dedup.sketch import Sketches, sketch, take


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
        articles, _ = self._store.articles.told_apart(articles)
        return self._with_groups(_named(self._check(articles, None, every=every), articles))

    def _check(
        self,
        articles: Sequence[Article],
        sketches: Sketches | None,
        *,
        every: bool,
        copies: bool = False,
    ) -> list[Verdict]:
        """The same without groups, by the `sketches` if there are some; `copies` as of `find_matches`."""
        known = self._store.articles.known([article.id for article in articles])
        verdicts: dict[int, Verdict] = {}
        unknown: list[int] = []
        for i, article in enumerate(articles):
            if article.id in known and known[article.id][1] == digest_of(article):
                reason = f"this very article is in the index as {article.id}"
                verdicts[i] = Verdict(
                    VerdictKind.DUPLICATE, Relation.IDENTICAL, article.id, article.id, 1.0, reason
                )
            else:
                unknown.append(i)
        found: list[list[tuple[int, Match]]] = [[] for _ in unknown]
        if unknown:
            fresh = [articles[i] for i in unknown]
            nobody = np.full(len(fresh), -1, np.int64)
            own = (
                sketch([article.text for article in fresh], self._store.settings)
                if sketches is None
                else take(sketches, np.array(unknown))
            )
            for match, older, query in find_matches(
                self._older, fresh, own, nobody, every=every, copies=copies
            ):
                found[query].append((older, match))
        for i, matches in zip(unknown, found, strict=True):
            verdicts[i] = judge([match for _, match in sorted(matches, key=itemgetter(0))])
        return [verdicts[i] for i in range(len(articles))]

    def _with_groups(self, verdicts: list[Verdict]) -> list[Verdict]:
        """Name the groups that the verdicts point to, as they are now; an article alone is its own group."""
        known = self._store.articles.known({v.of for v in verdicts if v.of})
        numbers = {name: number for name, (number, _) in known.items()}
        names = self._store.groups.of(np.array(sorted(numbers.values()), np.int64))
        return [
            replace(v, group=names.get(numbers[v.of], v.of) if v.group and v.of else v.group)
            for v in verdicts
        ]

    def check_and_add(self, articles: Sequence[Article]) -> list[Verdict]:
        """Check articles, each against the index and those of `articles` before it that are no duplicates."""
        sketches = sketch([article.text for article in articles], self._store.settings)
        cuts = self._cuts(articles, sketches)
        with self._store.postings.ahead(sketches.key):
            verdicts = [
                verdict
                for begin, end in pairwise([0, *cuts, len(articles)])
                for verdict in self._check_and_add(articles[begin:end], take(sketches, np.arange(begin, end)))
            ]
        return self._with_groups(verdicts)

    def _cuts(self, given: Sequence[Article], sketches: Sketches) -> list[int]:
        """Where a new part of the articles begins, so that none depends on another of its part.

        A new version of an article is alone, for others may be like the old one, which makes way unless the
        new one is a duplicate. What may be a duplicate of another begins a part, so that it is told before it
        is counted, and so does what may be another version of it, or has its id.
        """
        articles, known = self._store.articles.told_apart(given)
        before = Before(sketches, self._store.settings)
        cuts: list[int] = []
        begin, alone = 0, False
        ids, pages = set[str](), set[str]()
        for i, article in enumerate(articles):
            replaces = article.id in known and known[article.id][1] != digest_of(article)
            replaces = replaces or not ids.isdisjoint((article.id, given[i].id))
            page = page_of(article.url) if article.url else None
            if i and (alone or replaces or page in pages or before.may_hold(i, since=begin)):
                cuts.append(i)
                begin = i
                pages.clear()
            alone = replaces
            ids |= {article.id, given[i].id}
            if page is not None:
                pages.add(page)
        return cuts

    def _check_and_add(self, articles: Sequence[Article], sketches: Sketches) -> list[Verdict]:
        """The same without groups, for articles of distinct ids, of which the index has none, or for one."""
        articles, known = self._store.articles.told_apart(articles)
        replaced = [known[a.id][0] for a in articles if a.id in known] if len(articles) == 1 else []
        verdicts = self._check(articles, sketches, every=False, copies=not replaced)
        if replaced and is_outdated(articles[0], self._store.articles.get(replaced, texts=False)[0]):
            return _named(verdicts, articles)
        for begin, end in pairwise([0, *_doubtful(verdicts, sketches), len(articles)]):
            part, own = articles[begin:end], take(sketches, np.arange(begin, end))
            told = verdicts[begin:end]
            if begin:  # those before it are counted now
                told[:1] = self._check(part[:1], take(own, np.arange(1)), every=False, copies=True)
            verdicts[begin:end] = self._added(part, own, told, replaced)
        return _named(verdicts, articles)

    def _added(
        self, articles: Sequence[Article], sketches: Sketches, verdicts: list[Verdict], replaced: list[int]
    ) -> list[Verdict]:
        """Add those of articles that are no duplicates by their verdicts; all verdicts, as they are then."""
        kept = [i for i, verdict in enumerate(verdicts) if verdict.verdict is not VerdictKind.DUPLICATE]
        if not kept:
            return verdicts
        new = of_sketched([articles[i] for i in kept], take(sketches, np.array(kept)), self._store)
        digests = [digest_of(article) for article in new.articles]
        numbers, found = self._writer.put(new, digests, replaced, Run())
        if replaced:  # its verdict knows the version that has made way for it
            told = verdicts[0]
            if told.verdict is VerdictKind.NEW:  # which may be another article, if ids are given twice
                told = replace(told, reason=f"{told.reason}; what had its id made way for it")
            return [told]
        matches: dict[int, list[tuple[int, Match]]] = {number: [] for number in numbers.tolist()}
        for match, older, number in found:
            matches[number].append((older, match))
        gone: set[int] = set()
        for number, i in zip(matches, kept, strict=True):
            seen = sorted((row for row in matches[number] if row[0] not in gone), key=itemgetter(0))
            verdicts[i] = judge([match for _, match in seen])
            if verdicts[i].verdict is VerdictKind.DUPLICATE:
                gone.add(number)
        if gone:
            self._writer.remove(sorted(gone))
        return verdicts


def _named(verdicts: Sequence[Verdict], articles: Sequence[Article]) -> list[Verdict]:
    """The verdicts with the ids of their articles."""
    return [replace(v, id=article.id) for article, v in zip(articles, verdicts, strict=True)]


def _doubtful(verdicts: Sequence[Verdict], sketches: Sketches) -> list[int]:
    """Which of articles may be no duplicates once those before them are counted that are none.

    For what more have may be a form. Only the same words are a copy whatever has them.
    """
    doubtful: list[int] = []
    counted: set[int] = set()
    for i, (begin, end) in enumerate(pairwise(sketches.keys.tolist())):
        keys, verdict = sketches.key[begin:end].tolist(), verdicts[i]
        duplicate = verdict.verdict is VerdictKind.DUPLICATE
        if duplicate and verdict.relation is not Relation.IDENTICAL and not counted.isdisjoint(keys):
            doubtful.append(i)
        if not duplicate or doubtful[-1:] == [i]:
            counted.update(keys)
    return doubtful
