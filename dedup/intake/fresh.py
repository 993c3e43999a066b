"""New articles -> all that is made of them by themselves, before an index is asked about them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dedup.boilerplate import Lines, lines_of
from dedup.digest import hashes_of_words
from dedup.index import Store
from dedup.model import Article
from dedup.read.language import with_languages
from dedup.sketch import Sketches, sketch
from dedup.sketch.content import content_of, packed


class Fresh(NamedTuple):
    """New articles with their languages, their sketches, and their lines, side by side.

    `content` are the packed content words of each, and `same`, for an index that keeps no texts, a hash of
    its words in their place; the other is empty.
    """

    articles: list[Article]
    sketches: Sketches
    lines: Lines
    content: list[memoryview]
    same: list[int]


def fresh(articles: Sequence[Article], store: Store) -> Fresh:
    """Articles that are to be put into a store."""
    return of_sketched(articles, sketch([article.text for article in articles], store.settings), store)


def of_sketched(articles: Sequence[Article], sketches: Sketches, store: Store) -> Fresh:
    """The same of articles that are sketched already."""
    lines = lines_of([article.text for article in articles], sketches)
    content = list(packed(content_of(sketches))) if store.keeps_texts else []
    same = [] if store.keeps_texts else hashes_of_words(sketches)
    return Fresh(with_languages(articles), sketches, lines, content, same)
