"""The stages wired: add, check, groups, compare. The one place that knows all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import xxhash
from numpy.typing import NDArray

import dedup.compare as comparing
from dedup import group as grouping
from dedup.errors import InputError, UnknownArticle
from dedup.index import Store
from dedup.model import Article, Group, Match, RecordError, Relation, Report, Verdict
from dedup.read import record_to_article
from dedup.settings import Settings
from dedup.sketch import Sketches, bands_and_rows, join, sketch

__all__ = ["Explanation", "Index", "compare", "explain", "open"]

BATCH_ARTICLES = 20_000
BATCH_CHARACTERS = 32_000_000
"""A batch ends at either; it bounds the memory, whatever the size of the input."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why two articles are or are not a match.

    `band_probability` is P(candidate) by the bands at the pair's resemblance. `score` is the funnel's sum of
    ln(N/df) over shared keys against `score_bar`; None where no index tells df. `stored` says whether
    the index holds the pair as a match.
    """

    a: str
    b: str
    bands: int
    rows: int
    shared_bands: int
    band_probability: float
    fingerprints_a: int
    fingerprints_b: int
    shared_fingerprints: int
    score: float | None
    score_bar: float
    comparison: comparing.Comparison
    stored: bool


def open(  # noqa: A001  (the name of the contract)
    path: str | Path, *, settings: Settings | None = None, create: bool = True, lock_timeout: float = 5.0
) -> Index:
    """Open an index, making it where there is none (":memory:" for one that is not kept).

    Raises the children of IndexUnusable. `settings` are those of a new index; for an existing one they must
    agree in what gives its keys their meaning, and None takes its own.
    """
    return Index(Store.open(path, settings, create=create, lock_timeout=lock_timeout))


def compare(a: str | Article, b: str | Article, *, settings: Settings | None = None) -> Match | None:
    """Compare two texts or articles: what they share, or None if it is too little to be a match."""
    settings = settings or Settings()
    articles = _two(a, b)
    sketches = sketch([article.text for article in articles], settings)
    return comparing.matches(articles, sketches, np.array([[0, 1]]), settings)[0]


def explain(a: str | Article, b: str | Article, *, settings: Settings | None = None) -> Explanation:
    """Tell why two texts or articles are or are not a match."""
    return _explain(_two(a, b), settings or Settings())


def _two(a: str | Article, b: str | Article) -> list[Article]:
    return [x if isinstance(x, Article) else Article(name, x) for x, name in ((a, "a"), (b, "b"))]


def _explain(
    articles: Sequence[Article], settings: Settings, score: float | None = None, *, stored: bool = False
) -> Explanation:
    sketches = sketch([article.text for article in articles], settings)
    comparison = comparing.comparisons(articles, sketches, np.array([[0, 1]]), settings)[0]
    bands, rows = bands_and_rows(settings.threshold, settings.permutations)
    a, b = (sketches.key[sketches.keys[i] : sketches.keys[i + 1]] for i in (0, 1))
    shared = np.intersect1d(a, b)
    return Explanation(
        a=articles[0].id,
        b=articles[1].id,
        bands=bands,
        rows=rows,
        shared_bands=int(np.sum(shared & 1)),
        band_probability=1.0 - (1.0 - comparison.resemblance**rows) ** bands,
        fingerprints_a=int(np.sum(a & 1 == 0)),
        fingerprints_b=int(np.sum(b & 1 == 0)),
        shared_fingerprints=int(np.sum(shared & 1 == 0)),
        score=score,
        score_bar=settings.candidate_score,
        comparison=comparison,
        stored=stored,
    )


def digest_of(article: Article) -> bytes:
    """What tells whether an article has changed: XXH3-128 of everything but its id and where it was read."""
    published = article.published.isoformat() if article.published else None
    parts = (article.source, published, article.title, article.url, article.text)
    state = xxhash.xxh3_128()
    for part in parts:
        data = b"" if part is None else part.encode("utf-8", "surrogatepass")
        state.update(b"%d:" % (-1 if part is None else len(data)))
        state.update(data)
    return state.digest()


class Index:
    """Articles, their matches and groups, kept in one SQLite file. Made by `dedup.open`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def path(self) -> str:
        """Where the index is kept."""
        return str(self._store.path)

    @property
    def settings(self) -> Settings:
        """The settings it works with."""
        return self._store.settings

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._store.close()

    # -- putting in ------------------------------------------------------------------------------------

    def add(
        self,
        articles: Iterable[Article | RecordError | Mapping[str, Any]],
        *,
        progress: Callable[[int], None] | None = None,
        strict: bool = False,
    ) -> Report:
        """Add articles, find their matches, and bring the groups up to date.

        An article whose id is known is left alone if nothing in it changed, and replaced if something did.
        Each batch is one transaction: after a crash the index is as of the last batch. Records that cannot
        be read are reported and skipped; with `strict` the first raises InputError.
        """
        report = Report()
        newest = self._store.newest()
        stream = (self._readable(record) for record in articles)
        for batch in _batches(stream):
            errors = [record for record in batch if isinstance(record, RecordError)]
            if errors and strict:
                raise InputError(str(errors[0]))
            report.errors += errors
            self._add_batch([record for record in batch if isinstance(record, Article)], newest, report)
            if strict and len(report.errors) > len(errors):
                raise InputError(str(report.errors[-1]))
            if progress:
                progress(report.articles)
        with self._store.writing():
            self._store.record("last_add", datetime.now(UTC).isoformat(timespec="seconds"))
        return report

    def _readable(self, record: Article | RecordError | Mapping[str, Any]) -> Article | RecordError:
        if isinstance(record, Mapping):
            return record_to_article(record, fields=None, input="record", line=None)
        return record

    def _add_batch(self, articles: list[Article], newest: int, report: Report) -> None:
        """Add one batch in one transaction; `newest` is the last article that was there before this add."""
        report.articles += len(articles)
        digests = {id(article): digest_of(article) for article in articles}
        with self._store.writing():
            known = self._store.known([article.id for article in articles])
            fresh: dict[str, Article] = {}
            replaced: list[int] = []
            for article in articles:
                digest = digests[id(article)]
                if article.id in fresh:
                    same = digests[id(fresh[article.id])] == digest
                elif article.id in known:
                    number, before = known[article.id]
                    same = before == digest
                    if not same and number <= newest:
                        replaced.append(number)
                        fresh[article.id] = article
                        continue
                else:
                    fresh[article.id] = article
                    continue
                if same:
                    report.unchanged += 1
                else:
                    reason = f"id {article.id!r} was read before in this run with other content; the first is kept"
                    report.errors.append(RecordError(article.path or "record", article.line, reason))
            new = list(fresh.values())
            if replaced:
                self._remove(replaced)
            if new:
                report.matches += self._put(new, [digests[id(article)] for article in new])
            report.updated += len(replaced)
            report.added += len(new) - len(replaced)

    def _put(self, articles: list[Article], digests: list[bytes]) -> int:
        """Store, post, match and group new articles; how many matches they brought."""
        sketches = sketch([article.text for article in articles], self.settings)
        words, keys = np.diff(sketches.tokens).tolist(), np.diff(sketches.keys).tolist()
        numbers = self._store.put_articles(articles, digests, words, keys)
        self._store.post(numbers, sketches.keys, sketches.key)
        found = self._store.candidates(
            numbers, sketches.keys, sketches.key, before=True, min_score=self.settings.candidate_score
        )
        count, linked = 0, [np.empty(0, np.int64)]
        for matches, pairs in self._compare(articles, sketches, numbers, found.query, found.number):
            self._store.put_matches(pairs, matches)
            count += len(matches)
            linked.append(pairs[[match.relation.joins for match in matches]].ravel())
        self._regroup(np.unique(np.concatenate(linked)))
        return count

    def _compare(
        self,
        articles: Sequence[Article],
        sketches: Sketches,
        numbers: NDArray[np.int64],
        query: NDArray[np.int32],
        other: NDArray[np.int64],
    ) -> Iterator[tuple[list[Match], NDArray[np.int64]]]:
        """Compare new articles with their candidates, older ones first in each pair.

        Yields matches with the numbers of their articles. Candidates from outside the batch are read and
        sketched again, so many at a time that memory stays bounded.
        """
        place = {int(number): i for i, number in enumerate(numbers) if number >= 0}
        inside = np.isin(other, numbers)
        rows = np.array([place[int(n)] for n in other[inside]], np.int64)
        pairs = np.column_stack((rows, query[inside].astype(np.int64)))
        yield self._matches(articles, sketches, pairs, numbers)
        query, other = query[~inside], other[~inside]
        order = np.argsort(other, kind="stable")
        query, other = query[order], other[order]
        old, first = np.unique(other, return_index=True)
        first = np.append(first, len(other))
        for begin in range(0, len(old), BATCH_ARTICLES // 10):
            chunk = old[begin : begin + BATCH_ARTICLES // 10]
            part = slice(first[begin], first[begin + len(chunk)])
            older = self._store.articles(chunk)
            both = join((sketch([article.text for article in older], self.settings), sketches))
            rows = np.searchsorted(chunk, other[part])
            pairs = np.column_stack((rows, query[part].astype(np.int64) + len(chunk)))
            yield self._matches([*older, *articles], both, pairs, np.concatenate((chunk, numbers)))

    def _matches(
        self, articles: Sequence[Article], sketches: Sketches, pairs: NDArray[np.int64], numbers: NDArray[np.int64]
    ) -> tuple[list[Match], NDArray[np.int64]]:
        found = comparing.matches(articles, sketches, pairs, self.settings) if len(pairs) else []
        kept = [i for i, match in enumerate(found) if match is not None]
        return [match for match in found if match is not None], numbers[pairs[kept]].reshape(-1, 2)

    # -- grouping --------------------------------------------------------------------------------------

    def _regroup(self, touched: NDArray[np.int64]) -> None:
        """Find anew the groups of the articles that `touched` can reach by matches that join."""
        if not len(touched):
            return
        links = self._store.links_around(touched)
        before = self._store.membership(np.unique(np.concatenate((touched, links.a, links.b))))
        names: dict[int, str] = {}
        if len(links.a):
            numbers, labels = grouping.partition(
                grouping.Links(links.a, links.b, links.strength, links.resemblance)
            )
            members: dict[int, list[int]] = {}
            for number, label in zip(numbers.tolist(), labels.tolist(), strict=True):
                members.setdefault(label, []).append(number)
            members = {label: own for label, own in members.items() if len(own) > 1}
            ids = dict(zip(numbers.tolist(), self._store.ids(numbers), strict=True))
            named = grouping.name_groups(members, ids, before)
            names = {number: named[label] for label, own in members.items() for number in own}
        self._store.put_groups(
            {n: names.get(n) for n in {*before, *names} if names.get(n) != before.get(n)}
        )

    def groups(self) -> Iterator[Group]:
        """All groups, the largest first."""
        for name, numbers in self._store.groups():
            yield self._group(name, numbers)

    def _group(self, name: str, numbers: NDArray[np.int64]) -> Group:
        return grouping.describe(name, self._store.articles(numbers), self._store.matches_among(numbers))

    def group_of(self, id: str) -> Group | None:  # noqa: A002  (the contract's word)
        """The group of an article; None if it has none. Raises UnknownArticle."""
        name = self._store.membership(np.array([self._number(id)])).get(self._number(id))
        return None if name is None else self._group(name, self._store.members(name))

    # -- asking ----------------------------------------------------------------------------------------

    def check(self, article: Article | Mapping[str, Any]) -> Verdict:
        """Tell what the index has of an article, without inserting anything."""
        record = self._readable(article)
        if isinstance(record, RecordError):
            raise InputError(str(record))
        known = self._store.known([record.id]).get(record.id)
        if known is not None and known[1] == digest_of(record):
            group = self._store.membership(np.array([known[0]])).get(known[0], record.id)
            reason = f"this very article is in the index as {record.id}"
            return Verdict("duplicate", Relation.IDENTICAL, record.id, group, 1.0, reason)
        sketches = sketch([record.text], self.settings)
        nobody = np.array([-1], np.int64)
        found = self._store.candidates(
            nobody, sketches.keys, sketches.key, before=False, min_score=self.settings.candidate_score
        )
        matches: list[Match] = []
        owners: list[int] = []
        for part, pairs in self._compare([record], sketches, nobody, found.query, found.number):
            matches += part
            owners += pairs[:, 0].tolist()
        return self._verdict(matches, owners)

    def _verdict(self, matches: list[Match], owners: list[int]) -> Verdict:
        """The verdict on a new article (the b of every match), from its closest match."""
        if not matches:
            return Verdict("new", reason="it shares too little with any article of the index")
        order = list(Relation)
        ranked = sorted(
            range(len(matches)),
            key=lambda i: (order.index(matches[i].relation), -matches[i].resemblance, owners[i]),
        )
        best, owner = matches[ranked[0]], owners[ranked[0]]
        group = self._store.membership(np.array([owner])).get(owner, best.a)
        score = max(best.containment_a, best.containment_b)
        verdict = "new"
        if best.relation in (Relation.IDENTICAL, Relation.NEAR_DUPLICATE):
            verdict = "duplicate"
        elif best.relation is Relation.EXCERPT and best.containment_b >= best.containment_a:
            verdict = "duplicate"
        elif best.relation.joins:
            verdict = "related"
        return Verdict(
            verdict,
            best.relation,
            best.a,
            group if best.relation.joins else None,
            score,
            _reason(best),
            tuple(matches[i] for i in ranked),
        )

    def match(self, a: str, b: str) -> Match | None:
        """The stored match of two articles. Raises UnknownArticle."""
        first, second = sorted((self._number(a), self._number(b)))
        return self._store.match(first, second)

    def matches_of(self, id: str) -> list[Match]:  # noqa: A002
        """All matches of an article, those that join no group too. Raises UnknownArticle."""
        return self._store.matches_of(self._number(id))

    def explain(self, a: str, b: str) -> Explanation:
        """Tell why two articles of the index are or are not a match. Raises UnknownArticle."""
        numbers = np.array(sorted((self._number(a), self._number(b))), np.int64)
        articles = self._store.articles(numbers)
        sketches = sketch([articles[1].text], self.settings)
        found = self._store.candidates(numbers[1:], sketches.keys, sketches.key, before=True, min_score=0.0)
        score = float(found.score[found.number == numbers[0]].sum())
        stored = self._store.match(int(numbers[0]), int(numbers[1])) is not None
        return _explain(articles, self.settings, score, stored=stored)

    def article(self, id: str) -> Article:  # noqa: A002
        """An article of the index. Raises UnknownArticle."""
        return self._store.articles(np.array([self._number(id)]))[0]

    def _number(self, id: str) -> int:  # noqa: A002
        number = self._store.number_of(id)
        if number is None:
            raise UnknownArticle(f"{self.path}: no article has the id {id!r}")
        return number

    def info(self) -> dict[str, object]:
        """Counts, sizes, settings and times of the index."""
        return self._store.info()

    # -- taking out ------------------------------------------------------------------------------------

    def remove(self, ids: Iterable[str]) -> int:
        """Remove articles with all that hangs on them; how many. Raises UnknownArticle, removing none."""
        with self._store.writing():
            numbers = [self._number(id) for id in ids]
            self._remove(numbers)
        return len(numbers)

    def prune(self, older_than: timedelta) -> int:
        """Remove the articles published (or, where that is unknown, added) longer ago than this; how many."""
        with self._store.writing():
            numbers = self._store.older_than(datetime.now(UTC) - older_than)
            self._remove(numbers)
        return len(numbers)

    def _remove(self, numbers: Sequence[int]) -> None:
        """Remove articles, and regroup those that they were matched with."""
        gone = np.unique(np.asarray(numbers, np.int64))
        links = self._store.links_around(gone)
        self._store.remove(gone)
        self._regroup(np.setdiff1d(np.concatenate((links.a, links.b)), gone))


def _reason(match: Match) -> str:
    """One sentence for a person: what a new article (b) shares with a known one (a)."""
    own, share = match.a, f"{match.containment_b:.0%}"
    words = sum(passage.words for passage in match.passages)
    return {
        Relation.IDENTICAL: f"its words are those of {own}",
        Relation.REVISION: f"it is another version of {own} from the same source",
        Relation.NEAR_DUPLICATE: f"it is nearly the same as {own} (resemblance {match.resemblance:.2f})",
        Relation.EXCERPT: f"one of the two is mostly contained in the other: {own} holds {share} of it",
        Relation.DERIVED: f"it shares {len(match.passages)} passages ({words} words) with {own}",
        Relation.QUOTE: f"it shares only quotations with {own}",
        Relation.TEMPLATE: f"it fills the same form as {own} with other facts",
    }[match.relation]


def _batches(
    records: Iterable[Article | RecordError],
) -> Iterator[list[Article | RecordError]]:
    """Cut a stream into batches of bounded size."""
    batch: list[Article | RecordError] = []
    size = 0
    for record in records:
        batch.append(record)
        size += len(record.text) if isinstance(record, Article) else 0
        if len(batch) >= BATCH_ARTICLES or size >= BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
