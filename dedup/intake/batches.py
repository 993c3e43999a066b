"""A stream of records -> batches of bounded size, sketched in a thread while the batch before is stored."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

from dedup.digest import digest_of
from dedup.index import Store
from dedup.intake.fresh import Fresh, fresh
from dedup.model import Article, RecordError
from dedup.threads import one_thread

BATCH_ARTICLES = 10_000
BATCH_CHARACTERS = 15_000_000
"""A batch ends at either. Two are in memory at a time: that bounds it, whatever the size of the input."""
BATCH_SECONDS = 5.0
"""And it ends with the first record that comes so long after the one that began it: what a slow stream has
brought is not to wait until there are so many, nor to be lost with them."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some records of a stream in their order, and the digest of each article.

    `position` is what was noted when the last of them had been read. `ahead` are the articles that seemed to
    be new then, and `made` what is made of them.
    """

    articles: list[Article]
    errors: list[RecordError]
    digests: list[bytes]
    position: int
    ahead: list[Article]
    made: Future[Fresh]

    def fresh(self, articles: Sequence[Article], store: Store) -> Fresh:
        """What is made of those that are to be put in: as a rule ahead."""
        if len(articles) == len(self.ahead) and all(map(_is_named, articles, self.ahead)):
            made = self.made.result()
            own = zip(made.articles, articles, strict=True)
            return made._replace(articles=[o if o.id == a.id else replace(o, id=a.id) for o, a in own])
        return fresh(articles, store)


def _is_named(a: Article, b: Article) -> bool:
    """Whether an article is another one under the same id, or under the one that was given to it."""
    return a is b or (a.text is b.text and a == replace(b, id=a.id))


def batches(
    records: Iterable[Article | RecordError], store: Store, position: Callable[[], int]
) -> Iterator[Batch]:
    """The batches of a stream, each given when the next one has been read; of a slow one, at once.

    An error in the stream is raised after the batch before it has been given.
    """
    waiting: Batch | None = None
    with ThreadPoolExecutor(1) as pool:
        stream = _cut(records)
        while True:
            try:
                cut, slow = next(stream, (None, False))
            except Exception:
                if waiting is not None:
                    yield waiting
                raise
            ahead = None if cut is None else _begun(cut, store, position(), pool, first=waiting is None)
            if waiting is not None:
                yield waiting
            if ahead is None:
                return
            if slow:
                yield ahead
            waiting = None if slow else ahead


def _cut(records: Iterable[Article | RecordError]) -> Iterator[tuple[list[Article | RecordError], bool]]:
    """The records of each batch, and whether they came slowly."""
    part: list[Article | RecordError] = []
    size, begun = 0, 0.0
    for record in records:
        if not part:
            begun = time.monotonic()
        part.append(record)
        size += len(record.text) if isinstance(record, Article) else 0
        slow = time.monotonic() - begun >= BATCH_SECONDS
        if slow or len(part) >= BATCH_ARTICLES or size >= BATCH_CHARACTERS:
            yield part, slow
            part, size = [], 0
    if part:
        yield part, False


def _begun(
    records: list[Article | RecordError],
    store: Store,
    position: int,
    pool: ThreadPoolExecutor,
    *,
    first: bool,
) -> Batch:
    """A batch that is being sketched.

    The first is sketched in all threads, the others in one: the batch before needs the rest.
    """
    articles = [each for each in records if isinstance(each, Article)]
    named, known = store.articles.told_apart(articles)  # as far as it is known before the last batch is in
    errors = [record for record in records if isinstance(record, RecordError)]
    digests = [digest_of(article) for article in articles]
    new: dict[str, Article] = {}
    for article, digest in zip(named, digests, strict=True):
        if article.id not in known or known[article.id][1] != digest:
            new.setdefault(article.id, article)
    ahead = list(new.values())
    made = pool.submit(fresh if first else _by_one, ahead, store)
    return Batch(articles, errors, digests, position, ahead, made)


def _by_one(articles: Sequence[Article], store: Store) -> Fresh:
    with one_thread():
        return fresh(articles, store)
