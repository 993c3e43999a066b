"""What the first bytes of a file say that it is, where that is not what its name says."""

from __future__ import annotations

import codecs
import io
from typing import BinaryIO, Final

from dedup.patterns import pattern
from dedup.read.formats import Format

HEAD: Final = 512
"""Bytes that are looked at: a tar archive says that it is one at the 258th."""

SQLITE: Final = b"SQLite format 3\0"
"""What each SQLite database begins with."""

_TEXTUAL: Final = frozenset({".txt", ".jsonl", ".json", ".csv", ".xml", ".html"})
"""Endings of formats that are text, none of which can begin as one of these does."""

_MAGIC: Final = (
    (0, b"\x1f\x8b", "compressed: pipe it through zcat, or {}", ".gz"),
    (0, b"\x28\xb5\x2f\xfd", "compressed: pipe it through zstdcat, or {}", ".zst"),
    (0, b"\xfd7zXZ\0", "compressed: pipe it through xzcat, or {}", ".xz"),
    (4, b"1AY&SY", "compressed: pipe it through bzcat, or {}", ".bz2"),
    (0, b"PK\x03\x04", "a zip archive: {}", ".zip"),
    (257, b"ustar", "a tar archive: {}", ".tar or .tar.gz"),
    (0, b"PAR1", "a Parquet file: {}", ".parquet"),
    (0, b"ARROW1", "an Arrow file: {}", ".arrow"),
    (0, SQLITE, "a SQLite database: say which table, as in sqlite:news.db?table=articles", ""),
    (0, b"%PDF-", "a PDF, which is not read", ""),
    (0, b"{\\rtf", "RTF, which is not read: save it as text or HTML", ""),
    (0, b"\xd0\xcf\x11\xe0", "an Office document, which is not read: save it as text or HTML", ""),
)
_OFFICE: Final = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"mimetypeapplication/")
"""Names, at the 31st byte, of what stands first in the zip archives that Office documents are."""

_OBJECT: Final = pattern(rb"(?:\xef\xbb\xbf)?[\s\[]*\{\s*\"[^\"\n]{1,80}\"\s*:")


def advice(head: bytes) -> str | None:
    """What to do with a file that begins like this; None where it may be text."""
    if head.startswith(b"PK") and head.startswith(_OFFICE, 30):
        return "an Office document, which is not read: save it as text or HTML"
    for place, magic, said, ending in _MAGIC:
        if head.startswith(magic, place):
            return said.format(f"give it a name that ends in {ending}")
    return None


def is_textual(format_: Format | None) -> bool:
    """Whether a format is text; without a format, it is taken for text."""
    return format_ is None or not _TEXTUAL.isdisjoint(format_.endings)


def is_json(head: bytes) -> bool:
    """Whether these bytes begin a JSON object, or a list of some."""
    return _OBJECT.match(head) is not None


def is_document(head: bytes) -> bool:
    """Whether these bytes begin JSON over several lines, and not JSON lines of which the first is damaged."""
    first, _, rest = head.removeprefix(codecs.BOM_UTF8).lstrip().partition(b"\n")
    first, second = first.strip(), rest.lstrip().partition(b"\n")[0].strip()
    if first in (b"{", b"[{"):
        return second.startswith(b'"')
    if first == b"[":
        return second.startswith(b"{") and not second.endswith(b"}")
    return first.startswith(b"[{") and first.endswith(b"},")


def peeked(stream: BinaryIO) -> bytes:
    """The first bytes of a stream, which are not taken from it; none where that cannot be."""
    if isinstance(stream, io.BufferedReader):
        return stream.peek(HEAD)[:HEAD]
    if stream.seekable():
        head = stream.read(HEAD)
        stream.seek(-len(head), io.SEEK_CUR)
        return head
    return b""
