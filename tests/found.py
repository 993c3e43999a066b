"""What tests look at: the groups of an index, the comparison of two texts, what an article was read as."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from dedup import Article, Index, Settings
from dedup.comparison import Comparison, comparisons
from dedup.index.candidates import Frequency
from dedup.sketch import sketch


def groups_of(index: Index) -> list[list[str]]:
    """The ids of the articles of each group, in an order that does not depend on who came first."""
    return sorted(sorted(group.articles) for group in index.groups())


def compared(a: str, b: str, frequency: float | None = None) -> Comparison:
    """Two texts compared, match or not; `frequency` is how many articles have what they share."""
    articles = [Article("a", a), Article("b", b)]
    many = None if frequency is None else Frequency(np.array([frequency]), *np.zeros((3, 1), np.bool_))
    sketches = sketch([a, b], Settings())
    return comparisons(articles, sketches, np.array([[0, 1]]), Settings(), frequency=many)[0]


def parts(article: Article) -> tuple[str, str, str | None, datetime | None, str | None, str | None]:
    """Id, text, source, time, title and address."""
    return article.id, article.text, article.source, article.published, article.title, article.url
