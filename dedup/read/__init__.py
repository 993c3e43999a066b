"""Files, folders, globs and stdin -> Article. What cannot be read is a RecordError, and the rest goes on.

A format is told by the ending of the name:

    plain text, an article a file          .txt .text .md
    JSON lines                             .jsonl .ndjson .jsonlines
    JSON, JSON Feed, ninjs 1 to 3          .json
    CSV, TSV with a header                 .csv .tsv .tab
    RSS, Atom, NITF, NewsML-G2             .xml .rss .atom .rdf .nitf .nml
    web pages, also as browsers save them  .html .htm .xhtml .mhtml .mht      (extra html)
    Parquet, Arrow                         .parquet .pq .arrow .feather      (extra parquet)
    web archives                           .warc                   (extras warc, html)
    zip, tar of any of these               .zip .tar .tgz
    and compressed, any of these           .gz .bz2 .xz .zst       (the last: extra zstd)

Stdin, pipes and files with another ending are told by their first line: JSON lines, JSON or one text. A table
of a database is `sqlite:news.db?table=articles`. Other packages can add formats, each an entry point of the
group `dedup.formats` that is a Format.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from dedup.errors import InputError
from dedup.model import Article, RecordError
from dedup.read import (
    csv_table,
    html_page,
    json_document,
    jsonl,
    mhtml_page,
    parquet_table,
    sqlite_table,
    text,
    warc,
    xml_document,
)  # fmt: skip
from dedup.read.encodings import known
from dedup.read.formats import Format, Later, Origin, plugged_in
from dedup.read.inputs import SCHEME, File, StrPath, files, is_address, several
from dedup.read.opening import Formats, read_stdin
from dedup.read.parallel import made
from dedup.read.record import Fields, record_to_article

if TYPE_CHECKING:
    from dedup.read.web import Fetcher

__all__ = ["File", "Format", "Later", "Origin", "read", "record_to_article"]

FORMATS = (
    text.FORMAT, jsonl.FORMAT, json_document.FORMAT, csv_table.FORMAT, xml_document.FORMAT, html_page.FORMAT,
    mhtml_page.FORMAT,
    parquet_table.PARQUET, parquet_table.ARROW, warc.FORMAT,
)  # fmt: skip


def read(
    inputs: StrPath | Iterable[StrPath],
    *,
    fields: Mapping[str, str] | None = None,
    encoding: str | None = None,
    fetch: Fetcher | None = None,
    stdin: BinaryIO | None = None,
    ids: Callable[[Sequence[str]], Mapping[str, str]] | None = None,
    holder: Callable[[str], str | None] | None = None,
    wanted: Callable[[File], bool] | None = None,
    started: Callable[[File], None] | None = None,
    finished: Callable[[File], None] | None = None,
    processes: int | None = None,
) -> Iterator[Article | RecordError]:
    """Read inputs in their order, each record as it is asked for.

    Args:
        inputs: files, folders (all below them, sorted; known endings only), patterns such as `news/**/*.txt`
            that no shell has expanded, and `-` for stdin; strings or paths, one or several.
        fields: the field of a record that holds a part of an article, {"text": "body"}, where its name is
            none of those that are guessed (dedup.read.record.GUESSES).
        encoding: the encoding of the inputs, but for those that begin with a byte order mark. Without it, it
            is what an input declares, or UTF-8, or else detected, which `Article.guessed` tells.
        fetch: gets inputs that are addresses, https://...; without it they are errors, nothing is fetched.
        stdin: what `-` reads, if not the process's own.
        ids: gives by absolute path the ids that files had before. They keep them; else a file's id is its
            path without the ending, or with it where another file comes to the same.
        holder: gives the path of the article that has an id made of a name, "" if it has none, None if there
            is no such article: a file takes no id of another that is there.
        wanted: asked of each file before it is opened, which may be some time before its records come; one
            that is not wanted is left out.
        started: told of each file before its first record comes.
        finished: told of each file when its last record has been taken and the next one is asked for.
        processes: how many may be started to make what is slow (pages): as many as there are processors, if
            nothing is said; with 1, none.

    Raises:
        SettingsError: `fields` names a part that an article does not have, or `encoding` none that is known.
        TypeError: an input is neither a string nor a path.

    """
    every, nothing = (lambda _: True), (lambda _: None)
    asked = Origin("", "", Fields(fields), None if encoding is None else known(encoding))
    stream = _read(several(inputs), asked, fetch, stdin, ids=ids, holder=holder, wanted=wanted or every)
    return _records_of(made(stream, processes), started or nothing, finished or nothing)


def read_lines(
    lines: Iterable[bytes], *, fields: Mapping[str, str] | None = None, encoding: str | None = None
) -> Iterator[Article | RecordError]:
    """The records of some lines of JSON lines, as `read` gives them but for `line`.

    Nothing for a line that is blank, or none by itself: in UTF-16, say, lines do not end with one byte.
    """
    origin = Origin("lines", "lines", Fields(fields), None if encoding is None else known(encoding))
    for line in lines:
        with suppress(InputError):
            yield from jsonl.records(iter([line]), io.BytesIO(), origin)


@dataclass(frozen=True, slots=True)
class _Begun:
    """In a stream: what follows is of this file."""

    file: File


@dataclass(frozen=True, slots=True)
class _Ended:
    """In a stream: that was all of this file."""

    file: File


def _records_of(
    stream: Iterator[Article | RecordError | _Begun | _Ended],
    started: Callable[[File], None],
    finished: Callable[[File], None],
) -> Iterator[Article | RecordError]:
    """The records of a stream, whose marks are told to `started` and `finished`."""
    for one in stream:
        if isinstance(one, _Begun):
            started(one.file)
        elif isinstance(one, _Ended):
            finished(one.file)
        else:
            yield one


def known_formats() -> tuple[Formats, list[RecordError]]:
    """The formats of this package and of others, and what is wrong with those of others."""
    others = list(plugged_in())
    formats = Formats([*FORMATS, *(format_ for format_ in others if isinstance(format_, Format))])
    return formats, [error for error in others if isinstance(error, RecordError)]


def _read(
    inputs: Sequence[str],
    asked: Origin,
    fetch: Fetcher | None,
    stdin: BinaryIO | None,
    *,
    ids: Callable[[Sequence[str]], Mapping[str, str]] | None,
    holder: Callable[[str], str | None] | None,
    wanted: Callable[[File], bool],
) -> Iterator[Article | RecordError | Later | _Begun | _Ended]:
    formats, errors = known_formats()
    yield from errors
    for found in files(inputs, formats.ending_of, ids, holder):
        if isinstance(found, RecordError):
            yield found
        elif found.path == "-":
            if stdin is None and sys.stdin is None:
                yield RecordError("-", None, "stdin is closed")
                continue
            yield from read_stdin(sys.stdin.buffer if stdin is None else stdin, asked)
        elif found.path.startswith(SCHEME):
            yield from sqlite_table.read(found.path, asked.fields)
        elif is_address(found.path):
            if fetch is None:
                yield RecordError(found.name, None, "an address on the web: it is read with --fetch only")
                continue
            yield _Begun(found)
            yield from formats.read_address(fetch, found, asked)
            yield _Ended(found)
        elif wanted(found):
            yield _Begun(found)
            yield from formats.read_file(found, asked)
            yield _Ended(found)
