"""One article, in every format: what is read is the same; and what each format says of broken files."""

import bz2
import csv
import gzip
import io
import json
import lzma
import sqlite3
import struct
import sys
import tarfile
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path

import pytest
from found import parts
from hypothesis import given
from hypothesis import strategies as st

import dedup
from dedup.extras import command
from dedup.model import Article, RecordError, Relation
from dedup.read import Format, compressed, parquet_table, read, xml_document
from dedup.read.markup import plain
from dedup.report.html import build, gather

PARAGRAPHS = [
    "A car ferry with 212 people ran aground in fog off the island of Skerrow & was held fast.",
    "“There was a long groan under the floor,” said Ottilie Brandvold, a cello teacher — and the bar slid.",
    "It is the second grounding on that bank in a year; islanders want the channel dredged <at last>.",
]
TEXT = "\n\n".join(PARAGRAPHS)
WHEN = datetime(2025, 3, 11, 6, 12, tzinfo=UTC)
RECORD = {
    "id": "mw-0311", "title": "Ferry & fog", "url": "https://meridianwire.example/ferry",
    "source": "Meridian Wire", "published": "2025-03-11T06:12:00Z", "text": TEXT,
}  # fmt: skip
WHOLE = ("mw-0311", TEXT, "Meridian Wire", WHEN, "Ferry & fog", "https://meridianwire.example/ferry")
HTML = "".join(f"<p>{escape(p)}</p>\n" for p in PARAGRAPHS)


def table(delimiter: str) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, RECORD, delimiter=delimiter)
    writer.writeheader()
    writer.writerow(RECORD)
    return out.getvalue().encode()


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def tarred(members: dict[str, bytes], mode: str = "w") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def parquet() -> bytes:
    pyarrow = pytest.importorskip("pyarrow", reason="needs dedup[parquet]")
    from pyarrow import parquet

    out = io.BytesIO()
    parquet.write_table(pyarrow.Table.from_pylist([RECORD | {"published": WHEN, "words": [1, 2]}]), out)
    return out.getvalue()


def arrow() -> bytes:
    pyarrow = pytest.importorskip("pyarrow", reason="needs dedup[parquet]")
    out = io.BytesIO()
    rows = pyarrow.Table.from_pylist([RECORD])
    with pyarrow.ipc.new_file(out, rows.schema) as writer:
        writer.write_table(rows)
    return out.getvalue()


def zstd(data: bytes) -> bytes:
    return pytest.importorskip("zstandard", reason="needs dedup[zstd]").compress(data)


LINE = json.dumps(RECORD).encode()
RSS = f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>Meridian Wire</title><link>https://meridianwire.example</link>
<item><title>Ferry &amp;amp; fog</title><link>https://meridianwire.example/ferry</link>
<guid isPermaLink="false">mw-0311</guid><pubDate>{format_datetime(WHEN)}</pubDate>
<description>Only the first lines of it.</description>
<content:encoded><![CDATA[{HTML}<script>track()</script>]]></content:encoded></item>
</channel></rss>""".encode()
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Meridian Wire</title>
<entry><id>mw-0311</id><title>Ferry &amp; fog</title><updated>2025-03-12T00:00:00Z</updated>
<published>2025-03-11T07:12:00+01:00</published>
<link rel="self" href="https://meridianwire.example/feed"/><link href="https://meridianwire.example/ferry"/>
<summary>Only the first lines of it.</summary>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">{HTML}</div></content></entry></feed>""".encode()
NITF_BODY = f"""<body><body.head><hedline><hl1>Ferry &amp; fog</hl1></hedline>
<distributor>Meridian Wire</distributor></body.head>
<body.content><media media-type="image"><media-caption>A ferry.</media-caption></media><block>{HTML}</block>
</body.content></body>"""
NITF = f"""<!DOCTYPE nitf SYSTEM "nitf-3-6.dtd"><nitf><head><title>ferry</title><docdata>
<doc-id id-string="mw-0311"/><date.issue norm="20250311T061200Z"/></docdata></head>
{NITF_BODY}</nitf>""".encode()
META = """<itemMeta><provider qcode="src:other"/><versionCreated>2025-04-01T00:00:00Z</versionCreated>
<firstCreated>2025-03-11T06:12:00Z</firstCreated>
<link rel="irel:seeAlso" href="https://meridianwire.example/ferry"/></itemMeta>
<contentMeta><infoSource><name>Meridian Wire</name></infoSource>
<headline>Ferry &amp; fog</headline></contentMeta>"""
NEWSML = f"""<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><header/><itemSet>
<newsItem guid="picture-1"><contentSet><remoteContent href="x.jpg"/></contentSet></newsItem>
<newsItem guid="mw-0311">{META}<contentSet><inlineXML contenttype="application/xhtml+xml">
<html xmlns="http://www.w3.org/1999/xhtml"><head><title>no</title></head><body>{HTML}</body></html></inlineXML>
</contentSet></newsItem></itemSet></newsMessage>""".encode()
NEWSML_NITF = f"""<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="mw-0311">{META}<contentSet>
<inlineXML contenttype="application/nitf+xml">
<nitf xmlns="http://iptc.org/std/NITF/2006-10-18/">{NITF_BODY}</nitf>
</inlineXML></contentSet></newsItem>""".encode()
NINJS1 = {
    "uri": "mw-0311", "type": "text", "headline": "Ferry & fog", "versioncreated": RECORD["published"],
    "infosource": [{"name": "Meridian Wire"}], "url": "https://meridianwire.example/ferry", "body_html": HTML,
}  # fmt: skip
NINJS3 = {
    "uri": "mw-0311", "type": "text", "headlines": [{"role": "main", "value": "Ferry & fog"}],
    "versionCreated": "2025-04-01T00:00:00Z", "firstCreated": "2025-03-11T06:12:00Z",
    "infoSources": [{"name": "Meridian Wire"}], "url": "https://meridianwire.example/ferry",
    "bodies": [{"contentType": "text/html", "value": HTML}],
}  # fmt: skip
FEED = {
    "version": "https://jsonfeed.org/version/1.1", "title": "Meridian Wire",
    "items": [{"id": "mw-0311", "url": RECORD["url"], "title": "Ferry & fog", "content_html": HTML,
               "date_published": RECORD["published"]}],
}  # fmt: skip

