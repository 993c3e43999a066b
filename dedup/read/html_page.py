"""HTML pages, by trafilatura: the text of the article without the furniture of the page."""

from __future__ import annotations

import re
from typing import BinaryIO, Final

from dedup.errors import InputError, PackageMissing
from dedup.extras import needed
from dedup.model import Article, RecordError
from dedup.patterns import pattern
from dedup.read.encodings import Decoded
from dedup.read.extraction import extract
from dedup.read.formats import Format, Later, Origin, Records
from dedup.read.inputs import brief
from dedup.read.stream import read_all, size

PAGE: Final = 32 << 20
"""Bytes of a page; trafilatura holds some twenty times as much."""
_DECLARED: Final = pattern(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)


def read(stream: BinaryIO, origin: Origin) -> Records:
    """One article a page, with the title, date, site and canonical link that the page gives."""
    needed("trafilatura", "html")
    page = read_all(stream, PAGE)
    if not is_report(page):
        yield later(page, origin)


def is_report(page: bytes) -> bool:
    """Whether a page is a report of dedup, which may lie in a folder of articles but is none of them."""
    return b'<meta name="generator" content="dedup ' in page[:4096]


def later(page: bytes, origin: Origin) -> Later:
    """The article of a page, to be made by another process where there are many."""
    return Later(article, (page, origin.own()), origin.name, len(page))


def article(page: bytes, origin: Origin) -> Article | RecordError:
    """The article of a page; its id is its address where that is known."""
    try:
        if len(page) > PAGE:
            raise InputError(f"larger than {size(PAGE)}")
        text, guessed = text_of(page, origin)
        found = extract(text, origin.url)
        if found is None:
            raise InputError("no article found in the page")
    except InputError as error:
        reason = f"{brief(origin.url, 200)}: {error}" if origin.url else str(error)
        return RecordError(origin.name, None, reason, passing=isinstance(error, PackageMissing))
    found["id"] = origin.url
    return origin.guessed(guessed).fields.article(found, origin.name, None, origin.id)


def text_of(page: bytes, origin: Origin) -> Decoded:
    """The characters of a page by its byte order mark, the server's word or its own, or else as they seem."""
    if not page.strip():
        raise InputError("empty")
    match = _DECLARED.search(page[:4096])
    return origin.decode(page, match[1].decode("ascii") if match else None)


FORMAT = Format("HTML", (".html", ".htm", ".xhtml"), read)
