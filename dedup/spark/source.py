"""Inputs -> articles in the order of one machine, each with its place: file, block of the file, place in it.

Spark cuts large files into blocks. What needs to know how many records came before (lines, numbers) is told
when all blocks have been counted. JSON lines and Parquet are read by Spark, block by block; files of all
other formats as a whole, each in one task. The project's own readers make articles of the records.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial, reduce
from itertools import groupby
from typing import Any
from urllib.parse import unquote

from dedup.errors import InputError
from dedup.model import LINK, Article, RecordError
from dedup.read import File, Origin, jsonl, known_formats
from dedup.read.inputs import SCHEME, Found, files, named, shown
from dedup.read.parallel import made
from dedup.read.record import Fields

LINES, ROWS, WHOLE = "lines", "rows", "whole"
"""How a file is read: its lines or its rows in blocks, or all of it at once."""
LINE_ENDINGS = tuple(ending + packed for ending in jsonl.FORMAT.endings for packed in ("", ".gz", ".bz2"))
UNNAMED = "\0"
"""The file's id while the lines before a block have not been counted."""


@dataclass(frozen=True, slots=True)
class Source:
    """The files of a run, in order, how each is read, and what could not be found."""

    files: tuple[File, ...]
    manner: tuple[str, ...]
    fields: Mapping[str, str]
    errors: tuple[RecordError, ...] = ()
    links: tuple[str, ...] = ()
    places: dict[str, int] = field(default_factory=dict)

    def paths(self, manner: str) -> list[str]:
        """The paths of the files that are read so."""
        return [file.path for file, own in zip(self.files, self.manner, strict=True) if own == manner]


def find(inputs: Sequence[str], fields: Mapping[str, str], storage: Any) -> Source:
    """The files that the inputs name; `storage` lists folders that are not on this machine."""
    Fields(fields)
    formats, errors = known_formats()
    found: list[File | RecordError] = [*errors]
    for elsewhere, together in groupby(inputs, _is_elsewhere):
        if not elsewhere:
            found += files([given.removeprefix("file://") for given in together], formats.ending_of)
            continue
        for given in together:
            remote = [Found(path, relative) for path, relative in storage.walk(given)]
            known = [one for one in remote if len(remote) == 1 or formats.ending_of(one.relative)]
            if not known:
                found.append(RecordError(shown(given), None, "no file with a known ending here"))
            found += named(known, formats.ending_of)
    own = [one for one in found if isinstance(one, File)]
    bad = [one for one in found if isinstance(one, RecordError)]
    return Source(
        files=tuple(own),
        manner=tuple(_manner(file.path) for file in own),
        fields=dict(fields),
        errors=tuple(one for one in bad if one.reason != LINK),
        links=tuple(str(one) for one in bad if one.reason == LINK),
        places={storage.absolute(file.path): place for place, file in enumerate(own)},
    )


def _is_elsewhere(given: str) -> bool:
    """Whether an input is not on this machine."""
    if given == "-" or given.startswith(SCHEME):
        raise InputError(f"{given}: Spark reads files, folders, patterns and tables, not this")
    return "://" in given and not given.startswith("file://")


def _manner(path: str) -> str:
    name = path.lower()
    if name.endswith(LINE_ENDINGS):
        return LINES
    return ROWS if name.endswith((".parquet", ".pq")) else WHOLE


@dataclass(slots=True)
class Block:
    """A block of a file: its records, as they come; `lines` counts them, or its lines, up to now."""

    file: int
    start: int
    records: Iterator[Article | RecordError]
    lines: int = 0


def frames(spark: Any, source: Source) -> Iterator[tuple[str, Any]]:
    """A DataFrame of what each manner reads: path, start of the block, and the content."""
    reader = spark.read
    place = ["_metadata.file_path AS path", "_metadata.file_block_start AS start"]
    if lines := source.paths(LINES):
        found = reader.option("lineSep", "\n").text([_literal(path) for path in lines])
        yield LINES, found.selectExpr(*place, "CAST(value AS BINARY) AS content")
    if rows := source.paths(ROWS):
        found = reader.option("mergeSchema", "true").parquet(*[_literal(path) for path in rows])
        used = [f"`{name}`" for name in Fields(source.fields).used(found.columns)]
        yield ROWS, found.selectExpr(*place, f"struct({', '.join(used)}) AS content")
    if whole := source.paths(WHOLE):
        found = reader.format("binaryFile").load([_literal(path) for path in whole])
        yield WHOLE, found.selectExpr("path", "CAST(0 AS LONG) AS start", "content")


def mapped(spark: Any, source: Source, function: Callable[..., Any], schema: str) -> Any:
    """The DataFrame that a function of batches, manner and source makes of all that is read."""
    parts = [
        frame.mapInArrow(partial(function, manner=manner, source=source), schema)
        for manner, frame in frames(spark, source)
    ]
    return reduce(lambda found, part: found.union(part), parts)


def _literal(path: str) -> str:
    """A path as Spark takes it, without its patterns."""
    return "".join(f"\\{c}" if c in "*?[]{}\\" else c for c in path)


def blocks(batches: Iterator[Any], manner: str, source: Source) -> Iterator[Block]:
    """The blocks of one task, each to be read before the next is asked for."""
    fields = Fields(source.fields)
    formats, _ = known_formats()
    names = ("path", "start", "content")
    columns = ([batch.column(name).to_pylist() for name in names] for batch in batches)
    rows = (row for batch in columns for row in zip(*batch, strict=True))
    for (path, start), group in groupby(rows, key=lambda row: row[:2]):
        number = place_of(path, source)
        file = source.files[number]
        block = Block(number, start, iter(()))
        contents = (content for _, _, content in group)
        if manner == WHOLE:
            block.records = made(formats.read_content(next(contents), file, Origin("", "", fields)), 1)
        else:
            origin = Origin(file.name, file.id if start == 0 else UNNAMED, fields)
            counted = _counted(contents, block)
            block.records = _lines(counted, origin) if manner == LINES else _rows(counted, origin)
        yield block


def place_of(path: str, source: Source) -> int:
    """Which file of the source Spark means by a path: some of its readers escape it, some do not."""
    for name in (path, unquote(path)):
        if name in source.places:
            return source.places[name]
        plain = name.removeprefix("file://") if name.startswith("file:///") else name.removeprefix("file:")
        if plain in source.places:
            return source.places[plain]
    raise InputError(f"{path}: not a file of this input")


def _counted(contents: Iterator[Any], block: Block) -> Iterator[Any]:
    for content in contents:
        block.lines += 1
        yield content


def _lines(contents: Iterator[bytes], origin: Origin) -> Iterator[Article | RecordError]:
    try:
        # a part of a file may be damaged all through, and its lines are counted for the next part
        yield from jsonl.records(contents, io.BytesIO(), origin, given_up=sys.maxsize)
    except InputError as error:
        if str(error) != "empty":  # whether the file is, the other blocks tell
            yield RecordError(origin.name, None, str(error))


def _rows(contents: Iterator[Mapping[str, Any]], origin: Origin) -> Iterator[Article | RecordError]:
    for line, record in enumerate(contents, 1):
        found = origin.fields.article(record, origin.name, None, f"{origin.id}#{line}")
        if isinstance(found, RecordError):
            found = RecordError(found.input, line, found.reason)
        yield found