FORMS: dict[str, Callable[[], bytes]] = {
    "a.jsonl": lambda: LINE,
    "a.jsonl.gz": lambda: gzip.compress(LINE[:100]) + gzip.compress(LINE[100:]),
    "a.jsonl.bz2": lambda: bz2.compress(LINE),
    "a.jsonl.xz": lambda: lzma.compress(LINE),
    "a.jsonl.zst": lambda: zstd(LINE[:100]) + zstd(LINE[100:]),
    "a.csv": lambda: table(","),
    "semicolons.csv": lambda: b"\xef\xbb\xbf" + table(";"),
    "excel.csv": lambda: table("\t").decode().encode("utf-16"),
    "a.tsv": lambda: table("\t"),
    "a.csv.gz": lambda: gzip.compress(table(",")),
    "a.zip": lambda: zipped({"in/": b"", "in/a.jsonl": LINE, "in/.hidden.txt": b"x", "in/b.exe": b"\0"}),
    "a.tar": lambda: tarred({"./in/a.csv": table(",")}),
    "a.tar.gz": lambda: tarred({"in/a.json": LINE}, "w:gz"),
    "a.tgz": lambda: tarred({"in/a.jsonl.xz": lzma.compress(LINE)}, "w:gz"),
    "a.tar.zst": lambda: zstd(tarred({"a.xml": RSS})),
    "rss.xml": lambda: RSS,
    "a.rss": lambda: RSS.decode().replace("utf-8", "utf-16").encode("utf-16"),
    "a.atom": lambda: ATOM,
    "feed.json": lambda: json.dumps(FEED).encode(),
    "nitf.xml": lambda: NITF,
    "newsml.xml": lambda: NEWSML,
    "newsml-nitf.xml": lambda: NEWSML_NITF,
    "ninjs1.json": lambda: json.dumps(NINJS1).encode(),
    "ninjs3.json": lambda: json.dumps(NINJS3).encode(),
    "a.parquet": parquet,
    "zipped-parquet.zip": lambda: zipped({"a.parquet": parquet()}),
    "a.parquet.gz": lambda: gzip.compress(parquet()),
    "a.feather": arrow,
}


@pytest.mark.parametrize("name", FORMS)
def test_an_article_is_the_same_in_every_format(tmp_path, name):
    (tmp_path / name).write_bytes(FORMS[name]())
    [found] = read([str(tmp_path)])
    assert isinstance(found, Article), found
    whole = (*WHOLE[:5], None) if name == "nitf.xml" else WHOLE  # NITF has no place for an address
    assert parts(found) == whole


def database(path: Path, **columns: str | float | bytes | None) -> str:
    with sqlite3.connect(path) as connection:
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        connection.execute(f"create table articles ({names})")
        connection.execute(f"insert into articles values ({marks})", list(columns.values()))
    connection.close()
    return f"sqlite:{path}"


def test_an_article_is_the_same_in_sqlite_by_table_and_by_query(tmp_path):
    given = database(tmp_path / "news.db", **RECORD)
    before = (tmp_path / "news.db").read_bytes()
    for options in (
        "?table=articles",
        "?query=select id, title, url, source, published, text as body from articles",
    ):
        assert [parts(one) for one in read([given + options])] == [WHOLE]
    assert [str(one) for one in read([given + "?query=delete from articles"])] != []
    assert (tmp_path / "news.db").read_bytes() == before


PAGE = f"""<!DOCTYPE html><html lang="en"><head><meta charset="CHARSET">
<title>Ferry &amp; fog | Meridian Wire</title>
<meta property="og:site_name" content="Meridian Wire"><meta property="og:title" content="Ferry &amp; fog">
<meta property="article:published_time" content="2025-03-11">
<link rel="canonical" href="https://meridianwire.example/ferry"></head>
<body><nav><a href="/">Home</a> <a href="/islands">Islands</a></nav>
<article><h1>Ferry &amp; fog</h1>{HTML}</article>
<footer>We use cookies. <a href="/news">Subscribe to our newsletter</a></footer></body></html>"""


@pytest.mark.parametrize("charset", ["utf-8", "windows-1252", "iso-8859-1"])
def test_of_a_page_the_article_is_left(tmp_path, charset):
    pytest.importorskip("trafilatura", reason="needs dedup[html]")
    page = PAGE.replace("CHARSET", charset)
    (tmp_path / "p.html").write_bytes(page.encode("utf-8" if charset == "utf-8" else "windows-1252"))
    [found] = read([str(tmp_path)])
    assert parts(found)[2:] == ("Meridian Wire", datetime(2025, 3, 11, tzinfo=UTC), *WHOLE[4:])
    assert found.id == WHOLE[5]
    assert "\n\n".join(PARAGRAPHS) in found.text
    assert "cookies" not in found.text
    assert "Islands" not in found.text


