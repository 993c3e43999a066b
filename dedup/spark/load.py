"""The data sets of a Spark run -> an index that the other commands open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np

from dedup.errors import IndexUnusable
from dedup.index import Store
from dedup.intake.fresh import fresh
from dedup.intake.writer import counted
from dedup.model import Match, Passage, Relation, Span
from dedup.settings import Settings
from dedup.spark.arrow import articles_of

AT_ONCE = 20_000
COLUMNS = (
    "number",
    "id",
    "source",
    "published",
    "title",
    "url",
    "path",
    "byline",
    "language",
    "text",
    "digest",
)


def load(path: str, settings: Settings, sketches: Any, matches: Any, groups: Any) -> None:
    """Put articles (in order of their numbers), matches and groups into a new index. Raises IndexUnusable."""
    with Store.open(path, settings) as store:
        if store.articles.count():
            raise IndexUnusable(f"{path}: it holds articles already; name a new index")
        number: dict[int, int] = {}
        with store.writing():
            for rows in _parts(sketches.sort("number").select(*COLUMNS).toLocalIterator()):
                _put_articles(store, rows, number)
            for rows in _parts(matches.toLocalIterator()):
                pairs = np.array([[number[row.a], number[row.b]] for row in rows], np.int64)
                store.matches.put(pairs, [match_of(row) for row in rows])
            for row in groups.select("id", "numbers").toLocalIterator():
                store.groups.put({number[member]: row.id for member in row.numbers})


def _parts(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while part := list(islice(rows, AT_ONCE)):
        yield part


def _put_articles(store: Store, rows: Sequence[Any], number: dict[int, int]) -> None:
    """As `add` puts them, so that lines are counted on by it."""
    articles = articles_of([row.asDict() for row in rows])
    digests = [bytes(row.digest) for row in rows]
    numbers, sketches, _ = counted(store, fresh(articles, store), digests)
    store.postings.post(numbers, sketches.keys, sketches.key)
    number.update(zip((row.number for row in rows), numbers.tolist(), strict=True))


def match_of(row: Any) -> Match:
    """A row of the data set of matches."""
    return Match(
        a=row.a_id,
        b=row.b_id,
        relation=Relation(row.relation),
        resemblance=row.resemblance,
        containment_a=row.containment_a,
        containment_b=row.containment_b,
        passages=tuple(
            Passage(
                Span(p.a_start, p.a_end), Span(p.b_start, p.b_end), p.words, p.similarity,
                quoted=p.quoted, weight=p.weight,
            )
            for p in row.passages
        ),
    ).weighing(row.weight)  # fmt: skip
