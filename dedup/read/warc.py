"""WARC, the format of web archives, by warcio: every page that was fetched is an article."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, BinaryIO, Final

from dedup.errors import InputError
from dedup.extras import needed
from dedup.model import RecordError
from dedup.patterns import pattern
from dedup.read import html_page
from dedup.read.formats import Format, Later, Origin, Records
from dedup.read.inputs import brief
from dedup.read.stream import read_all

_CHARSET: Final = pattern(r"charset=[\"']?([\w.:-]{1,40})", re.IGNORECASE)


def read(stream: BinaryIO, origin: Origin) -> Records:
    """The pages of the responses with status 200 and HTML in them; all other records are passed over.

    An article's id is the address that was fetched. The time of the fetch is not its date.
    """
    iterator = needed("warcio.archiveiterator", "warc").ArchiveIterator
    wrong = needed("warcio.exceptions", "warc").ArchiveLoadFailed
    needed("trafilatura", "html")
    pages = 0
    try:
        for record in iterator(stream):
            if _is_page(record):
                pages += 1
                yield _page(record, origin)
    except wrong as error:
        raise InputError(f"damaged or not WARC: {brief(str(error), 100)}") from None
    if not pages:
        raise InputError("no HTML pages in it")


def _is_page(record: Any) -> bool:
    if record.rec_type != "response" or record.http_headers is None:
        return False
    kind = record.http_headers.get_header("Content-Type") or ""
    return record.http_headers.get_statuscode() == "200" and "html" in kind.lower()


def _page(record: Any, origin: Origin) -> Later | RecordError:
    url = record.rec_headers.get_header("WARC-Target-URI")
    declared = _CHARSET.search(record.http_headers.get_header("Content-Type"))
    try:
        body = read_all(record.content_stream(), html_page.PAGE)
    except (InputError, OSError, EOFError) as error:
        return RecordError(origin.name, None, f"{brief(str(url), 200)}: {error}")
    return html_page.later(body, replace(origin, url=url, declared=declared[1] if declared else None))


FORMAT = Format("WARC", (".warc",), read)
