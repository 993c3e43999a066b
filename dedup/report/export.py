"""Groups -> tables for other tools: CSV, JSON lines, Parquet, and a graph for Gephi.

Four tables hang together by the ids of groups and articles: `groups`, `articles` (those of groups), `matches`
(those that join) and `passages`. Of a match between two groups, as a round-up has with each story that it
tells, the group is empty. Offsets count code points of the articles' texts.
"""

from __future__ import annotations

import contextlib
import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from importlib import import_module
from io import RawIOBase, TextIOWrapper
from typing import Any, BinaryIO, Protocol
from xml.sax.saxutils import escape, quoteattr

from dedup.errors import OutputUnusable
from dedup.extras import command
from dedup.model import Article, Group, Match
from dedup.patterns import pattern
from dedup.report import json
from dedup.report.find import Find
from dedup.report.tabular import csv_cell, plain, unicode

Row = Mapping[str, Any]

TABLES: dict[str, dict[str, type]] = {
    "groups": {
        "group": str, "articles": int, "relation": str, "weakest": float, "earliest": str, "sources": int,
        "first_published": datetime, "last_published": datetime, "title": str, "retold": bool,
    },
    "articles": {
        "group": str, "article": str, "position": int, "source": str, "published": datetime, "title": str,
        "url": str, "byline": str, "language": str, "characters": int,
    },
    "matches": {
        "group": str, "a": str, "b": str, "relation": str, "resemblance": float, "containment_a": float,
        "containment_b": float, "passages": int, "words": int, "weight": float,
        "confidence": float, "retold": bool,
    },
    "passages": {
        "group": str, "a": str, "b": str, "number": int,
        "a_start": int, "a_end": int, "b_start": int, "b_end": int,
        "words": int, "similarity": float, "quoted": bool, "weight": float, "a_text": str, "b_text": str,
    },
}  # fmt: skip
"""The columns of each table, and the type of each."""
OF_TEXTS = frozenset({"articles", "passages"})
"""The tables that tell something of the texts."""


class Writer(Protocol):
    """Takes the rows of one table, and must be closed or dropped. The file stays open."""

    def write(self, row: Row) -> None:
        """Take one row."""

    def close(self) -> None:
        """Write what is left."""

    def drop(self) -> None:
        """Write no more, as after an error."""


def rows(group: Group, articles: Sequence[Article]) -> Iterator[tuple[str, Row]]:
    """The rows of one group: (table, row); `articles` are its articles in order."""
    members = dict(zip(group.articles, articles, strict=True))
    yield "groups", group_row(group, articles)
    for position, member in enumerate(articles, 1):
        facts = json.article_object(member)
        yield "articles", {"group": group.id, "article": facts.pop("id"), "position": position, **facts}
    yield from _match_rows(group.matches, members, group.id)


def _match_rows(
    matches: Iterable[Match], members: Mapping[str, Article], group: str | None
) -> Iterator[tuple[str, Row]]:
    for match in matches:
        pair = {"group": group, "a": match.a, "b": match.b}
        told = {"weight": match.weight, "confidence": match.confidence, "retold": match.retold}
        yield "matches", {**pair, **_measures(match), **told}
        for row in passage_rows(match, members[match.a].text, members[match.b].text):
            yield "passages", {"group": group, **row}


def _measures(match: Match) -> dict[str, Any]:
    return {
        "relation": match.relation.value,
        "resemblance": match.resemblance,
        "containment_a": match.containment_a,
        "containment_b": match.containment_b,
        "passages": len(match.passages),
        "words": match.words,
    }


def group_row(group: Group, articles: Sequence[Article]) -> Row:
    """The row of one group; `articles` are its articles in order."""
    times = [a.published for a in articles if a.published is not None]
    return {
        "group": group.id,
        "articles": len(articles),
        "relation": group.relation.value,
        "weakest": group.weakest,
        "earliest": group.earliest,
        "sources": len({a.source for a in articles if a.source}),
        "first_published": min(times, default=None),
        "last_published": max(times, default=None),
        "title": articles[0].title,
        "retold": group.retold,
    }


