"""Files, folders, globs and stdin -> Article. What cannot be read is a RecordError, and the rest goes on.

A format is told by the ending of the name:

    plain text, an article a file          .txt .text .md
    JSON lines                             .jsonl .ndjson .jsonlines
    JSON, JSON Feed, ninjs 1 to 3          .json
    CSV, TSV with a header                 .csv .tsv .tab
    RSS, Atom, NITF, NewsML-G2             .xml .rss .atom .rdf .nitf .nml
    web pages                              .html .htm .xhtml       (extra html)
    Parquet, Arrow                         .parquet .pq .arrow .feather      (extra parquet)
    web archives                           .warc                   (extras warc, html)
    zip, tar of any of these               .zip .tar .tgz
    and compressed, any of these           .gz .bz2 .xz .zst       (the last: extra zstd)

Stdin, pipes and files with another ending are told by their first line: JSON lines, JSON or one text. A table
of a database is `sqlite:news.db?table=articles`. Other packages can add formats, each an entry point of the
group `dedup.formats` that is a Format.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import BinaryIO

from dedup.model import Article, RecordError
from dedup.read import (
    csv_table,
    html_page,
    json_document,
    jsonl,
    parquet_table,
    sqlite_table,
    text,
    warc,
    xml_document,
)  # fmt: skip
from dedup.read.formats import Format, Origin, plugged_in
from dedup.read.inputs import SCHEME, File, files
from dedup.read.opening import Formats, read_stdin
from dedup.read.record import Fields, record_to_article

__all__ = ["File", "Format", "Origin", "read", "record_to_article"]

FORMATS = (
    text.FORMAT, jsonl.FORMAT, json_document.FORMAT, csv_table.FORMAT, xml_document.FORMAT, html_page.FORMAT,
    parquet_table.PARQUET, parquet_table.ARROW, warc.FORMAT,
)  # fmt: skip


def read(
    inputs: Sequence[str],
    *,
    fields: Mapping[str, str] | None = None,
    stdin: BinaryIO | None = None,
    wanted: Callable[[File], bool] | None = None,
    finished: Callable[[File], None] | None = None,
) -> Iterator[Article | RecordError]:
    """Read inputs in their order, each record as it is asked for.

    Args:
        inputs: files, folders (all below them, sorted; known endings only), patterns such as `news/**/*.txt`
            that no shell has expanded, and `-` for stdin.
        fields: the field of a record that holds a part of an article, {"text": "body"}, where its name is
            none of those that are guessed (dedup.read.record.GUESSES).
        stdin: what `-` reads, if not the process's own.
        wanted: asked of each file before it is opened; one that is not wanted is left out.
        finished: told of each file when its last record has been taken and the next one is asked for.

    Raises:
        SettingsError: `fields` names a part that an article does not have.

    """
    every, nothing = (lambda _: True), (lambda _: None)
    return _read(list(inputs), Fields(fields), stdin, wanted or every, finished or nothing)


def _read(
    inputs: Sequence[str],
    fields: Fields,
    stdin: BinaryIO | None,
    wanted: Callable[[File], bool],
    finished: Callable[[File], None],
) -> Iterator[Article | RecordError]:
    others = list(plugged_in())
    yield from (error for error in others if isinstance(error, RecordError))
    formats = Formats([*FORMATS, *(format_ for format_ in others if isinstance(format_, Format))])
    for found in files(inputs, formats.ending_of):
        if isinstance(found, RecordError):
            yield found
        elif found.path == "-":
            yield from read_stdin(sys.stdin.buffer if stdin is None else stdin, fields)
        elif found.path.startswith(SCHEME):
            yield from sqlite_table.read(found.path, fields)
        elif wanted(found):
            yield from formats.read_file(found, fields)
            finished(found)
