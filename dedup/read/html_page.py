"""HTML pages, by trafilatura: the text of the article without the furniture of the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any, BinaryIO, Final

from dedup.errors import InputError, PackageMissing
from dedup.model import Article, RecordError
from dedup.read.dates import published
from dedup.read.encodings import Decoded
from dedup.read.formats import Format, Later, Origin, Records, needed
from dedup.read.record import brief
from dedup.read.stream import read_all, size

PAGE: Final = 32 << 20
"""Bytes of a page; trafilatura holds some twenty times as much."""
_DECLARED: Final = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE
)

_VALUE: Final = r"""\s*=\s*(?:"([^"]{10,60})|'([^']{10,60})|([^\s"'>]{10,60}))"""
_META: Final = re.compile(r"<meta\b[^>]{0,500}", re.IGNORECASE)
_PUBLISHED: Final = re.compile(
    r"\s(?:property|name|itemprop)\s*=\s*[\"']?\s*(?:article:published_time|datePublished)\b", re.IGNORECASE
)
_CONTENT: Final = re.compile(r"\scontent" + _VALUE, re.IGNORECASE)
_JSON_LD: Final = re.compile(r'"datePublished"\s*:\s*"([^"]{10,60})')
_TIME: Final = re.compile(r"<time\b[^<>]{0,300}?\sdatetime" + _VALUE, re.IGNORECASE)
_LANGUAGE: Final = re.compile(r"<html[^>]{0,300}?\slang\s*=\s*[\"']?([A-Za-z-]{2,35})", re.IGNORECASE)


def read(stream: BinaryIO, origin: Origin) -> Records:
    """One article a page, with the title, date, site and canonical link that the page gives."""
    needed("trafilatura", "html")
    yield later(read_all(stream, PAGE), origin)


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


def extract(page: str, url: str | None) -> dict[str, Any] | None:
    """What trafilatura finds in a page, as a record; None where it finds no article."""
    trafilatura = needed("trafilatura", "html")
    try:
        found = trafilatura.bare_extraction(
            page, url=url, with_metadata=True, include_comments=False, include_tables=False
        )
    except Exception as error:  # of lxml, or of trafilatura on a page that nobody foresaw
        raise InputError(
            f"a page that cannot be parsed: {brief(str(error) or type(error).__name__, 100)}"
        ) from None
    if found is None or not (found.text or "").strip():
        return None
    return {
        "text": found.text,
        "title": found.title,
        "published": _moment(page, found.date),
        "source": found.sitename,
        "url": found.url or url,
        "byline": found.author,
        "language": match[1] if (match := _LANGUAGE.search(page, 0, 4096)) else None,
    }


def _moment(page: str, day: str | None) -> str | None:
    """The moment that the page states of the day that trafilatura has found, else the day."""
    if day is None:
        return None
    for given in _stated(page):
        moment = published(given)
        if moment is not None and ":" in given and day in (given[:10], moment.date().isoformat()):
            return given
    return day


def _stated(page: str) -> Iterator[str]:
    """The times at which a page says that it was published, the plainest first."""
    contents = (_CONTENT.search(tag) for tag in _META.findall(page) if _PUBLISHED.search(tag))
    for match in (*contents, *_JSON_LD.finditer(page), *_TIME.finditer(page)):
        if match:
            yield unescape(match[match.lastindex or 0]).strip()


def text_of(page: bytes, origin: Origin) -> Decoded:
    """The characters of a page by its byte order mark, the server's word or its own, or else as they seem."""
    if not page.strip():
        raise InputError("empty")
    match = _DECLARED.search(page[:4096])
    return origin.decode(page, match[1].decode("ascii") if match else None)


FORMAT = Format("HTML", (".html", ".htm", ".xhtml"), read)
