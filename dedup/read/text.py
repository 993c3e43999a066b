"""Plain text: a file is an article, all of it but for what stands above the dateline of a wire story."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from dedup.errors import InputError
from dedup.model import Article, RecordError
from dedup.read.formats import Format, Origin
from dedup.read.stream import read_all

_CREDIT: Final = re.compile(r"[(/][A-Za-z][\w.&'’ -]{1,40}[)/]")
"""What a dateline has, and few other texts in their first lines: (Reuters), /TASS/."""


def read(stream: BinaryIO, origin: Origin) -> Iterator[Article | RecordError]:
    """One article. Unless it is a wire story, nothing is guessed of a title or a date in the text."""
    yield article(read_all(stream), origin)


def article(data: bytes, origin: Origin) -> Article:
    """The article that these bytes are."""
    text, guessed = origin.decode(data)
    if not text or text.isspace():
        raise InputError("empty" if not text else "no text: nothing but white space")
    told = None
    if _CREDIT.search(text, 0, 2560):
        from dedup.read import wire  # its patterns take 5 ms to make, and most texts have no use for them

        told = wire.story(text)
    if told is not None:
        return Article(
            id=origin.id, text=text[told.start :], source=told.source, published=told.published,
            title=told.title, path=origin.name, byline=told.byline, guessed=guessed,
        )  # fmt: skip
    return Article(id=origin.id, text=text, path=origin.name, guessed=guessed)


FORMAT = Format("text", (".txt", ".text", ".md"), read)
