"""HTML pages, by trafilatura: the text of the article without the furniture of the page."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from dedup.errors import InputError
from dedup.model import Article, RecordError
from dedup.read.formats import Format, Origin, needed
from dedup.read.record import Fields, brief
from dedup.read.stream import decode, encoding_of, not_decodable, read_all

_PAGE: Final = 32 << 20
"""Bytes of a page; trafilatura holds some twenty times as much."""
_DECLARED: Final = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE
)


def read(stream: BinaryIO, origin: Origin) -> Iterator[Article | RecordError]:
    """One article a page, with the title, date, site and canonical link that the page gives."""
    yield article(read_all(stream, _PAGE), origin)


def article(
    page: bytes, origin: Origin, *, url: str | None = None, charset: str | None = None
) -> Article | RecordError:
    """The article of a page that was found at `url`; `charset` is what its server declared."""
    found = extract(text_of(page, charset), url)
    if found is None:
        raise InputError("no article found in the page")
    return Fields().article(found, origin.name, None, origin.id)


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
        "published": found.date,
        "source": found.sitename,
        "url": found.url or url,
    }


def text_of(page: bytes, charset: str | None = None) -> str:
    """The characters of a page by its byte order mark, the server's or its own declaration, or else UTF-8."""
    if not page.strip():
        raise InputError("empty")
    declared = charset
    if declared is None and (match := _DECLARED.search(page[:4096])):
        declared = match[1].decode("ascii")
    if encoding_of(page) != "utf-8" or page.startswith(codecs.BOM_UTF8):
        return decode(page)
    try:
        return page.decode("cp1252" if (declared or "").lower() in _LATIN else declared or "utf-8")
    except LookupError:
        raise InputError(f"declares an encoding that is not known: {brief(str(declared))}") from None
    except UnicodeDecodeError as error:
        raise InputError(not_decodable(error)) from None


_LATIN: Final = frozenset({"iso-8859-1", "latin-1", "latin1", "ascii", "us-ascii"})
"""Names that mean Windows-1252 on the web (WHATWG Encoding)."""

FORMAT = Format("HTML", (".html", ".htm", ".xhtml"), read)
