"""Plain text: a file is an article, all of it but for its headline and what else stands above it."""

from __future__ import annotations

from typing import BinaryIO, Final

from dedup.errors import InputError
from dedup.model import Article
from dedup.patterns import pattern
from dedup.read import html_page
from dedup.read.formats import Format, Later, Origin, Records
from dedup.read.headline import head
from dedup.read.markup import is_page, unmarked
from dedup.read.stream import read_all

_CREDIT: Final = pattern(r"[(/][A-Za-z][\w.&'’ -]{1,40}[)/]")
"""What a dateline has, and few other texts in their first lines: (Reuters), /TASS/."""


def read(stream: BinaryIO, origin: Origin) -> Records:
    """One article. What its head does not say plainly, as a wire story's or a page's does, is not known."""
    yield record(read_all(stream), origin)


def record(data: bytes, origin: Origin) -> Article | Later:
    """The article that these bytes are; what is a page of HTML, whatever its name, is read as one."""
    return html_page.later(data, origin) if is_page(data[:512].decode("latin-1")) else _article(data, origin)


def _article(data: bytes, origin: Origin) -> Article:
    text, guessed = origin.decode(data)
    if not text or text.isspace():
        raise InputError("empty" if not text else "no text: nothing but white space")
    if "<" in text or "&" in text:
        text = unmarked(text)
        if not text:
            raise InputError("no text: nothing but markup")
    told = None
    if _CREDIT.search(text, 0, 2560):
        from dedup.read import wire  # its patterns take 5 ms to make, and most texts have no use for them

        told = wire.story(text)
    told = told or head(text)
    if told is None:
        return Article(id=origin.id, text=text, path=origin.name, guessed=guessed)
    return Article(
        id=origin.id, text=text[told.start :], source=told.source, published=told.published,
        title=told.title, path=origin.name, byline=told.byline, guessed=guessed,
    )  # fmt: skip


FORMAT = Format("text", (".txt", ".text", ".md"), read)
