"""The language of a text, by CLD2: small, local, and quick enough to be asked of every article."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from importlib import import_module
from typing import Any, Final

from dedup.model import Article
from dedup.read.labels import code

_ENOUGH: Final = 240
"""Characters that are looked at: more hardly change the answer, and their cost grows with them."""


def language_of(text: str) -> str | None:
    """The code of the language that a text is written in, None where that is not plain.

    None, too, where pycld2 is not installed: it has no packages for some kinds of machine.
    """
    detector = _detector()
    if detector is None:
        return None
    start = text[:_ENOUGH]
    try:
        reliable, _, found = detector.detect(start.encode("utf-8", "replace"), isPlainText=True)
    except detector.error:  # controls and unassigned characters are no text to it
        start = "".join(c if c.isprintable() else " " for c in start)
        reliable, _, found = detector.detect(start.encode("utf-8", "replace"), isPlainText=True)
    return code(found[0][1]) if reliable else None


def with_languages(articles: Iterable[Article]) -> list[Article]:
    """The articles, those without a language with the one that they are written in."""
    return [a if a.language else replace(a, language=language_of(a.text)) for a in articles]


@cache
def _detector() -> Any:
    try:
        return import_module("pycld2")
    except ImportError:
        return None