MOMENT = "2025-03-11T00:30:00+01:00"


@pytest.mark.parametrize(
    ("where", "minute"),
    [
        (f'<meta content="{MOMENT}" property=article:published_time>', -30),
        (f'<script type="application/ld+json">{{"datePublished": "{MOMENT}"}}</script>', -30),
        (f"<meta itemprop='datePublished' content='{MOMENT}'>", -30),
        ('<meta property="article:published_time" content="2025-03-11 17:05:00">', 17 * 60 + 5),
        (f'<time>11 March</time><time class="updated" datetime={MOMENT} pubdate></time>', -30),
        # the day that the page has been given stays, if a time is of another
        ('<meta name="date" content="2025-03-11"><time datetime="2025-03-12T09:00Z">tomorrow</time>', 0),
        ('<meta name="date" content="2025-03-11"><time datetime="2025-03-11Tnoon">noon</time>', 0),
    ],
)
def test_a_page_has_the_time_that_it_states_for_its_day(tmp_path, where, minute):
    pytest.importorskip("trafilatura", reason="needs dedup[html]")
    page = PAGE.replace("CHARSET", "utf-8")
    stated = '<meta property="article:published_time" content="2025-03-11">'
    assert stated in page
    (tmp_path / "p.html").write_text(page.replace(stated, where), encoding="utf-8")
    [found] = read([str(tmp_path)])
    assert found.published == datetime(2025, 3, 11, tzinfo=UTC) + timedelta(minutes=minute)


def web_archive(responses: list[tuple[str, str, bytes]]) -> bytes:
    """A WARC whose records are each compressed by itself, as the format has it."""
    out = b""
    for url, status, body in responses:
        http = f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\n\r\n".encode() + body
        head = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\n"
            "WARC-Date: 2025-05-05T05:05:05Z\r\n"
            f"WARC-Record-ID: <urn:uuid:{url}>\r\nContent-Type: application/http; msgtype=response\r\n"
            f"Content-Length: {len(http)}\r\n\r\n"
        )
        out += gzip.compress(head.encode() + http + b"\r\n\r\n")
    return out


def test_of_a_web_archive_the_pages_that_were_found_are_read(tmp_path):
    pytest.importorskip("trafilatura", reason="needs dedup[html]")
    pytest.importorskip("warcio", reason="needs dedup[warc]")
    page = PAGE.replace("CHARSET", "klingon").encode()
    responses = [("1", "200 OK", page), ("2", "404 Not Found", page), ("3", "200 OK", b" ")]
    data = web_archive([(f"https://m.example/{name}", status, body) for name, status, body in responses])
    (tmp_path / "a.warc.gz").write_bytes(data)
    good, bad = read([str(tmp_path)])
    assert (good.id, good.source) == ("https://m.example/1", "Meridian Wire")
    assert all(paragraph in good.text for paragraph in PARAGRAPHS)
    assert bad.reason == "https://m.example/3: empty"
    assert reason(tmp_path, "cut.warc.gz", data[:400]).startswith("damaged")
    assert reason(tmp_path, "other.warc", b"neither this nor that\n").startswith("damaged or not WARC")


def test_the_same_article_in_two_formats_matches(tmp_path):
    (tmp_path / "one.csv").write_bytes(table(",").replace(b"mw-0311", b"other"))
    (tmp_path / "two.xml").write_bytes(NITF)
    with dedup.open(":memory:") as index:
        index.add(read([str(tmp_path)]))
        assert index.match("other", "mw-0311").relation is Relation.IDENTICAL


CUT = {
    name: make
    for name, make in FORMS.items()
    if name not in ("a.tar", "a.csv", "a.tsv", "semicolons.csv", "excel.csv")
}


@pytest.mark.parametrize("name", CUT)
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_file_that_breaks_off_is_one_clear_line(tmp_path, name, share):
    data = CUT[name]()
    (tmp_path / name).write_bytes(data[: int(len(data) * share)])
    found = list(read([str(tmp_path)]))
    assert [type(one) for one in found] == [RecordError]
    assert found[0].reason.isprintable()
    assert len(found[0].reason) < 250


@pytest.mark.parametrize("name", FORMS)
def test_an_empty_file_or_one_of_another_kind_is_one_clear_line(tmp_path, name):
    FORMS[name]()  # skips where a library is missing
    for data in (b"", b"\x00\x01\x02 neither this nor that \xff\xfe\n"):
        (tmp_path / name).write_bytes(data)
        found = list(read([str(tmp_path)]))
        assert [type(one) for one in found] == [RecordError]
        assert found[0].reason.isprintable()


def reason(tmp_path: Path, name: str, data: bytes) -> str:
    (tmp_path / name).write_bytes(data)
    [found] = read([str(tmp_path / name)])
    assert isinstance(found, RecordError), found
    return found.reason