def passage_rows(match: Match, a: str, b: str) -> Iterator[Row]:
    """The rows of a match's passages; `a` and `b` are the texts, "" where they are gone."""
    for number, passage in enumerate(match.passages, 1):
        yield {
            "a": match.a,
            "b": match.b,
            "number": number,
            "a_start": passage.a.start,
            "a_end": passage.a.end,
            "b_start": passage.b.start,
            "b_end": passage.b.end,
            "words": passage.words,
            "similarity": passage.similarity,
            "quoted": passage.quoted,
            "weight": passage.weight,
            "a_text": a[passage.a.start : passage.a.end] if a else None,
            "b_text": b[passage.b.start : passage.b.end] if b else None,
        }


class CsvWriter:
    """CSV as spreadsheets read it (RFC 4180).

    A text that a spreadsheet would take for a formula gets an apostrophe before it: titles and ids come from
    strangers.
    """

    def __init__(self, table: str, file: BinaryIO) -> None:
        self._text = TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
        self._rows = csv.DictWriter(self._text, TABLES[table])
        self._rows.writeheader()

    def write(self, row: Row) -> None:
        """Take one row."""
        self._rows.writerow({name: csv_cell(value) for name, value in row.items()})

    def close(self) -> None:
        """Write what is left."""
        self._text.detach()

    def drop(self) -> None:
        """Write no more."""
        with contextlib.suppress(OSError, ValueError):  # it is full, or detached already
            self._text.detach()


class JsonlWriter:
    """One JSON object a line, exact: lone surrogates are escaped."""

    def __init__(self, table: str, file: BinaryIO) -> None:
        del table
        self._file = file

    def write(self, row: Row) -> None:
        """Take one row."""
        shown = {name: round(value, 4) if isinstance(value, float) else value for name, value in row.items()}
        self._file.writelines(piece.encode() for piece in json.printed(shown))

    def close(self) -> None:
        """Nothing is left."""

    def drop(self) -> None:
        """Nothing is left."""


