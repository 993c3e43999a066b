"""What trafilatura finds in the HTML of a page, be it a file of its own or the text of a record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any, Final

from dedup.errors import InputError
from dedup.extras import needed
from dedup.patterns import pattern
from dedup.read.dates import published
from dedup.read.headline import under
from dedup.read.inputs import brief

ELEMENTS: Final = 40_000
"""Elements of a page; of as many paragraphs that are alike trafilatura takes the square of their number."""
_ELEMENT: Final = pattern("<[A-Za-z]")
_VALUE: Final = r"""\s*=\s*(?:"([^"]{10,60})|'([^']{10,60})|([^\s"'>]{10,60}))"""
_META: Final = pattern(r"<meta\b[^>]{0,500}", re.IGNORECASE)
_PUBLISHED: Final = pattern(
    r"\s(?:property|name|itemprop)\s*=\s*[\"']?\s*(?:article:published_time|datePublished)\b", re.IGNORECASE
)
_CONTENT: Final = pattern(r"\scontent" + _VALUE, re.IGNORECASE)
_JSON_LD: Final = pattern(r'"datePublished"\s*:\s*"([^"]{10,60})')
_TIME: Final = pattern(r"<time\b[^<>]{0,300}?\sdatetime" + _VALUE, re.IGNORECASE)
_LANGUAGE: Final = pattern(r"<html[^>]{0,300}?\slang\s*=\s*[\"']?([A-Za-z-]{2,35})", re.IGNORECASE)
_TITLE: Final = pattern(r"<title\b[^<>]{0,200}>([^<>]{1,500})</title", re.IGNORECASE)
_BREAKS: Final = pattern(r"\n+")
"""What trafilatura puts between paragraphs, where one is as good as two."""
_TITLE_WITHIN: Final = 65_536
"""Characters of a page in which its title is looked for."""


def extract(page: str, url: str | None) -> dict[str, Any] | None:
    """What trafilatura finds in a page, as a record; None where it finds no article. Raises InputError.

    The text has a blank line after each paragraph, and is without the title of the page, and without a byline
    and a date under that.
    """
    if page.count("<") > ELEMENTS and sum(1 for _ in _ELEMENT.finditer(page)) > ELEMENTS:
        raise InputError(f"a page of more than {ELEMENTS:,} elements")
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
    titles = [found.title or "", *(unescape(title) for title in _TITLE.findall(page, 0, _TITLE_WITHIN))]
    titles += [" ".join(head.itertext()) for head in found.body.iterfind(".//head[@rend='h1']")]
    start, byline = under(found.text, titles, found.author)
    return {
        "text": _BREAKS.sub("\n\n", found.text[start:]),
        "title": found.title,
        "published": _moment(page, found.date),
        "source": found.sitename,
        "url": found.url or url,
        "byline": found.author or byline,
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