def test_a_bad_row_keeps_no_other_row_back(tmp_path):
    rows = b'id,text\n1,one\n2\n3,\xe9\n4,\n5,"a\nb"\n6,x,y\n\n7,\0\n8,\xc3\xa9\xc3\xa9\n'
    (tmp_path / "a.csv").write_bytes(rows)
    found = list(read([str(tmp_path)]))
    assert [(one.id, one.text) for one in found if isinstance(one, Article)] == [
        ("1", "one"),
        ("5", "a\nb"),
        ("8", "éé"),
    ]
    assert [(one.line, one.reason) for one in found if isinstance(one, RecordError)] == [
        (3, "1 fields, but the header has 2: id, text"),
        (4, "not valid in the encoding of the file: 0xe9 in ?"),
        (5, "no text: text is empty"),
        (8, "3 fields, but the header has 2: id, text"),
        (10, "a NUL in \\x00"),
    ]
    assert reason(tmp_path, "b.csv", b"id,headline\n1,a\n2,b\n").startswith("no text: no field text, body")
    assert reason(tmp_path, "c.csv", b"id,text\n\n") == "no rows below the header"


def rows_of(folder: Path, **columns: object) -> list[Article | RecordError]:
    """What is read of a Parquet file with these columns."""
    pyarrow = pytest.importorskip("pyarrow", reason="needs dedup[parquet]")
    from pyarrow import parquet

    parquet.write_table(pyarrow.table(columns), folder / "a.parquet")
    return list(read([str(folder / "a.parquet")]))


def bad_date(found):
    """What an article has in place of a date."""
    [article] = found
    assert article.published is None
    return article.unread_date


def test_a_bad_cell_of_a_column_keeps_no_other_row_back(tmp_path):
    """Strings that are not UTF-8 and days beyond the calendar, which pyarrow itself stops at."""
    pyarrow = pytest.importorskip("pyarrow", reason="needs dedup[parquet]")
    offsets = pyarrow.py_buffer(struct.pack("<4i", 0, 3, 6, 9))
    texts = pyarrow.Array.from_buffers(
        pyarrow.string(), 3, [None, offsets, pyarrow.py_buffer(b"onea\xe9btwo")]
    )
    far = pyarrow.array([0, 10**9, 1], pyarrow.date32())
    one, bad, two = rows_of(tmp_path, id=["1", "2", "3"], text=texts, date=far)
    assert (one.text, one.published) == ("one", datetime(1970, 1, 1, tzinfo=UTC))
    assert (bad.line, bad.reason) == (None, "row 2: the text is bytes that are not UTF-8")
    assert (two.text, two.published) == ("two", datetime(1970, 1, 2, tzinfo=UTC))
    days = [found.published for found in rows_of(tmp_path, id=["1", "2"], text=["a", "b"], date=far[:2])]
    assert days == [datetime(1970, 1, 1, tzinfo=UTC), None]
    assert "out of range" in bad_date(rows_of(tmp_path, id=["1"], text=["a"], date=far[1:2]))


def test_a_column_is_read_whatever_its_type(tmp_path):
    """Strings may be bytes, large, or shared by many rows, and moments of any unit and zone."""
    pyarrow = pytest.importorskip("pyarrow", reason="needs dedup[parquet]")
    for of_type in (
        pyarrow.binary(),
        pyarrow.large_string(),
        pyarrow.dictionary(pyarrow.int8(), pyarrow.string()),
    ):
        one, two = rows_of(tmp_path, id=["1", "2"], text=pyarrow.array(["é", None]).cast(of_type))
        assert (one.text, two.reason) == ("é", "row 2: no text: text is null")
    for unit, factor in (("s", 1), ("ms", 10**3), ("us", 10**6), ("ns", 10**9)):
        moments = pyarrow.array([int(WHEN.timestamp()) * factor, None], pyarrow.timestamp(unit, "Asia/Kabul"))
        found = rows_of(tmp_path, id=["1", "2"], text=["a", "b"], published=moments)
        assert [article.published for article in found] == [WHEN, None]
    for seconds in (9 * 10**14, 4 * 10**11):
        far = pyarrow.array([seconds, 0], pyarrow.timestamp("s", "Asia/Kabul"))
        beyond, first = rows_of(tmp_path, id=["1", "2"], text=["a", "b"], published=far)
        assert bad_date([beyond])
        assert first.published == datetime(1970, 1, 1, tzinfo=UTC)


def test_a_table_that_stands_for_much_more_than_it_is_is_refused(tmp_path, monkeypatch):
    """A dictionary has a long value once, and every row of the table can have it."""
    pyarrow = pytest.importorskip("pyarrow", reason="needs dedup[parquet]")
    from pyarrow import feather, parquet

    long = pyarrow.DictionaryArray.from_arrays(pyarrow.array([0] * 64, pyarrow.int32()), ["x" * (1 << 20)])
    rows = pyarrow.table({"id": [str(n) for n in range(64)], "text": long})
    options = {"compression": "zstd", "dictionary_pagesize_limit": 1 << 30, "store_schema": False}
    parquet.write_table(rows, tmp_path / "a.parquet", **options)
    with parquet.ParquetFile(tmp_path / "a.parquet") as file:
        source = pyarrow.OSFile(str(tmp_path / "a.parquet"))
        assert parquet_table._rows(file.metadata, source) == 255  # of a value and its length
    assert len(list(read([str(tmp_path / "a.parquet")]))) == 64
    monkeypatch.setattr(parquet_table, "_BATCH", 9 << 20)
    monkeypatch.setattr(compressed, "EXPANDED", 16 << 20)
    *found, refused = read([str(tmp_path / "a.parquet")])
    assert refused.reason == "expands to more than 16 MiB: refused as a decompression bomb"
    assert len(found) == 8
    feather.write_feather(rows, str(tmp_path / "a.arrow"))
    shared = {id(found.text) for found in read([str(tmp_path / "a.arrow")])}
    assert len(shared) == 1


