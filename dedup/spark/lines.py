"""Sketches -> what each source repeats, and the keys that are left without it.

Lines are counted source by source, in the order of the articles, as one machine counts them: that takes some
hashes of each article, and no texts. What is known of a source goes on from day to day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.boilerplate import Source, lines_of
from dedup.funnel.marking import MOST_LINES, Known, mark_known
from dedup.index.spread import issues
from dedup.model import Article, RepeatedLine
from dedup.settings import Settings
from dedup.sketch import Sketches, sketch
from dedup.spark.arrow import articles_of, column, lists, of_group, of_two, schema_of
from dedup.threads import one_thread

LINES = "source string, state binary, hashes binary, since binary"
"""A source: what is remembered of it; the lines it repeats (uint64), each from what number on (int64)."""
KEYS = "number long, keys binary, issue long"
"""The keys of an article, and its issue (see index.spread)."""

BITS = 40
"""Of the number of an article, at most."""

Repeated = Mapping[str, tuple[bytes, bytes]]
"""The lines of the sources that repeat some, as the data set has them."""


def find_lines(sketches: Any, before: Any | None) -> Any:
    """The DataFrame of all sources; `before` is that of the day before."""
    own = sketches.filter("source <> ''").select("source", "number", "published", "lines", "inner")
    sources = own.groupBy("source")
    if before is None:
        return sources.applyInArrow(of_group(count), LINES)
    return sources.cogroup(before.groupBy("source")).applyInArrow(of_two(count), LINES)


def count(own: Any, before: Any | None = None) -> Any:
    """The articles of one source, and what was known of it -> what is known."""
    rows = [] if before is None else before.to_pylist()
    if not own.num_rows:
        return pa.Table.from_pylist(rows, schema_of(LINES))
    own = own.sort_by("number")
    numbers = column(own, "number")
    offsets, sampled = lists(own, "lines", np.uint64)
    _, inner = lists(own, "inner", np.uint8)
    days = [datetime.fromisoformat(day).toordinal() if day else -1 for day in own["published"].to_pylist()]
    source = Source.unpacked(rows[0]["state"]) if rows else Source()
    hashes = np.frombuffer(rows[0]["hashes"] if rows else b"", np.uint64)
    since = np.frombuffer(rows[0]["since"] if rows else b"", np.int64)
    turns = source.take(
        offsets, sampled, inner, np.array(days, np.int64), known=hashes, most=MOST_LINES - len(hashes)
    )
    new = np.array([turn.hash for turn in turns], np.uint64)
    when = numbers[np.array([turn.article for turn in turns], np.int64)] + 1
    found = {
        "source": own["source"][0].as_py(),
        "state": source.packed(),
        "hashes": np.concatenate((hashes, new)).tobytes(),
        "since": np.concatenate((since, when)).tobytes(),
    }
    return pa.Table.from_pylist([found], schema_of(LINES))


def repeated(lines: Any) -> dict[str, tuple[bytes, bytes]]:
    """The lines of the sources that repeat some, in the driver: a few for each source."""
    rows = lines.filter("length(hashes) > 0").select("source", "hashes", "since").collect()
    return {row.source: (bytes(row.hashes), bytes(row.since)) for row in rows}


def sampled_of(articles: list[Article], sketches: Sketches) -> dict[str, list[bytes]]:
    """Of each article the lines that are looked at, as columns of its sketch."""
    offsets, sampled, inner = lines_of([article.text for article in articles], sketches).sampled()
    cuts = list(zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True))
    return {
        "lines": [sampled[begin:end].tobytes() for begin, end in cuts],
        "inner": [inner[begin:end].tobytes() for begin, end in cuts],
    }


def lines_known(lines: Repeated, source: str) -> Iterator[RepeatedLine]:
    """The lines of one source, if it repeats any."""
    for h, since in zip(*_arrays(lines.get(source, (b"", b""))), strict=True):
        yield RepeatedLine(0, source, "", 0, None, None, None, hash=h, since=since)


def known_of(lines: Repeated, articles: list[Article]) -> Known:
    """What is known of the sources of some articles."""
    sources = {article.source for article in articles if article.source}
    return Known(line for source in sources for line in lines_known(lines, source))


def states(
    lines: Repeated, articles: Sequence[Article], pairs: NDArray[np.int64], when: NDArray[np.int64]
) -> NDArray[np.int64]:
    """For both of each pair (m, 2) of articles, a number for what its source repeated when another one came.

    `when` is that one, of each pair. Of one article, the same number is the same lines.
    """
    sources = sorted({article.source for article in articles if article.source} & lines.keys())
    codes = {source: code for code, source in enumerate(sources)}
    turns = [code << BITS | since for source, code in codes.items() for since in _arrays(lines[source])[1]]
    own = np.array([codes.get(article.source or "", -1) for article in articles], np.int64)[pairs]
    at = own << BITS | when[:, None]
    return np.where(own < 0, -1, np.searchsorted(np.sort(np.array(turns, np.int64)), at, side="right"))


def _arrays(packed: tuple[bytes, bytes]) -> tuple[list[int], list[int]]:
    return np.frombuffer(packed[0], np.uint64).tolist(), np.frombuffer(packed[1], np.int64).tolist()


def turns_of(lines: Repeated, first: int) -> dict[str, list[int]]:
    """By source, the articles from number `first` on with which some line became boilerplate."""
    found = {
        source: sorted({since - 1 for since in _arrays(own)[1] if since > first})
        for source, own in lines.items()
    }
    return {source: turns for source, turns in found.items() if turns}


def find_keys(sketches: Any, lines: Repeated, settings: Settings) -> Any:
    """The DataFrame of the keys of each article, without those of boilerplate."""
    own = sketches.select("number", "id", "source", "published", "keys", *(["text"] if lines else []))
    return own.mapInArrow(partial(_left, lines=lines, settings=settings), KEYS)


def _left(batches: Iterator[Any], lines: Repeated, settings: Settings) -> Iterator[Any]:
    # what came before the first line of its source was known is as it was
    earliest = {source: min(_arrays(own)[1]) for source, own in lines.items()}
    for batch in batches:
        keys = batch.column("keys").to_pylist()
        numbers = column(batch, "number")
        sources = batch.column("source").to_pylist()
        own_issues = issues(zip(sources, batch.column("published").to_pylist(), strict=True))
        rows = [
            i
            for i, (source, number) in enumerate(zip(sources, numbers.tolist(), strict=True))
            if source in earliest and number >= earliest[source]
        ]
        if rows:
            left = keys_left(batch.take(pa.array(rows)), numbers[rows], lines, settings)
            for i, own in zip(rows, left, strict=True):
                keys[i] = own
        columns = {"number": batch.column("number"), "keys": keys, "issue": own_issues}
        yield pa.RecordBatch.from_pydict(columns, schema_of(KEYS))


def keys_left(rows: Any, numbers: NDArray[np.int64], lines: Repeated, settings: Settings) -> Iterator[bytes]:
    """The keys of articles without those of what was boilerplate at these numbers."""
    articles = articles_of(rows.to_pylist())
    with one_thread():  # Spark gives each core a process
        sketches = sketch([article.text for article in articles], settings)
    left = mark_known(known_of(lines, articles), articles, sketches, numbers)
    for begin, end in zip(left.keys[:-1].tolist(), left.keys[1:].tolist(), strict=True):
        yield left.key[begin:end].tobytes()
