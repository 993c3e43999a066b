"""A stream of records -> batches of bounded size, sketched in threads while the batch before is stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

from dedup.digest import digest_of
from dedup.index import Store
from dedup.model import Article, RecordError
from dedup.read.language import with_languages
from dedup.settings import Settings
from dedup.sketch import Sketches, sketch

BATCH_ARTICLES = 10_000
BATCH_CHARACTERS = 15_000_000
"""A batch ends at either. Two are in memory at a time: that bounds it, whatever the size of the input."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Some records of a stream in their order, and the digest of each article.

    `position` is what was noted when the last of them had been read. `ahead` has the articles that seemed to
    be new then, `new`, with their languages, and their sketches.
    """

    articles: list[Article]
    errors: list[RecordError]
    digests: list[bytes]
    position: int
    new: list[Article]
    ahead: Future[tuple[list[Article], Sketches]]

    def sketched(self, articles: Sequence[Article], store: Store) -> tuple[list[Article], Sketches]:
        """Those that are to be put in, with their languages, and their sketches: as a rule made ahead."""
        if len(articles) == len(self.new) and all(map(_is_text, articles, self.new)):
            made, sketches = self.ahead.result()
            own = zip(made, articles, strict=True)
            return [one if one.id == a.id else replace(one, id=a.id) for one, a in own], sketches
        return _sketched(articles, store.settings)


def _is_text(a: Article, b: Article) -> bool:
    return a.text is b.text


def batches(
    records: Iterable[Article | RecordError], store: Store, position: Callable[[], int]
) -> Iterator[Batch]:
    """The batches of a stream, each given when the next one has been read.

    An error in the stream is raised after the batch before it has been given.
    """
    waiting: Batch | None = None
    with ThreadPoolExecutor(1) as pool:
        stream = _cut(records)
        while True:
            try:
                cut = next(stream, None)
            except Exception:
                if waiting is not None:
                    yield waiting
                raise
            ahead = None if cut is None else _begun(cut, store, position(), pool)
            if waiting is not None:
                yield waiting
            if ahead is None:
                return
            waiting = ahead


def _cut(records: Iterable[Article | RecordError]) -> Iterator[list[Article | RecordError]]:
    part: list[Article | RecordError] = []
    size = 0
    for record in records:
        part.append(record)
        size += len(record.text) if isinstance(record, Article) else 0
        if len(part) >= BATCH_ARTICLES or size >= BATCH_CHARACTERS:
            yield part
            part, size = [], 0
    if part:
        yield part


def _begun(
    records: list[Article | RecordError], store: Store, position: int, pool: ThreadPoolExecutor
) -> Batch:
    """A batch whose sketches are being made."""
    articles = [each for each in records if isinstance(each, Article)]
    named, known = store.articles.told_apart(articles)  # as far as it is known before the last batch is in
    errors = [record for record in records if isinstance(record, RecordError)]
    digests = [digest_of(article) for article in articles]
    fresh: dict[str, Article] = {}
    for article, digest in zip(named, digests, strict=True):
        if article.id not in known or known[article.id][1] != digest:
            fresh.setdefault(article.id, article)
    new = list(fresh.values())
    return Batch(articles, errors, digests, position, new, pool.submit(_sketched, new, store.settings))


def _sketched(articles: Sequence[Article], settings: Settings) -> tuple[list[Article], Sketches]:
    return with_languages(articles), sketch([article.text for article in articles], settings)