class _Sink(RawIOBase):
    """A file to pyarrow, which goes on after an error or an interruption: `check` raises what there was."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._size = 0
        self._error: BaseException | None = None
        self.dropped = False

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._size

    def write(self, data: Any) -> int:
        try:
            if self._error is None and not self.dropped:
                self._file.write(data)
        except BaseException as error:  # also Ctrl-C, of which pyarrow makes an error of its own
            self._error = error
        self._size += len(data)
        return len(data)

    def check(self) -> None:
        """Raise what a write ended with."""
        if self._error is not None:
            raise self._error


class ParquetWriter:
    """Apache Parquet by pyarrow, some thousand rows a group. Raises OutputUnusable without pyarrow."""

    BATCH = 8192

    def __init__(self, table: str, file: BinaryIO) -> None:
        try:
            arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
        except ImportError:
            raise OutputUnusable(f"Parquet needs pyarrow: {command('parquet')}") from None
        kinds = {
            str: arrow.string(), int: arrow.int64(), float: arrow.float64(), bool: arrow.bool_(),
            datetime: arrow.timestamp("us", tz="UTC"),
        }  # fmt: skip
        self._arrow = arrow
        self._schema = arrow.schema([(name, kinds[kind]) for name, kind in TABLES[table].items()])
        self._sink = _Sink(file)
        self._file = parquet.ParquetWriter(self._sink, self._schema, compression="zstd")
        self._rows: list[Row] = []

    def write(self, row: Row) -> None:
        """Take one row."""
        self._rows.append({name: unicode(v) if isinstance(v, str) else v for name, v in row.items()})
        if len(self._rows) >= self.BATCH:
            self._flush()

    def _flush(self) -> None:
        self._file.write_table(self._arrow.Table.from_pylist(self._rows, self._schema))
        self._rows = []
        self._sink.check()

    def close(self) -> None:
        """Write what is left."""
        if self._rows:
            self._flush()
        self._file.close()
        self._sink.check()

    def drop(self) -> None:
        """Write no more."""
        self._sink.dropped = True
        self._file.is_open = False  # or it would be closed when it is let go, wherever it stopped


WRITERS: dict[str, Callable[[str, BinaryIO], Writer]] = {
    "csv": CsvWriter,
    "jsonl": JsonlWriter,
    "parquet": ParquetWriter,
}


def export(
    groups: Iterable[Group],
    find: Find,
    files: Mapping[str, BinaryIO],
    format: str,  # noqa: A002  (the word of the command line)
    progress: Callable[[int], None] | None = None,
    *,
    across: Iterable[Group] = (),
) -> int:
    """Write tables, each to its file; `format` is a key of WRITERS. `progress` gets the groups done.

    `across` are the sets of `Index.across`, whose matches are of no one group. Returns of how many articles
    of groups the tables should tell something of the text, which is gone.
    """
    texts, gone = not OF_TEXTS.isdisjoint(files), 0
    writers = {table: WRITERS[format](table, file) for table, file in files.items()}
    try:
        for done, group in enumerate(groups, 1):
            members = find(group.articles, texts=texts)
            gone += texts and sum(not member.text for member in members)
            for table, row in rows(group, members):
                if table in writers:
                    writers[table].write(row)
            if progress:
                progress(done)
        for group in across:
            members = find(group.articles, texts="passages" in files)
            known = dict(zip(group.articles, members, strict=True))
            for table, row in _match_rows(group.matches, known, None):
                if table in writers:
                    writers[table].write(row)
        for writer in writers.values():
            writer.close()
    except BaseException:
        for writer in writers.values():
            writer.drop()
        raise
    return gone


_NODE = {"source": "string", "title": "string", "published": "string", "group": "string", "characters": "int"}
_EDGE = {
    "relation": "string", "weight": "double", "resemblance": "double", "containment_a": "double",
    "containment_b": "double", "passages": "int", "words": "int",
    "evidence": "double", "confidence": "double", "retold": "boolean",
}  # fmt: skip
_NOT_XML = pattern("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def graphml(groups: Iterable[Group], find: Find, across: Iterable[Group] = ()) -> Iterator[str]:
    """The articles as nodes and the matches as edges, in GraphML, as Gephi and networkx read it.

    The edges are undirected; `weight` is the larger containment, from 0 to 1, as graph tools draw it,
    and `evidence` what the table of matches calls weight. `across` are the sets of `Index.across`: of these
    there are but the edges, between groups.
    """
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
    for kind, names in (("node", _NODE), ("edge", _EDGE)):
        for name, form in names.items():
            yield f'<key id="{kind}_{name}" for="{kind}" attr.name="{name}" attr.type="{form}"/>\n'
    yield '<graph id="dedup" edgedefault="undirected">\n'
    for group in groups:
        for member in find(group.articles):
            facts = {**json.article_object(member), "group": group.id}
            yield f"<node id={quoteattr(_xml(member.id))}>{_data('node', _NODE, facts)}</node>\n"
        yield from map(_edge, group.matches)
    for group in across:
        yield from map(_edge, group.matches)
    yield "</graph>\n</graphml>\n"


def _edge(match: Match) -> str:
    strength = {"weight": match.containment, "evidence": match.weight}
    facts = {**_measures(match), **strength, "confidence": match.confidence, "retold": match.retold}
    ends = f"source={quoteattr(_xml(match.a))} target={quoteattr(_xml(match.b))}"
    return f"<edge {ends}>{_data('edge', _EDGE, facts)}</edge>\n"


def _xml(value: object) -> str:
    return _NOT_XML.sub("\ufffd", str(value))


def _data(kind: str, names: Iterable[str], facts: Row) -> str:
    return "".join(
        f'<data key="{kind}_{name}">{escape(_xml(plain(facts[name])))}</data>'
        for name in names
        if facts[name] is not None
    )