@pytest.mark.parametrize("first", ["{", "[", '[{"a": 1}]', '[{"a": 1'])
def test_a_first_line_that_is_damaged_does_not_make_a_document_of_json_lines(tmp_path, first):
    (tmp_path / "a.jsonl").write_text(
        f'{first}\n{{"id": "1", "text": "one"}}\n{{"id": "2", "text": "two"}}\n'
    )
    bad, *rest = read([str(tmp_path / "a.jsonl")])
    assert bad.line == 1
    assert [found.text for found in rest] == ["one", "two"]


def test_ninjs_is_known_in_lists_and_lines_too(tmp_path):
    item = {"uri": "urn:a", "headline": "Ferry", "body_xhtml": HTML}
    other = {"uri": "urn:b", "bodies": [{"contentType": "text/html", "value": HTML}]}
    (tmp_path / "a.json").write_text(json.dumps([item, other]))
    (tmp_path / "b.jsonl").write_text(f"{json.dumps(item)}\n{json.dumps(other)}\n")
    for name in ("a.json", "b.jsonl"):
        found = list(read([str(tmp_path / name)]))
        assert [(one.id, one.title, one.text) for one in found] == [
            ("urn:a", "Ferry", TEXT),
            ("urn:b", None, TEXT),
        ]


def test_the_caption_of_a_picture_is_no_text_of_nitf(tmp_path):
    media = "<media><media-caption>A ferry, seen from the sea.</media-caption></media>"
    body = f"<block><p>One.</p>{media}<p>Two.</p></block>{media}"
    (tmp_path / "a.nitf").write_text(f"<nitf><body><body.content>{body}</body.content></body></nitf>")
    [found] = read([str(tmp_path / "a.nitf")])
    assert found.text == "One.\n\nTwo."


