"""Data as JSON lines, CSV or a Markdown table: what `--format` offers beside text and JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from dedup.cli.options import Format
from dedup.cli.streams import emit

if TYPE_CHECKING:
    from dedup.engine import Index
    from dedup.model import Article, Match


def emit_each(
    format: Format,
    objects: Iterable[Mapping[str, object]],
    columns: Sequence[str],
    rows: Iterable[Mapping[str, object]] | None = None,
) -> None:
    """Objects of the contract as JSON lines (of one, that is its JSON), or as a table of these columns.

    `rows` are the rows of the table where they are not the objects' own members.
    """
    from dedup.report import json, tabular

    if format in (Format.JSON, Format.JSONL):
        for each in objects:
            emit(json.printed({n: json.rounded(v) if isinstance(v, float) else v for n, v in each.items()}))
        return
    found = (tabular.flat(each) for each in objects) if rows is None else rows
    emit((tabular.printed_csv if format is Format.CSV else tabular.printed_markdown)(columns, found))


def emit_facts(format: Format, value: Mapping[str, object], told: Mapping[str, object] | None = None) -> None:
    """One object: as JSON, or as a table of the names and values of `told` (unless given, the object)."""
    from dedup.report import json, tabular

    if format is Format.JSON:
        emit(json.printed(value))
        return
    emit_each(format, [value], tabular.FACTS, tabular.facts(told or value))


def emit_groups(format: Format, index: Index, limit: int | None) -> None:
    """Groups, or the first: as JSON lines with their matches, in a table with their titles and times."""
    from dedup.report import json
    from dedup.report.export import TABLES, group_row

    groups = islice(index.groups(), limit or None)
    rows = (group_row(group, index.articles(group.articles, texts=False)) for group in groups)
    emit_each(format, map(json.group_object, groups), list(TABLES["groups"]), rows)


def emit_passages(format: Format, match: Match | None, a: Article, b: Article) -> None:
    """The passages of two articles with their texts, a row each; none where they are no match."""
    from dedup.report.export import TABLES, passage_rows

    rows = [] if match is None else list(passage_rows(match, a.text, b.text))
    emit_each(format, rows, [name for name in TABLES["passages"] if name != "group"])
