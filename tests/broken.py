"""Files that cannot be read, a folder a format: `python -m tests.broken` writes fixtures/broken anew."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import zipfile
from pathlib import Path

from tests.formats import FORMS, HTML, LINE, PAGE, RSS

FOLDER = Path(__file__).parents[1] / "fixtures" / "broken"
PICTURE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\x02\0\0\0\x90wS\xde"
ITEM = "<rss><channel><item><description>&{1};</description></item></channel></rss>"
ENTITY = "<!DOCTYPE rss [<!ENTITY {0}>]>" + ITEM
LAUGHS = "a 'ha ha ha'><!ENTITY b '" + "&a;" * 20 + "'><!ENTITY c '" + "&b;" * 20 + "'"
ALIKE = (".txt", ".html")
"""Endings of which every beginning is whole: a text or a page that breaks off is a shorter one."""
CUT_ROWS = (".csv", ".tsv")
"""Endings of which a row that breaks off is a shorter row: they are cut within the header's."""


def _zip(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return out.getvalue()


def _claiming(packed: bytes, bytes_: int) -> bytes:
    """The same zip, whose first member claims another size in the directory at the end."""
    at = packed.index(b"PK\x01\x02") + 24
    return packed[:at] + struct.pack("<I", bytes_) + packed[at + 4 :]


def special() -> dict[str, bytes]:
    """Files that are broken in a way of their own."""
    damaged = "Dégâts à Skérrow où les pêcheurs étaient".encode().replace("où".encode(), b"o\xf9")
    zeros = bytes(8 << 20)
    return {
        "txt/damaged.txt": damaged,
        "txt/nul.txt": b"one\0two",
        "txt/blank.txt": b" \n\t\n",
        "csv/damaged.csv": b"id,text\n1," + damaged + b"\n",
        "csv/no-text.csv": b"id,headline\n1,a\n",
        "csv/short-rows.csv": b"id,text\n1\n2,x,y\n",
        "json/damaged.json": b'[{"text": "' + damaged + b'"}]',
        "json/deep.json": b"[" * 5000,
        "json/no-records.json": b"[]",
        "json/number.json": b"42",
        "jsonl/damaged.jsonl": b'{"text": "' + damaged + b'"}\n',
        "jsonl/no-objects.jsonl": b"[1]\n2\nnull\n",
        "xml/bomb.xml": ENTITY.format(LAUGHS, "c").encode(),
        "xml/external-entity.xml": ENTITY.format("x SYSTEM 'file:///etc/passwd'", "x").encode(),
        "xml/unknown-root.xml": b"<invoice><total>1</total></invoice>",
        "xml/damaged.xml": RSS.encode().replace(b"Norrhamn and", b"Norrhamn \xc3\xa9\xc3\xa9 \xe9 and"),
        "xml/deep.xml": b"<rss>" * 5000,
        "html/no-article.html": b"<html><head><title>Gone</title></head><body></body></html>",
        "html/damaged.html": PAGE.encode().replace(b"Norrhamn and", b"Norrhamn \xc3\xa9\xc3\xa9 \xe9 and"),
        "mhtml/no-page.mhtml": b"MIME-Version: 1.0\r\nContent-Type: image/png\r\n\r\nx\r\n",
        "mhtml/not-a-message.mhtml": HTML.encode(),
        "warc/no-pages.warc": b"WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 0\r\n\r\n\r\n\r\n",
        "zip/bomb.zip": _claiming(_zip({"a.jsonl": LINE}), 0xF0000000),
        "zip/nested.zip": _zip({"inner.zip": _zip({"a.jsonl": LINE})}),
        "zip/nothing-known.zip": _zip({"picture.png": PICTURE}),
        "bz2/bomb.jsonl.bz2": bz2.compress(zeros),
        "gz/bomb.jsonl.gz": gzip.compress(zeros, mtime=0),
        "xz/bomb.jsonl.xz": lzma.compress(zeros),
        "gz/in-gz.jsonl.gz": gzip.compress(gzip.compress(LINE, mtime=0), mtime=0),
    }


def files() -> dict[str, bytes]:
    """All of them by path: each format empty, cut off, and as something else under its ending."""
    made = {}
    for name, make in FORMS.items():
        if name.endswith(".db"):
            continue  # named by sqlite:..., which says the table
        ending = name[name.index(".") :]
        folder = ending.rpartition(".")[2]
        stem = name[: name.index(".")]
        made[f"{folder}/{stem}-empty{ending}"] = b""
        made[f"{folder}/{stem}-picture{ending}"] = PICTURE
        data = make()
        if ending in CUT_ROWS:
            made[f"{folder}/{stem}-cut{ending}"] = data[: data.index(b"\n") // 2]
        elif ending not in ALIKE:
            made[f"{folder}/{stem}-cut{ending}"] = data[: len(data) * 6 // 10]
    return made | special()


if __name__ == "__main__":
    for path, data in files().items():
        (FOLDER / path).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / path).write_bytes(data)
