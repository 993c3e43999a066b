"""The second pass over the inputs: each article with its number and its keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from dedup.digest import digest_of
from dedup.errors import InputError
from dedup.model import Article, RecordError, of_another
from dedup.read.language import with_languages
from dedup.settings import Settings
from dedup.sketch import sketch
from dedup.spark.arrow import SKETCH, schema_of
from dedup.spark.lines import sampled_of
from dedup.spark.records import Numbering
from dedup.spark.source import UNNAMED, Block, Source, blocks, mapped
from dedup.threads import one_thread

ARTICLES = 2_000
CHARACTERS = 4_000_000
"""A batch ends at either."""


def find_sketches(spark: Any, source: Source, numbering: Numbering, settings: Settings) -> Any:
    """The DataFrame of all articles of a run with their keys."""
    shared = spark.sparkContext.broadcast(numbering)
    return mapped(spark, source, partial(_sketched, numbering=shared, settings=settings), SKETCH)


def _sketched(
    batches: Iterator[Any], manner: str, source: Source, numbering: Any, settings: Settings
) -> Iterator[Any]:
    told: Numbering = numbering.value
    room: list[tuple[int, Article]] = []
    characters = 0
    for block in blocks(batches, manner, source):
        for number, article in _kept(block, told, source):
            room.append((number, article))
            characters += len(article.text)
            if len(room) >= ARTICLES or characters >= CHARACTERS:
                yield _batch(room, settings)
                room, characters = [], 0
    if room:
        yield _batch(room, settings)


def _kept(block: Block, told: Numbering, source: Source) -> Iterator[tuple[int, Article]]:
    """The articles of a block that are not left out, with their numbers."""
    where, none = (block.file, block.start), np.zeros(0, np.int64)
    if where not in told.first:
        raise InputError(f"{source.files[block.file].name}: it has changed since it was read (--overwrite)")
    dropped, others = (set(of.get(where, none).tolist()) for of in (told.dropped, told.others))
    before = told.lines[where]
    number = told.first[where]
    for place, record in enumerate(block.records):
        if isinstance(record, RecordError) or place in dropped:
            continue
        article = _placed(record, source.files[block.file].id, before)
        yield number, of_another(article) if place in others else article
        number += 1


def _placed(article: Article, name: str, before: int) -> Article:
    """The article with its line in the file, and the id that follows from it where it brings none."""
    if before and article.line is not None:
        article = replace(article, line=article.line + before)
    if article.id.startswith(UNNAMED):
        article = replace(article, id=f"{name}#{int(article.id.rpartition('#')[2]) + before}")
    return article


@one_thread()  # Spark gives each core a process
def _batch(rows: list[tuple[int, Article]], settings: Settings) -> Any:
    articles = [article for _, article in rows]
    sketches = sketch([article.text for article in articles], settings)
    key = memoryview(sketches.key.tobytes())
    columns = {
        "number": [number for number, _ in rows],
        "id": [article.id for article in articles],
        "source": [article.source for article in articles],
        "published": [article.published.isoformat() if article.published else None for article in articles],
        "title": [article.title for article in articles],
        "url": [article.url for article in articles],
        "path": [article.path for article in articles],
        "line": [article.line for article in articles],
        "byline": [article.byline for article in articles],
        "language": [article.language for article in with_languages(articles)],
        "text": [article.text for article in articles],
        "digest": [digest_of(article) for article in articles],
        "words": (sketches.tokens[1:] - sketches.tokens[:-1]).tolist(),
        "keys": [
            bytes(key[8 * begin : 8 * end])
            for begin, end in zip(sketches.keys[:-1].tolist(), sketches.keys[1:].tolist(), strict=True)
        ],
        **sampled_of(articles, sketches),
    }
    return pa.RecordBatch.from_pydict(columns, schema_of(SKETCH))