def test_an_encrypted_member_is_named_so(tmp_path):
    data = bytearray(zipped({"a.txt": b"x"}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert reason(tmp_path, "a.zip", bytes(data)) == "cannot be unpacked: it is encrypted"


def test_entities_are_refused_and_nothing_is_fetched(tmp_path):
    laughs = (
        b'<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><rss><channel><item>&b;</item></channel></rss>'
    )
    assert reason(tmp_path, "bomb.xml", laughs) == "declares the entity a: refused, as it may be an XML bomb"
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    item = "<rss><channel><item><description>&x;</description></item></channel></rss>"
    outside = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{secret.as_uri()}">]>{item}'
    assert (
        reason(tmp_path, "outside.xml", outside.encode())
        == "declares the entity x: refused, as it may be an XML bomb"
    )
    parameter = f'<!DOCTYPE rss [<!ENTITY % p SYSTEM "{secret.as_uri()}"> %p;]><rss/>'
    assert reason(tmp_path, "parameter.xml", parameter.encode()).startswith("declares the entity p")
    assert reason(tmp_path, "deep.xml", b"<rss>" * 100_000) == "XML nested more than 200 deep"
    assert reason(tmp_path, "other.xml", b"<svg/>") == "XML of a kind that is not known: its root is svg"
    assert reason(tmp_path, "none.xml", b"<rss><channel/></rss>") == "no articles in it"


def test_an_archive_says_what_it_does_not_open(tmp_path):
    good, bad = b'{"id": 1, "text": "fine"}', b"not json"
    inner = {
        "a.jsonl": good,
        "b.jsonl": bad,
        "c.zip": zipped({"x.txt": b"x"}),
        "d.jsonl.gz": gzip.compress(good)[:-9],
    }
    for name, data in (("a.zip", zipped(inner)), ("b.tar", tarred(inner))):
        (tmp_path / name).write_bytes(data)
        found = [str(one) if isinstance(one, RecordError) else one.id for one in read([str(tmp_path / name)])]
        assert found[0] == "1"
        assert [one.removeprefix(f"{tmp_path}/{name}/") for one in found[1:] if one != "1"] == [
            "b.jsonl:1: not JSON: invalid literal, expected 'null' at character 0",
            "c.zip: an archive in an archive is not opened",
            "d.jsonl.gz: damaged: its gz data breaks off",
        ]
    assert (
        reason(tmp_path, "none.zip", zipped({"a.exe": b"x"})) == "no file with a known ending in this archive"
    )


def test_an_archive_with_one_damaged_member_gives_the_others(tmp_path):
    data = bytearray(zipped({"a.txt": b"first " * 50, "b.txt": b"second " * 50, "c.txt": b"third " * 50}))
    at = data.index(b"b.txt") + len("b.txt")
    data[at + 2 : at + 6] = b"\xff\xff\xff\xff"
    (tmp_path / "a.zip").write_bytes(data)
    first, second, third = read([str(tmp_path)])
    assert (first.id, third.id) == ("a/a", "a/c")
    assert second.reason.startswith("cannot be unpacked: ")


def test_what_expands_beyond_all_bounds_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(compressed, "EXPANDED", 1000)
    assert "decompression bomb" in reason(tmp_path, "a.zip", zipped({"a.txt": b"a" * 10_000_000}))
    (tmp_path / "a.tgz").write_bytes(tarred({"a.txt": b"a" * 10_000_000, "b.txt": b"b"}, "w:gz"))
    first, second = read([str(tmp_path / "a.tgz")])
    assert "decompression bomb" in first.reason
    assert "decompression bomb" in second.reason
    assert "decompression bomb" in reason(tmp_path, "a.txt.bz2", bz2.compress(b"a" * 10_000_000))
    assert "decompression bomb" in reason(tmp_path, "a.txt.zst", zstd(b"a" * 10_000_000))


def test_sqlite_says_what_it_has_and_what_is_wrong(tmp_path):
    given = database(tmp_path / "news.db", id=1, body="fine", title=b"\xff")
    with sqlite3.connect(tmp_path / "news.db") as connection:
        connection.execute(
            "insert into articles values (2, cast(x'e9' as text), 'broken'), (null, 'no id', '')"
        )
    connection.close()
    one, two, three = read([given + "?table=articles"])
    assert (one.text, one.title, three.id) == ("fine", None, "news/articles#3")
    assert two.reason == "row 2: a lone surrogate, U+DCE9, at character 0 of the text"
    told = [str(error).partition(": ")[2] for error in read([
        given, given + "?table=other", given + "?tabel=x", given + "?query=selct", "sqlite:nope.db?table=a",
        f"sqlite:{__file__}?table=a", given + "?query=select 1 as n",
    ])]  # fmt: skip
    told = [reason.partition(": ")[2] if reason.startswith("/") else reason for reason in told]
    assert [reason.rpartition("db?query=selct: ")[2] for reason in told] != []
    joined = "\n".join(told)
    for part in ("no table given: it has articles", "no table other: it has articles", "only table=",
                 "syntax error",
                 "no such file", "not a database", "no text: no field"):  # fmt: skip
        assert part in joined


def test_a_database_whose_name_is_too_long_leaves_the_other_inputs(tmp_path):
    given = database(tmp_path / "news.db", id=1, body="fine")
    first, second = read([f"sqlite:{'x' * 300}.db?table=articles", given + "?table=articles"])
    assert first.reason.startswith("file name too long")
    assert second.text == "fine"


def test_a_query_is_taken_as_it_is_typed_or_encoded_as_in_an_address(tmp_path):
    given = database(tmp_path / "news.db", id=1, body="a ferry aground", title="a+b & c=d?")
    for query in (
        "select id, body from articles where body like '%ferry%'",
        "select id + 0 as id, body from articles where title = 'a+b & c=d?'",
        "select%20id,+body+from+articles",
    ):
        [found] = read([f"{given}?query={query}"])
        assert (found.id, found.text) == ("1", "a ferry aground"), query
    with sqlite3.connect(tmp_path / "news.db") as connection:
        connection.execute("create table 'odd & 50%25' as select * from articles")
        connection.execute("create table 'c++' as select * from articles")
    connection.close()
    for table_ in ("odd & 50%25", "odd%20%26%2050%2525", "c++"):
        assert [found.text for found in read([f"{given}?table={table_}"])] == ["a ferry aground"], table_


@pytest.mark.parametrize(
    "query", ["", "vacuum into 'other.db'", "attach 'other.db' as o", "delete from articles", "begin"]
)
def test_a_query_that_gives_no_rows_is_one_clear_line_and_does_nothing(tmp_path, monkeypatch, query):
    monkeypatch.chdir(tmp_path)
    given = database(tmp_path / "news.db", id=1, body="fine")
    [found] = read([f"{given}?query={query}"])
    assert isinstance(found, RecordError)
    assert "gives no rows" in found.reason or "readonly" in found.reason
    assert [path.name for path in tmp_path.iterdir()] == ["news.db"]


def test_a_quotation_mark_that_is_never_closed_makes_no_article_of_all_below_it(tmp_path):
    """Nor of a file that breaks off within a field, whose last text is not whole."""
    (tmp_path / "a.csv").write_bytes(b'id,text\n1,"on\ne"\n2,"two\n3,three\n4,four\n')
    one, bad = read([str(tmp_path / "a.csv")])
    assert (one.text, bad.line) == ("on\ne", 4)
    assert bad.reason == "a quotation mark that is not closed; with it the file's last 3 lines are lost"
    (tmp_path / "b.csv").write_bytes(b'id,text\n1,"one"\n2,"two')
    one, bad = read([str(tmp_path / "b.csv")])
    assert (one.text, bad.line, bad.reason) == ("one", 3, "a quotation mark that is not closed")
    (tmp_path / "c.csv").write_bytes(b'id,text\n1,"one"\n2,"two"')
    assert [found.text for found in read([str(tmp_path / "c.csv")])] == ["one", "two"]


def test_the_line_by_which_spreadsheets_name_the_delimiter_is_no_header(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"\xef\xbb\xbfsep=;\r\nid;text\r\n1;one, two, three\r\n")
    [found] = read([str(tmp_path / "a.csv")])
    assert (found.id, found.line, found.text) == ("1", 3, "one, two, three")


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        (
            "a.jsonl",
            gzip.compress(b'{"text": "x"}\n' * 9, mtime=0),
            "compressed: pipe it through zcat, or give it a name that ends in .gz",
        ),
        (
            "a.jsonl",
            zipped({"a.jsonl": b'{"text": "x"}\n'}),
            "a zip archive: give it a name that ends in .zip",
        ),
        (
            "a.json",
            gzip.compress(b'{"text": "x"}\n' * 9, mtime=0),
            "compressed: pipe it through zcat, or give it a name that ends in .gz",
        ),
        (
            "a.txt",
            gzip.compress(b"x\n" * 9, mtime=0),
            "compressed: pipe it through zcat, or give it a name that ends in .gz",
        ),
        ("a.csv", zipped({"a.csv": b"id,text\n"}), "a zip archive: give it a name that ends in .zip"),
        (
            "a.gz",
            gzip.compress(tarred({"a.txt": b"x"}), mtime=0),
            "a tar archive: give it a name that ends in .tar or .tar.gz",
        ),
        ("a.jsonl", b"PAR1\x15\x04\n\n\nPAR1", "a Parquet file: give it a name that ends in .parquet"),
    ],
)
def test_a_file_under_the_ending_of_another_format_is_one_line_that_says_so(tmp_path, name, data, said):
    assert reason(tmp_path, name, data).startswith(said)


