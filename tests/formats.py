"""One article in every format that is read: `python -m tests.formats` writes fixtures/formats anew."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import sqlite3
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from pathlib import Path
from quopri import encodestring

from tests.commands import WIRE

FOLDER = Path(__file__).parents[1] / "fixtures" / "formats"
WHEN = datetime(2025, 3, 3, 6, 12, tzinfo=UTC)
URL = "https://meridianwire.example/2025/03/night-ferry"
TITLE = "Night ferry to the outer islands & its last winter"
SOURCE, BYLINE, ID = "Meridian Wire", "Ottilie Brand", "mw-0303-007"
DATELINE = "NORRHAMN, March 3 (Meridian Wire) - "
PARAGRAPHS = [" ".join(part.split()) for part in (DATELINE + WIRE).split("\n\n")]
TEXT = "\n\n".join(PARAGRAPHS)
RECORD = {
    "id": ID, "title": TITLE, "url": URL, "source": SOURCE, "published": "2025-03-03T06:12:00Z",
    "byline": BYLINE, "language": "en", "text": TEXT,
}  # fmt: skip
LINE = json.dumps(RECORD, ensure_ascii=False).encode() + b"\n"
HTML = "".join(f"<p>{escape(paragraph)}</p>\n" for paragraph in PARAGRAPHS)
T = escape(TITLE)

STORY = f"""MERIDIAN-FERRY/NORRHAMN
3 Mar 2025 06:12 GMT

{TITLE}

By {BYLINE}

{TEXT}
"""
PAGE = f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{T} | Meridian Wire</title>
<meta property="og:site_name" content="{SOURCE}"><meta property="og:title" content="{T}">
<meta name="author" content="{BYLINE}"><meta property="article:published_time" content="2025-03-03T06:12:00Z">
<link rel="canonical" href="{URL}"></head>
<body><nav><a href="/">Home</a> <a href="/islands">Islands</a></nav>
<article>
{HTML}</article>
<footer>We use cookies. <a href="/news">Subscribe to our newsletter</a></footer></body></html>
"""
RSS = f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
     xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>{SOURCE}</title><link>https://meridianwire.example</link><language>en</language>
