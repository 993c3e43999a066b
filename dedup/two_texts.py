"""Two texts that no index holds, compared: what they share, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dedup.comparison import matches
from dedup.explanation import Explanation, explain_pair
from dedup.model import Article, Match
from dedup.read.given import one
from dedup.settings import DEFAULTS, Settings
from dedup.sketch import sketch

__all__ = ["compare", "explain"]

Given = str | Article | Mapping[str, Any]
"""A text, an article, or a record that holds one."""


def compare(a: Given, b: Given, *, settings: Settings | None = None) -> Match | None:
    """Compare two texts or articles: what they share, or None if it is too little to be a match.

    Raises InputError where one cannot be read, TypeError where it is no article.
    """
    settings = settings or DEFAULTS
    articles = [_named(a, "a"), _named(b, "b")]
    sketches = sketch([article.text for article in articles], settings, keys=False)
    return matches(articles, sketches, np.array([[0, 1]]), settings)[0]


def explain(a: Given, b: Given, *, settings: Settings | None = None) -> Explanation:
    """Tell why two texts or articles are or are not a match; raises as `compare` does."""
    return explain_pair([_named(a, "a"), _named(b, "b")], settings or DEFAULTS)


def _named(given: Given, name: str) -> Article:
    """What is given as an article, which has this name if it brings none."""
    if isinstance(given, str):
        return Article(name, given)
    if isinstance(given, Article):
        return given
    return one({"id": name, **given} if isinstance(given, Mapping) else given)