def test_a_list_under_the_ending_of_json_lines_is_read(tmp_path):
    (tmp_path / "a.jsonl").write_text(json.dumps([RECORD], indent=1))
    (tmp_path / "b.jsonl").write_text(json.dumps(RECORD, indent=1))
    (tmp_path / "c.jsonl").write_text(f"[\n{json.dumps(RECORD)},\n{json.dumps({'id': 'b'} | RECORD)}\n]")
    assert [found.id for found in read([str(tmp_path / "c.jsonl")])] == [RECORD["id"]] * 2
    for name in ("a.jsonl", "b.jsonl"):
        [found] = read([str(tmp_path / name)])
        assert parts(found) == WHOLE


@pytest.mark.parametrize(
    ("name", "module", "extra"),
    [
        ("a.html", "trafilatura", "html"), ("a.parquet", "pyarrow.parquet", "parquet"),
        ("a.feather", "pyarrow.ipc", "parquet"), ("a.warc", "warcio.archiveiterator", "warc"),
        ("a.txt.zst", "zstandard", "zstd"),
    ],
)  # fmt: skip
def test_a_missing_library_is_named_with_the_command_that_installs_it(
    tmp_path, monkeypatch, name, module, extra
):
    monkeypatch.setitem(sys.modules, module, None)
    assert reason(tmp_path, name, b"<p>x</p>") == f"needs {module.partition('.')[0]}: {command(extra)}"


def shouting(stream, origin):
    yield Article(id=origin.id, text=stream.read().decode().upper(), path=origin.name)


SHOUTING = Format("shouting", (".shout", ".text"), shouting)


POINTS = f"""\
[dedup.formats]
shouting = {__name__}:SHOUTING
broken = no.such.module:X
wrong = {__name__}:TEXT
"""


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
def test_other_packages_can_bring_formats(tmp_path, monkeypatch, packed):
    files = {"METADATA": "Metadata-Version: 2.1\nName: shouting\nVersion: 1\n", "entry_points.txt": POINTS}
    site, package = tmp_path / "site", "shouting-1.dist-info"
    if packed:
        with zipfile.ZipFile(site, "w") as archive:
            for name, content in files.items():
                archive.writestr(f"{package}/{name}", content)
    else:
        (site / package).mkdir(parents=True)
        for name, content in files.items():
            (site / package / name).write_text(content)
    monkeypatch.syspath_prepend(site)
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "a.shout.gz").write_bytes(gzip.compress(b"hear this"))
    (folder / "b.text").write_text("and this")
    found = list(read([str(folder)]))
    assert [one.text for one in found if isinstance(one, Article)] == ["HEAR THIS", "AND THIS"]
    assert [str(one).partition(":")[0] for one in found if isinstance(one, RecordError)] == [
        "format broken",
        "format wrong",
    ]


MARKUP = st.lists(
    st.sampled_from(
        [
            "<p>",
            "</p>",
            "<br/>",
            "<![CDATA[",
            "<!x",
            "<![",
            "]]>",
            "&amp;",
            "&#55357;",
            "<",
            ">",
            "a",
            " ",
            "\0",
            "<script>",
            "</script>",
        ]
    )
    | st.text(max_size=4)
).map("".join)


@given(MARKUP)
def test_no_fragment_is_too_strange_to_be_stripped(fragment):
    assert isinstance(plain(fragment), str)


@given(
    st.lists(
        st.text(
            st.characters(
                blacklist_characters="\r\n\t\f\v\0 \x1c\x1d\x1e\x1f\x85\xa0",
                blacklist_categories=["Cs", "Cc", "Z"],
            ),
            min_size=1,
        ),
        min_size=1,
    )
)
def test_paragraphs_come_back_from_markup(paragraphs):
    marked = "".join(f"<p>{escape(p)}</p>" for p in paragraphs)
    assert plain(marked) == "\n\n".join(p.strip() for p in paragraphs)


@given(
    st.binary(max_size=100)
    | MARKUP.map(
        lambda m: f"<rss><channel><item><description>{m}</description></item></channel></rss>".encode(
            "utf-8", "replace"
        )
    )
)
def test_no_bytes_are_too_strange_for_xml(data):
    try:
        xml_document.parse(data)
    except xml_document.InputError as error:
        said = str(error)
        assert said.isprintable()


