"""The first pass over the inputs: which records there are, and which of them is an article of the run.

It keeps ids and digests, not texts. As on one machine, the ids of two sources are told apart, and an article
whose id was there before is left out; the others are numbered in the order of the inputs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.digest import digest_of, is_outdated
from dedup.model import Article, RecordError
from dedup.spark.arrow import batch_of, schema_of, small
from dedup.spark.source import LINES, ROWS, UNNAMED, Source, blocks, mapped

RECORDS = (
    "file int, start long, place long, kind int, line long, id string, source string, published string,"
    " url string, digest binary, reason string, articles long, unnamed long, errors long"
)
"""Where a record is (file, block, place in the block) and what it is; at the end of a block, its counts."""
ARTICLE, ERROR, END = range(3)
ROOM = 4096
MOST = 100_000
"""Unreadable records that are told one by one."""


@dataclass(frozen=True, slots=True)
class Numbering:
    """The number of each article, by its place.

    Block (file, start) begins with the number `first[file, start]`; the places `dropped[file, start]`
    (ascending) are left out, and those of `others[file, start]` have ids that other sources had first;
    `lines[file, start]` lines of the file came before it.
    """

    first: dict[tuple[int, int], int]
    dropped: dict[tuple[int, int], NDArray[np.int64]]
    others: dict[tuple[int, int], NDArray[np.int64]]
    lines: dict[tuple[int, int], int]
    articles: int
    unchanged: int
    errors: tuple[RecordError, ...]
    more_errors: int


class _Repeated(NamedTuple):
    """A record that is not kept: whether it is the `same` or older, and the other of an earlier day."""

    row: Any
    same: bool
    earlier: bool


def find_records(spark: Any, source: Source) -> Any:
    """The DataFrame of all records."""
    return mapped(spark, source, _scan, RECORDS)


def _scan(batches: Iterator[Any], manner: str, source: Source) -> Iterator[Any]:
    schema = schema_of(RECORDS)
    rows: list[dict[str, object]] = []
    for block in blocks(batches, manner, source):
        where = {"file": block.file, "start": block.start}
        articles = unnamed = errors = 0
        for place, record in enumerate(block.records):
            row: dict[str, object]
            if isinstance(record, RecordError):
                errors += 1
                row = {"kind": ERROR, "line": record.line, "reason": record.reason, "id": record.input}
            else:
                nameless = record.id.startswith(UNNAMED)
                unnamed += nameless
                articles += 1
                row = {"kind": ARTICLE, "line": record.line, "id": record.id, "source": record.source}
                row |= {"url": record.url, "digest": digest_of(record)}
                row["published"] = record.published.isoformat() if record.published else None
                if nameless:
                    row |= {"id": None, "line": int(record.id.rpartition("#")[2])}
            rows.append({**where, "place": place, **row})
            if len(rows) >= ROOM:
                yield batch_of(rows, schema)
                rows.clear()
        counts = {"articles": articles, "unnamed": unnamed, "errors": errors}
        rows.append({**where, "place": block.lines, "kind": END, **counts})
    yield batch_of(rows, schema)


def number_records(records: Any, earlier: Any | None, source: Source, first: int) -> Numbering:
    """Number the articles from `first` on; `earlier` are the sketches of the days before."""
    ends = sorted(
        (row.file, row.start, row.place, row.articles, row.unnamed, row.errors)
        for row in records.filter(f"kind = {END}").collect()
    )
    lines = _lines_before(ends)
    unnamed = lines if any(end[4] for end in ends) else {}
    named = _told_apart(_named(records, unnamed, source), earlier)
    repeated = _repeated(named)
    others = _places(named.filter("file >= 0 AND other").select("file", "start", "place").collect())
    errors = [(-1, 0, 0, error) for error in source.errors]
    dropped = _places([each.row for each in repeated])
    for row, same, earlier_day in repeated:
        if not same:
            line = None if row.line is None else row.line + lines[row.file, row.start]
            when = "on an earlier day" if earlier_day else "in this run"
            reason = f"id {row.id!r} was read before {when} with other content; the first is kept"
            error = RecordError(source.files[row.file].name, line, reason)
            errors.append((row.file, row.start, row.place, error))
    unreadable = sum(end[5] for end in ends)
    found = records.filter(f"kind = {ERROR}").sort("file", "start", "place").limit(MOST)
    told = found.collect() if unreadable else []
    for row in told:
        error = _error(row, source, lines[row.file, row.start])
        errors.append((row.file, row.start, row.place, error))
    there = {end[0] for end in ends if end[3]} | {row.file for row in told}
    for file, one in enumerate(source.files):
        if file not in there:
            errors.append((file, 0, 0, RecordError(one.name, None, "empty")))
    begins: dict[tuple[int, int], int] = {}
    number = first
    for file, start, _, count, *_ in ends:
        begins[file, start] = number
        number += count - len(dropped.get((file, start), ()))
    return Numbering(
        first=begins,
        dropped=dropped,
        others=others,
        lines=lines,
        articles=number - first,
        unchanged=sum(each.same for each in repeated),
        errors=tuple(error for *_, error in sorted(errors, key=lambda row: row[:3])),
        more_errors=unreadable - len(told),
    )


def _named(records: Any, lines: Mapping[tuple[int, int], int], source: Source) -> Any:
    """The articles among the records; `lines` before each block make the ids of those that bring none."""
    from pyspark.sql import functions as f

    named = records.filter(f"kind = {ARTICLE}").select(
        "file", "start", "place", "line", "id", "source", "published", "url", "digest"
    )
    if lines:
        rows = [
            {"file": file, "start": start, "before": count, "name": source.files[file].id}
            for (file, start), count in lines.items()
        ]
        schema = schema_of("file int, start long, before long, name string")
        before = f.broadcast(small(records.sparkSession, rows, schema))
        own = f.concat("name", f.lit("#"), f.col("line") + f.col("before"))
        named = named.join(before, ["file", "start"]).withColumn("id", f.coalesce("id", own))
    return named.select("id", "source", "file", "start", "place", "line", "published", "url", "digest")


def _told_apart(named: Any, earlier: Any | None) -> Any:
    """The articles, those of earlier days before them, with the ids of two sources told apart.

    `other` are those whose id an article of another source had first; see `Articles.told_apart`.
    """
    from pyspark.sql import functions as f
    from pyspark.sql.window import Window

    if earlier is not None:
        place = "-1 AS file", "0L AS start", "number AS place", "NULL AS line"
        named = named.union(earlier.selectExpr("id", "source", *place, "published", "url", "digest"))
    owner = f.first("source").over(Window.partitionBy("id").orderBy("file", "start", "place"))
    other = (f.col("file") >= 0) & (owner != "") & (f.col("source") != "") & (owner != f.col("source"))
    told = f.when(f.col("other"), f.concat("source", f.lit("/"), "id")).otherwise(f.col("id"))
    return named.withColumn("other", other).withColumn("id", told)


def _repeated(named: Any) -> list[_Repeated]:
    """The articles that are not kept, for another has their id."""
    from pyspark.sql import functions as f
    from pyspark.sql.window import Window

    count = f.count(f.lit(1)).over(Window.partitionBy("id"))
    rows = named.withColumn("count", count).filter("count > 1").collect()
    rows.sort(key=lambda row: (row.id, row.file, row.start, row.place))
    return [one for _, own in groupby(rows, key=lambda row: row.id) for one in _not_kept(own)]


def _not_kept(rows: Iterator[Any]) -> Iterator[_Repeated]:
    """Those of some articles of one id, in their order, that are not kept; as `Writer` has it in one run."""
    kept = next(rows)
    for row in rows:
        same, earlier = row.digest == kept.digest, kept.file < 0
        old, new = (
            Article(each.id, "", each.source, _moment(each.published), url=each.url) for each in (kept, row)
        )
        if not same and not earlier and is_outdated(old, new):
            yield _Repeated(kept, same=True, earlier=False)
            kept = row
        else:
            yield _Repeated(row, same=same or is_outdated(new, old), earlier=earlier)


def _moment(published: str | None) -> datetime | None:
    return None if published is None else datetime.fromisoformat(published)


def _places(rows: Sequence[Any]) -> dict[tuple[int, int], NDArray[np.int64]]:
    """The places of some records, ascending, by their blocks."""
    places: dict[tuple[int, int], list[int]] = {}
    for row in rows:
        places.setdefault((row.file, row.start), []).append(row.place)
    return {block: np.array(sorted(own), np.int64) for block, own in places.items()}


def _lines_before(ends: Sequence[tuple[int, ...]]) -> dict[tuple[int, int], int]:
    lines: dict[tuple[int, int], int] = {}
    before = last = -1
    for file, start, count, *_ in ends:
        if file != last:
            before, last = 0, file
        lines[file, start] = before
        before += count
    return lines


def _error(row: Any, source: Source, before: int) -> RecordError:
    line = None if row.line is None else row.line + before
    if source.manner[row.file] == ROWS:
        return RecordError(row.id, None, f"row {line}: {row.reason}")
    return RecordError(row.id, line if source.manner[row.file] == LINES else row.line, row.reason)