<item><title>{T}</title><link>{URL}</link><guid isPermaLink="false">{ID}</guid>
<pubDate>{format_datetime(WHEN)}</pubDate><dc:creator>{BYLINE}</dc:creator>
<description>Only the first lines of it.</description>
<content:encoded><![CDATA[{HTML}]]></content:encoded></item>
</channel></rss>
"""
ATOM = f"""<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>{SOURCE}</title>
<entry><id>{ID}</id><title>{T}</title><link href="{URL}"/><author><name>{BYLINE}</name></author>
<published>2025-03-03T07:12:00+01:00</published><updated>2025-03-04T00:00:00Z</updated>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{HTML}</div></content></entry></feed>
"""
NITF = f"""<?xml version="1.0" encoding="utf-8"?>
<nitf xml:lang="en"><head><title>ferry</title><docdata><doc-id id-string="{ID}"/>
<date.issue norm="20250303T061200Z"/></docdata></head>
<body><body.head><hedline><hl1>{T}</hl1></hedline><byline>By <person>{BYLINE}</person></byline>
<distributor>{SOURCE}</distributor></body.head><body.content><block>
{HTML}</block></body.content></body></nitf>
"""
NEWSML = f"""<?xml version="1.0" encoding="utf-8"?>
<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><header/><itemSet>
<newsItem guid="{ID}"><itemMeta><provider qcode="src:other"/>
<versionCreated>2025-03-04T00:00:00Z</versionCreated>
<firstCreated>2025-03-03T06:12:00Z</firstCreated><link rel="irel:seeAlso" href="{URL}"/></itemMeta>
<contentMeta><infoSource><name>{SOURCE}</name></infoSource><language tag="en"/><by>By {BYLINE}</by>
<headline>{T}</headline></contentMeta><contentSet><inlineXML contenttype="application/xhtml+xml">
<html xmlns="http://www.w3.org/1999/xhtml"><head><title>no</title></head><body>
{HTML}</body></html></inlineXML></contentSet></newsItem></itemSet></newsMessage>
"""
FEED = {
    "version": "https://jsonfeed.org/version/1.1", "title": SOURCE, "language": "en",
    "items": [{"id": ID, "url": URL, "title": TITLE, "content_html": HTML, "authors": [{"name": BYLINE}],
               "date_published": RECORD["published"]}],
}  # fmt: skip
NINJS_1 = {
    "uri": ID, "type": "text", "language": "en", "headline": TITLE, "byline": f"By {BYLINE}", "url": URL,
    "versioncreated": RECORD["published"], "infosource": [{"name": SOURCE}], "body_html": HTML,
}  # fmt: skip
NINJS_2 = {
    "uri": ID, "type": "text", "language": "en", "headlines": [{"role": "main", "value": TITLE}], "url": URL,
    "byline": f"By {BYLINE}", "versionCreated": "2025-03-04T00:00:00Z", "firstCreated": RECORD["published"],
    "infoSources": [{"name": SOURCE}], "bodies": [{"contentType": "text/html", "value": HTML}],
}  # fmt: skip
NINJS_3 = NINJS_2 | {
    "standard": {"name": "ninjs", "version": "3.0"},
    "bodies": [{"role": "main", "contentType": "text/plain", "value": TEXT}],
}


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n"


def _table(delimiter: str) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, RECORD, delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerow(RECORD)
    return out.getvalue().encode()


def _database() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.db")
        connection = sqlite3.connect(path)
        connection.execute(f"create table articles ({', '.join(RECORD)})")
        marks = ", ".join("?" * len(RECORD))
        connection.execute(f"insert into articles values ({marks})", list(RECORD.values()))
        connection.commit()
        connection.close()
        return path.read_bytes()


def _parquet() -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    out = io.BytesIO()
    parquet.write_table(pa.Table.from_pylist([RECORD | {"published": WHEN}]), out)
    return out.getvalue()


def _arrow() -> bytes:
    import pyarrow as pa

    out = io.BytesIO()
    rows = pa.Table.from_pylist([RECORD])
    with pa.ipc.new_file(out, rows.schema) as writer:
        writer.write_table(rows)
    return out.getvalue()


def _zstd() -> bytes:
    import zstandard

    return zstandard.compress(LINE)


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("in/ferry.jsonl"), LINE)
    return out.getvalue()


def _tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        info = tarfile.TarInfo("in/ferry.csv")
        data = _table(",")
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return gzip.compress(out.getvalue(), mtime=0)


def _mhtml() -> bytes:
    return (
        b"From: <Saved by a browser>\r\n"
        b"Snapshot-Content-Location: " + URL.encode() + b"\r\n"
        b"Subject: saved\r\nDate: Wed, 1 Apr 2026 00:00:00 -0000\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/related; type="text/html"; boundary="----part"\r\n\r\n\r\n'
        b"------part\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n"
        b"Content-Location: " + URL.encode() + b"\r\n\r\n"
        + encodestring(PAGE.encode()).replace(b"\n", b"\r\n")
        + b"\r\n------part\r\nContent-Type: text/css\r\n\r\np { color: red }\r\n------part--\r\n"
    )  # fmt: skip


def _warc() -> bytes:
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + PAGE.encode()
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {URL}\r\nWARC-Date: 2026-04-01T00:00:00Z\r\n"
        "WARC-Record-ID: <urn:uuid:1>\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(http)}\r\n\r\n"
    )
    return gzip.compress(head.encode() + http + b"\r\n\r\n", mtime=0)


FORMS: dict[str, Callable[[], bytes]] = {
    "text.txt": lambda: TEXT.encode() + b"\n",
    "wire.txt": STORY.encode,
    "lines.jsonl": lambda: LINE,
    "lines.jsonl.gz": lambda: gzip.compress(LINE, mtime=0),
    "lines.jsonl.bz2": lambda: bz2.compress(LINE),
    "lines.jsonl.xz": lambda: lzma.compress(LINE),
    "lines.jsonl.zst": _zstd,
    "list.json": lambda: _json([RECORD]),
    "feed.json": lambda: _json(FEED),
    "ninjs-1.json": lambda: _json(NINJS_1),
    "ninjs-2.json": lambda: _json(NINJS_2),
    "ninjs-3.json": lambda: _json(NINJS_3),
    "table.csv": lambda: _table(","),
    "table.tsv": lambda: _table("\t"),
    "table.db": _database,
    "table.parquet": _parquet,
    "table.arrow": _arrow,
    "feed.rss": RSS.encode,
    "feed.atom": ATOM.encode,
    "nitf.xml": NITF.encode,
    "newsml-g2.xml": NEWSML.encode,
    "page.html": PAGE.encode,
    "page.mhtml": _mhtml,
    "pages.warc.gz": _warc,
    "archive.zip": _zip,
    "archive.tar.gz": _tar,
}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, make in FORMS.items():
        (FOLDER / name).write_bytes(make())