@pytest.mark.parametrize(
    ("given_", "meant"),
    [
        ("Caf&eacute;&nbsp;Nord", "Café\xa0Nord"),
        ("AT&T, R&D; &unknown; &amp; so on", "AT&T, R&D; &unknown; & so on"),
        ("a\x0bb\x0c", "ab"),
        ("<![CDATA[<p>Caf&eacute; & bar</p>]]>", "Café & bar"),
    ],
)
@pytest.mark.parametrize(
    "doctype", ["", "<!DOCTYPE rss PUBLIC '-//N//DTD RSS 0.91//EN' 'http://x.example/rss.dtd'>"]
)
def test_what_feeds_have_and_xml_has_not_is_read(tmp_path, given_, meant, doctype):
    (tmp_path / "a.xml").write_text(
        f"<?xml version='1.0' standalone='yes'?>{doctype}<rss><channel><item><title>T&eacute; & t</title>"
        f"<link>https://x.example/?a=1&b=2&copy=3</link><description>{given_}</description></item></channel></rss>",
        "utf-8",
    )
    [found] = read([str(tmp_path)])
    assert (found.text, found.title, found.url) == (meant, "Té & t", "https://x.example/?a=1&b=2&copy=3")


def test_an_export_of_wordpress_gives_its_posts(tmp_path):
    (tmp_path / "a.xml").write_text(
        """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/"><channel>
<title>Harbour Post</title>
<item><title>A &amp; b</title><link>https://hp.example/a</link><dc:creator><![CDATA[ottilie]]></dc:creator>
<guid isPermaLink="false">https://hp.example/?p=1</guid><description></description>
<content:encoded><![CDATA[<!-- wp:paragraph --><p>One.</p><!-- /wp:paragraph -->]]></content:encoded>
<excerpt:encoded><![CDATA[]]></excerpt:encoded>
<wp:post_type><![CDATA[post]]></wp:post_type></item>
<item><title>b</title><guid>https://hp.example/?p=2</guid>
<content:encoded><![CDATA[Old <em>style</em>.\n\nTwo paragraphs.]]></content:encoded>
<wp:post_type>post</wp:post_type></item>
<item><title>picture.jpg</title><guid>https://hp.example/picture.jpg</guid><content:encoded><![CDATA[]]></content:encoded>
<excerpt:encoded><![CDATA[The caption]]></excerpt:encoded><wp:post_type>attachment</wp:post_type></item>
</channel></rss>""",
        "utf-8",
    )
    found = list(read([str(tmp_path)]))
    assert [(a.id, a.title, a.source, a.byline, a.text) for a in found] == [
        ("https://hp.example/?p=1", "A & b", "Harbour Post", "ottilie", "One."),
        ("https://hp.example/?p=2", "b", "Harbour Post", None, "Old style.\n\nTwo paragraphs."),
    ]


TWO_FED = (
    '<?xml version="1.0"?>\n<!-- made by hand -->\n<rss version="2.0"><channel><title>Wire</title>'
    "<item><guid>1</guid><description>Fog closed the harbour.</description></item>"
    "<item><guid>2</guid><description>The ferry stayed in port.</description></item></channel></rss>"
)
TWO_LINES = (
    '{"id": "1", "text": "Fog closed the harbour."}\n{"id": "2", "text": "The ferry stayed in port."}\n'
)
TWO_ROWS = [f"id{d}text\n1{d}Fog closed the harbour.\n2{d}The ferry stayed in port.\n" for d in ",;\t|"]


@pytest.mark.parametrize(
    "content", [TWO_FED, TWO_LINES, f"[{TWO_LINES.strip().replace(chr(10), ',')}]", *TWO_ROWS]
)
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_records_without_a_name_that_says_so_are_records(tmp_path, content, bom):
    path = tmp_path / "news.txt"
    path.write_text(bom + content, encoding="utf-8")
    expected = [("1", "Fog closed the harbour."), ("2", "The ferry stayed in port.")]
    assert [(found.id, found.text) for found in read([str(path)])] == expected
    stdin = io.BytesIO((bom + content).encode())
    assert [(found.id, found.text) for found in read(["-"], stdin=stdin)] == expected


@pytest.mark.parametrize(
    "content",
    [
        "Text, he said, was what he wrote.\nAnd more of it.\n",
        "id,title\nA table without a text.\n",
        "{ the first words of an odd poem\nand the next }\n",
        "<b>Bold</b> claims were made,\nand then some.\n",
    ],
)
def test_prose_that_looks_a_little_like_records_is_a_text(tmp_path, content):
    path = tmp_path / "news.txt"
    path.write_text(content, encoding="utf-8")
    (found,) = read([str(path)])
    assert isinstance(found, Article)
    assert found.id.endswith("news")


def test_a_list_in_the_first_line_of_json_lines_is_its_records(tmp_path):
    path = tmp_path / "list.jsonl"
    path.write_text('[{"text": "one"}, {"text": "two"}]\n{"text": "three"}\n')
    assert [(a.text, a.id) for a in read([str(path)])] == [
        (text, f"list#{n}") for n, text in enumerate(("one", "two", "three"), 1)
    ]
    path.write_text('[{"text": "one"}, 2]\n')
    (error,) = read([str(path)])
    assert error.reason == "a list, not an object"


def test_a_report_of_dedup_is_no_article(tmp_path):
    path = tmp_path / "report.html"
    with dedup.open(":memory:") as index:
        index.add([Article(name, "One text that both have, word for word.") for name in "ab"])
        path.write_text(build(gather(index.groups(), index.articles)), encoding="utf-8")
    assert list(read([str(path)])) == []
