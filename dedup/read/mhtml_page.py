"""MHTML, a page as browsers save it: the page itself is read, its pictures and styles are not."""

from __future__ import annotations

import email
from dataclasses import replace
from typing import TYPE_CHECKING, BinaryIO, Final
from urllib.parse import urlsplit

from dedup.errors import InputError
from dedup.extras import needed
from dedup.patterns import pattern
from dedup.read import html_page
from dedup.read.formats import Format, Origin, Records
from dedup.read.stream import read_all

if TYPE_CHECKING:
    from email.message import EmailMessage

_SAVED: Final = 128 << 20
"""Bytes of a saved page with all that belongs to it."""
_HEADER: Final = pattern(rb"\A\s*(?:[!-9;-~]+:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*)+\r?\n")


def read(stream: BinaryIO, origin: Origin) -> Records:
    """One article a file; its id is the address that it was saved from, if it says it."""
    needed("trafilatura", "html")
    data = read_all(stream, _SAVED)
    if not data.strip():
        raise InputError("empty")
    if not _HEADER.match(data):
        raise InputError("not MHTML: it does not begin with the header of a message")
    from email.policy import default

    message = email.message_from_bytes(data, policy=default)
    page = next((part for part in message.walk() if part.get_content_type() in _PAGES), None)
    if page is None:
        raise InputError("no HTML page in it")
    if any("Boundary" in type(defect).__name__ for defect in (*message.defects, *page.defects)):
        raise InputError("damaged: it breaks off")
    body = page.get_payload(decode=True)
    if not isinstance(body, bytes):
        raise InputError("damaged: its page cannot be decoded")
    charset = page.get_content_charset()
    yield html_page.later(body, replace(origin, declared=charset, url=_address(message, page)))


_PAGES: Final = ("text/html", "application/xhtml+xml")


def _address(message: EmailMessage, page: EmailMessage) -> str | None:
    """The address that a page was saved from."""
    for given in (message.get("Snapshot-Content-Location"), page.get("Content-Location")):
        url = str(given or "").strip()
        if urlsplit(url).scheme in ("http", "https"):
            return url
    return None


FORMAT = Format("MHTML", (".mhtml", ".mht"), read)
