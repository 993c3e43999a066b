"""Plain text: a file is an article."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from dedup.errors import InputError
from dedup.model import Article, RecordError
from dedup.read.formats import Format, Origin
from dedup.read.stream import read_all


def read(stream: BinaryIO, origin: Origin) -> Iterator[Article | RecordError]:
    """One article, the whole of the text as it stands: of a title or a date in it nothing is guessed."""
    yield article(read_all(stream), origin)


def article(data: bytes, origin: Origin) -> Article:
    """The article that these bytes are."""
    text, guessed = origin.decode(data)
    if not text or text.isspace():
        raise InputError("empty" if not text else "no text: nothing but white space")
    return Article(id=origin.id, text=text, path=origin.name, guessed=guessed)


FORMAT = Format("text", (".txt", ".text", ".md"), read)
